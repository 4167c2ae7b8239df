//! Other programs, started and waited for. The one home of processes.
//!
//! Invariants: a child sees only the variables that it is given, and no secret but what it reads on its standard
//! input, which is a pipe, or nothing; what it writes is kept in memory that is wiped; it is killed when its time is
//! over. It is not interrupted by the Ctrl-C that interrupts us: what it has begun, it ends.
#![expect(clippy::disallowed_methods, reason = "this is the home of processes")]

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::time::timeout;
use zeroize::Zeroizing;

/// The most that is read of each of its two streams.
const LONGEST: usize = 16 * 1024 * 1024;

/// A program to be run.
pub(crate) struct Child<'c> {
    /// Its name, to be looked for in the `PATH` that it is given.
    pub(crate) program: &'c str,
    /// Its arguments: every process of the machine can read them.
    pub(crate) arguments: &'c [&'c str],
    /// All the variables that it sees.
    pub(crate) environment: &'c [(&'c str, &'c str)],
    /// How long it may take.
    pub(crate) limit: Duration,
}

/// A program that came to its end.
pub(crate) struct Ended {
    /// Whether it says that all went well.
    pub(crate) success: bool,
    /// What it wrote.
    pub(crate) stdout: Zeroizing<Vec<u8>>,
    /// What it said. May repeat what it was given.
    pub(crate) stderr: Zeroizing<Vec<u8>>,
}

/// Why a program did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// There is no such program.
    #[error("the program `{0}` was not found")]
    Missing(String),
    /// It could not be started.
    #[error("starting `{0}`: {1}")]
    Unstarted(String, io::Error),
    /// It took too long, and was killed.
    #[error("`{0}` did not come to its end within {1} s")]
    Late(String, u64),
    /// Its streams broke.
    #[error("speaking with `{0}`: {1}")]
    Broken(String, io::Error),
}

impl Child<'_> {
    /// Runs it to its end; `input` is what it reads.
    ///
    /// # Errors
    /// When it cannot be started or does not end by itself. That it fails is no error.
    pub(crate) async fn run(&self, input: Option<&[u8]>) -> Result<Ended, ChildError> {
        let broken = |error| ChildError::Broken(self.program.to_owned(), error);
        let mut child = self.spawn(input.is_some())?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let feed = async {
            if let (Some(mut pipe), Some(input)) = (stdin, input) {
                // A program that ends without reading says itself what it misses.
                let _ = pipe.write_all(input).await;
            }
        };
        let whole = async {
            let ((), stdout, stderr) = tokio::join!(feed, read_wiped(stdout), read_wiped(stderr));
            Ok::<_, io::Error>(Ended {
                success: child.wait().await?.success(),
                stdout: stdout?,
                stderr: stderr?,
            })
        };
        match timeout(self.limit, whole).await {
            Ok(ended) => ended.map_err(broken),
            // Dropping the child kills it.
            Err(_) => Err(ChildError::Late(self.program.to_owned(), self.limit.as_secs())),
        }
    }

    fn spawn(&self, fed: bool) -> Result<tokio::process::Child, ChildError> {
        let mut command = Command::new(self.program);
        command
            .args(self.arguments)
            .env_clear()
            .envs(self.environment.iter().copied())
            .stdin(if fed { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ChildError::Missing(self.program.to_owned()),
            _ => ChildError::Unstarted(self.program.to_owned(), error),
        })
    }
}

/// Reads a stream to its end. A buffer that must grow is copied into a larger one and wiped.
async fn read_wiped(stream: Option<impl AsyncRead + Unpin>) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut read = Zeroizing::new(Vec::with_capacity(64 * 1024));
    let Some(mut stream) = stream else { return Ok(read) };
    loop {
        if read.len() == read.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * read.capacity()));
            larger.extend_from_slice(&read);
            read = larger;
        }
        let room = read.capacity() - read.len();
        if (&mut stream).take(room as u64).read_buf(&mut *read).await? == 0 {
            return Ok(read);
        }
        if read.len() > LONGEST {
            return Err(io::Error::other("it writes without end"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, input: Option<&[u8]>, limit: Duration) -> Result<Ended, ChildError> {
        let child = Child {
            program: "sh",
            arguments: &["-c", script],
            environment: &[("PATH", "/usr/bin:/bin"), ("GIVEN", "this")],
            limit,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(child.run(input))
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_child_sees_the_variables_that_it_is_given_and_reads_a_pipe_or_nothing() {
        let script = "echo $GIVEN ${HOME-none}; test -p /dev/stdin && cat; echo said >&2; exit 3";
        let fed = run(script, Some(b"secret"), LONG).unwrap();
        assert_eq!(
            (fed.success, fed.stdout.as_slice()),
            (false, b"this none\nsecret".as_slice())
        );
        assert_eq!(fed.stderr.as_slice(), b"said\n");
        let unfed = run("read line || echo nothing", None, LONG).unwrap();
        assert_eq!(
            (unfed.success, unfed.stdout.as_slice()),
            (true, b"nothing\n".as_slice())
        );
    }

    #[test]
    fn much_is_read_while_much_is_written() {
        let input = vec![b'x'; 1_000_000];
        assert_eq!(run("cat", Some(&input), LONG).unwrap().stdout.as_slice(), input);
    }

    #[test]
    fn a_child_that_reads_nothing_is_no_error() {
        assert!(run("exec true", Some(&vec![b'x'; 1_000_000]), LONG).unwrap().success);
    }

    #[test]
    fn a_child_that_takes_too_long_is_killed() {
        let late = run("exec sleep 600", None, Duration::from_millis(200)).err().unwrap();
        assert_eq!(late.to_string(), "`sh` did not come to its end within 0 s");
    }

    #[test]
    fn a_missing_program_is_said() {
        let child = Child {
            program: "no-such-program",
            arguments: &[],
            environment: &[("PATH", "/usr/bin:/bin")],
            limit: LONG,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let error = runtime.block_on(child.run(None)).err().unwrap();
        assert_eq!(error.to_string(), "the program `no-such-program` was not found");
    }
}
