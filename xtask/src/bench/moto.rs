//! The server that all clients talk to: moto, on a free port of this machine, ended when it goes out of scope.
//!
//! Before every run the account is emptied and warmed, so that no client pays for it: at the first use of IAM, and
//! again at the first use of STS, moto spends most of a second on its catalogue of AWS managed policies. What a
//! client asks for is counted by moto's own recorder, in a run that is not timed.
#![expect(clippy::disallowed_methods, reason = "starts moto and opens its log")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::error::Error;
use super::http::Request;

const LOOKS: u32 = 600;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// How often each operation was asked for.
pub(super) type Calls = BTreeMap<String, usize>;

pub(super) struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// Starts the server in a directory of its own and waits until it listens.
    pub(super) fn start(python: &Path, directory: &Path) -> Result<Moto, Error> {
        let log = directory.join("moto.log");
        let out = File::create(&log).map_err(Error::file("making", &log))?;
        let errors = out.try_clone().map_err(Error::file("making", &log))?;
        let port = free_port().map_err(|error| Error::Moto(error.to_string()))?;
        let process = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .spawn()
            .map_err(Error::command("python -m moto.server"))?;
        let mut moto = Moto { process, port };
        moto.wait_until_it_listens()?;
        Ok(moto)
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Empties the account and warms it.
    pub(super) fn empty(&self) -> Result<(), Error> {
        self.control("POST", "reset")?;
        self.call(
            "iam",
            "Action=GetPolicy&Version=2010-05-08&PolicyArn=arn:aws:iam::aws:policy/AmazonS3FullAccess",
        )?;
        self.call("sts", "Action=GetCallerIdentity&Version=2011-06-15")
    }

    /// Sends a call with a signature that moto does not look at, but for the service's name.
    fn call(&self, service: &str, body: &str) -> Result<(), Error> {
        let signature =
            format!("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/{service}/aws4_request");
        let request = Request {
            method: "POST",
            path: "/",
            headers: &[
                ("Authorization", &signature),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ],
            body,
        };
        self.answer(&request).map(drop)
    }

    /// Begins to record what is asked for.
    pub(super) fn record(&self) -> Result<(), Error> {
        self.control("POST", "recorder/reset-recording")?;
        self.control("POST", "recorder/start-recording").map(drop)
    }

    /// Ends the recording and counts it.
    pub(super) fn recorded(&self) -> Result<Calls, Error> {
        self.control("POST", "recorder/stop-recording")?;
        count(&self.control("GET", "recorder/download-recording")?)
    }

    fn control(&self, method: &str, what: &str) -> Result<String, Error> {
        self.answer(&Request {
            method,
            path: &format!("/moto-api/{what}"),
            headers: &[],
            body: "",
        })
    }

    fn answer(&self, request: &Request<'_>) -> Result<String, Error> {
        request.send(self.port).map_err(|error| Error::Moto(error.to_string()))
    }

    fn wait_until_it_listens(&mut self) -> Result<(), Error> {
        for _ in 0..LOOKS {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return Ok(());
            }
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(Error::Moto(format!(
                    "the server ended with {status}; is it installed (`pip install 'moto[server]'`)?"
                )));
            }
            sleep(BETWEEN_LOOKS);
        }
        Err(Error::Moto("the server does not listen after half a minute".to_owned()))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Nothing can be done about a failure here, and a process that has ended is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Asks the system for a port that nobody uses. Somebody else may take it before moto does; then moto ends, and
/// says so.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A line of moto's recording, as far as it is used.
#[derive(Deserialize)]
struct Recorded {
    body: String,
    #[serde(default)]
    body_encoded: bool,
}

fn count(recording: &str) -> Result<Calls, Error> {
    let mut calls = Calls::new();
    for line in recording.lines().filter(|line| !line.is_empty()) {
        let operation = operation(line).ok_or_else(|| Error::Moto(format!("a recorded request is no call: {line}")))?;
        *calls.entry(operation).or_default() += 1;
    }
    Ok(calls)
}

fn operation(line: &str) -> Option<String> {
    let recorded: Recorded = serde_json::from_str(line).ok()?;
    let body = if recorded.body_encoded {
        String::from_utf8(STANDARD.decode(&recorded.body).ok()?).ok()?
    } else {
        recorded.body
    };
    let mut parameters = body.split('&');
    parameters.find_map(|parameter| parameter.strip_prefix("Action=").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_requests_are_counted_by_operation() {
        let recording = concat!(
            "{\"method\": \"POST\", \"body\": \"Action=CreateUser&UserName=a\"}\n",
            "{\"method\": \"POST\", \"body\": \"QWN0aW9uPUNyZWF0ZVVzZXI=\", \"body_encoded\": true}\n",
            "{\"method\": \"POST\", \"body\": \"Version=2010-05-08&Action=ListUsers\"}\n",
        );
        let expected = Calls::from([("CreateUser".to_owned(), 2), ("ListUsers".to_owned(), 1)]);
        assert_eq!(count(recording).unwrap(), expected);
    }

    #[test]
    fn a_request_without_an_operation_is_not_passed_over() {
        assert!(count("{\"body\": \"\"}").is_err());
    }
}
