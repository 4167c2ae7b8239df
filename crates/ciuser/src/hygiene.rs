//! What the process does to itself before it touches a secret.
//!
//! Invariants: [`harden`] comes first in `main`, while there is one thread; afterwards no core dump and no other
//! process of the same user can show our memory, files are for their owner only unless a mode says less, and the
//! AWS SDK does not log the bodies of answers. [`report_bugs`] sees to it that a panic says where, never what:
//! its payload may hold anything. Does not lock memory: swap is the system's to encrypt.

use std::io::Write as _;

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit};

/// Something that could not be made safe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct NotHardened {
    message: String,
    hint: Option<&'static str>,
}

impl NotHardened {
    /// Returns what to do next.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        self.hint
    }
}

/// Closes the ways by which secrets leave a process unasked. The first thing in `main`.
pub(crate) fn harden() -> Result<(), NotHardened> {
    clear_log_sensitive_bodies()?;
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    rustix::process::setrlimit(Resource::Core, none).map_err(|_| core_dumps())?;
    // Without it, any process of the same user may read our memory through ptrace or /proc.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable).map_err(|_| core_dumps())?;
    Ok(())
}

fn core_dumps() -> NotHardened {
    NotHardened {
        message: "core dumps of this process could not be switched off".to_owned(),
        hint: None,
    }
}

/// With this variable the SDK logs the answer of CreateAccessKey (aws-smithy-runtime, `log_response_body`). Our log
/// filter does not let its trace through; neither we nor a child shall depend on that alone.
fn clear_log_sensitive_bodies() -> Result<(), NotHardened> {
    const NAME: &str = "LOG_SENSITIVE_BODIES";
    #[expect(
        clippy::disallowed_methods,
        reason = "before the environment is read, and to remove the variable only"
    )]
    if std::env::var_os(NAME).is_none() {
        return Ok(());
    }
    if !has_one_thread() {
        return Err(NotHardened {
            message: format!("the variable `{NAME}` is set, lets secrets into logs, and could not be cleared"),
            hint: Some("run again with `env -u LOG_SENSITIVE_BODIES ciuser ...`"),
        });
    }
    #[expect(unsafe_code, reason = "the environment has no lock; another way does not exist")]
    // SAFETY: nobody else can be reading the environment: this is the only thread of the process.
    unsafe {
        std::env::remove_var(NAME);
    }
    Ok(())
}

/// Tells whether this is certainly the only thread. Where the system does not show its threads, it is not certain.
fn has_one_thread() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a view of the process, not a file")]
    let threads = std::fs::read_dir("/proc/self/task");
    threads.is_ok_and(|threads| threads.count() == 1)
}

/// Exit code of a bug in ciuser.
pub(crate) const BUG: i32 = 70;

/// From now on a panic says where it happened and how to go on, without its payload, and ends the process with
/// [`BUG`]. What a handover has reached is in the journal: an end at any moment is provided for.
pub(crate) fn report_bugs() {
    std::panic::set_hook(Box::new(|panic| {
        crate::ui::give_back();
        let place = panic.location().map(ToString::to_string);
        let trace = std::backtrace::Backtrace::capture();
        let trace = (trace.status() == std::backtrace::BacktraceStatus::Captured).then(|| trace.to_string());
        // Not the `Ui`: it may be what panicked. If stderr is gone, the exit code still says it.
        let _ = std::io::stderr().write_all(bug_report(place.as_deref(), trace.as_deref()).as_bytes());
        std::process::exit(BUG);
    }));
}

fn bug_report(place: Option<&str>, trace: Option<&str>) -> String {
    let place = place.unwrap_or("a place unknown");
    let trace = trace.map(|trace| format!("{trace}\n")).unwrap_or_default();
    format!(
        "error: this is a bug in ciuser, at {place}\n{trace}\
         hint: `ciuser resume` finishes what was begun; please report the bug with this place\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hardened_process_leaves_no_core_and_cannot_be_looked_into() {
        harden().unwrap();
        let core = rustix::process::getrlimit(Resource::Core);
        assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
        assert_eq!(rustix::process::umask(Mode::RWXG | Mode::RWXO), Mode::RWXG | Mode::RWXO);
        #[cfg(target_os = "linux")]
        assert_eq!(
            rustix::process::dumpable_behavior().unwrap(),
            rustix::process::DumpableBehavior::NotDumpable
        );
    }

    #[test]
    fn a_bug_report_says_where_and_how_to_go_on() {
        assert_eq!(
            bug_report(Some("crates/ciuser/src/seal/spool.rs:12:5"), None),
            "error: this is a bug in ciuser, at crates/ciuser/src/seal/spool.rs:12:5\n\
             hint: `ciuser resume` finishes what was begun; please report the bug with this place\n"
        );
    }

    /// Runs a test of this module again, alone in a process, with a variable set.
    #[expect(clippy::disallowed_methods, reason = "the tests need a process of their own")]
    fn again(test: &str, variable: &str) -> std::process::Output {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args([
            "--exact",
            &format!("hygiene::tests::{test}"),
            "--test-threads=1",
            "--nocapture",
        ]);
        child
            .env(variable, "true")
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap()
    }

    #[expect(clippy::disallowed_methods, reason = "the tests need a process of their own")]
    fn is_set(variable: &str) -> bool {
        std::env::var_os(variable).is_some()
    }

    /// Tests run on a second thread; that the variable is cleared on the first shows in the tests of the program.
    #[test]
    fn the_variable_that_makes_the_sdk_log_secrets_is_never_left_set_in_silence() {
        if is_set("LOG_SENSITIVE_BODIES") {
            let refused = harden().unwrap_err();
            let message =
                "the variable `LOG_SENSITIVE_BODIES` is set, lets secrets into logs, and could not be cleared";
            assert_eq!(refused.to_string(), message);
            assert_eq!(
                refused.hint(),
                Some("run again with `env -u LOG_SENSITIVE_BODIES ciuser ...`")
            );
            return;
        }
        let test = "the_variable_that_makes_the_sdk_log_secrets_is_never_left_set_in_silence";
        let child = again(test, "LOG_SENSITIVE_BODIES");
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    }

    #[test]
    fn a_panic_says_nothing_of_what_it_carries() {
        const INSIDE: &str = "CIUSER_TEST_PANICS";
        if is_set(INSIDE) {
            report_bugs();
            panic!("the secret is wJalrXUtnFEMI");
        }
        let child = again("a_panic_says_nothing_of_what_it_carries", INSIDE);
        assert_eq!(child.status.code(), Some(BUG));
        let said = String::from_utf8(child.stderr).unwrap();
        assert!(
            said.starts_with("error: this is a bug in ciuser, at ") && !said.contains("wJalr"),
            "{said}"
        );
    }
}
