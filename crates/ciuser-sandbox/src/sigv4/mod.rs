//! AWS Signature Version 4, from the server's side.

mod canonical;
mod claim;
mod verify;

pub(crate) use claim::Claim;
pub(crate) use verify::verify;
