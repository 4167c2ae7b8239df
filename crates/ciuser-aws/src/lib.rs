//! The `Iam`, `Sts` and `Trail` ports over the official AWS SDK, and what the stores ask of AWS; the only crate that
//! names `aws-*`.
//!
//! Invariants: what is not idempotent goes out once, and again only if it was surely not carried out (`attempt`);
//! a listing is complete or an error (`pages`); an error holds code, message and request id, never the answer's
//! body (`error`). Decides nothing: what a missing user means is core's business.
//!
//! The SDK is asked to do what it does well: find credentials, choose endpoints, sign, read the answers, and send reads
//! and idempotent writes again. Its sockets are ours: everything goes through the `Transport` port. The few
//! calls to CloudTrail, Secrets Manager and Parameter Store are made without an SDK client (`signed`).

mod assume;
mod attempt;
mod config;
mod credentials;
mod date;
mod endpoint;
mod error;
mod iam;
mod pages;
mod role;
mod secrets_manager;
mod session;
mod signed;
mod ssm;
mod sts;
mod too_many;
mod trail;
mod transport;
mod whole;

pub use assume::{AskMfaCode, NobodyToAsk};
pub use aws_sdk_iam::config::{AsyncSleep, SharedAsyncSleep, Sleep};
pub use iam::AwsIam;
pub use secrets_manager::{AwsSecretsManager, NewSecret, Secret, SecretValue};
pub use session::{Options, Session, SessionError, StaticCredentials};
pub use ssm::{AwsSsm, NewParameter, Parameter, ParameterSettings};
pub use sts::AwsSts;
pub use trail::AwsTrail;
pub use transport::FreshConnection;
