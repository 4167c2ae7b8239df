//! A local AWS account, a CircleCI organisation, a GitHub organisation, a GitLab group and a 1Password Connect server that
//! behave as the real ones.
//!
//! One engine, [`Engine::handle`], takes an HTTP request and gives an HTTP answer. It is synchronous, opens no
//! sockets and reads no clock: time and randomness come in as arguments, so that a run can be repeated exactly.
//! [`StateDir`] keeps its state between runs; the `serve` module puts it behind a loopback port for foreign clients.
//!
//! What must stay true: what AWS refuses is refused here, with AWS's code, status and wording; secrets are random,
//! are written to files of mode 0600 only, and appear in no `Debug` output.

pub mod circleci;
pub mod connect;
mod engine;
mod entropy;
mod faults;
mod gate;
pub mod github;
pub mod gitlab;
mod hub;
mod iam;
mod need;
mod object;
mod principal;
pub mod serve;
mod sigv4;
mod state;
mod state_dir;
mod sts;
mod wire;

pub use engine::{Answer, Engine, operations};
pub use entropy::Entropy;
pub use faults::{Fault, Faults};
pub use gate::{Check, Decision, Denial, LogEntry, Statement};
pub use principal::{Credentials, Principal};
pub use state::State;
pub use state_dir::{StateDir, StateError};

/// A request to one of the sandbox's endpoints, with its whole body.
pub type Request = http::Request<bytes::Bytes>;

/// An answer of one of the sandbox's endpoints, with its whole body.
pub type Response = http::Response<bytes::Bytes>;
