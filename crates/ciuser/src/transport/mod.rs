//! How requests leave the program: over the network, or into the sandbox in this process.
//!
//! Both are the one `Transport` port, which the AWS SDK, the providers and the stores share. What must stay true:
//! `Reached::NotSent` is claimed only when no byte of the request can have been read by anyone.

mod https;
mod pool;
mod sandbox;
mod tls;

pub(crate) use https::{HttpsTransport, Limits, Proxy};
pub(crate) use sandbox::SandboxTransport;
