//! Checked names: IAM's own patterns, lengths and case rules, parsed once.
//!
//! Invariants: a value of one of these types was accepted by the rule that IAM (or CircleCI)
//! documents for it; its text round-trips. Does not ask any service whether the thing exists.

mod arn;
mod checked;
mod credential;
mod key;
mod tag;

pub use arn::{Partition, PolicyArn, UserArn};
pub use checked::{AccountId, GroupName, NameError, Path, PolicyName, ProjectName, Region, RunId, UserName};
pub use credential::{CertificateId, MfaSerialNumber, ServiceSpecificCredentialId, SshPublicKeyId};
pub use key::AccessKeyId;
pub use tag::{Tag, TagKey, TagValue};
