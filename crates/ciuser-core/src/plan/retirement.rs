//! What becomes of a user's keys, and of the targets that hold them, when they are deleted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::step::{Effect, Line};
use crate::name::AccessKeyId;
use crate::port::ListedKey;
use crate::target::Target;

/// The end of all keys of a user. The calls that delete them are steps of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Retirement {
    /// The keys as they were.
    pub keys: Vec<ListedKey>,
    /// When the user was made, if it is there: one that was made later under its name is not to be touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub user_created: Option<Timestamp>,
    /// The targets that the key is taken away from, once it is deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clear: Vec<Holder>,
    /// The targets that go on holding it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leave: Vec<Holder>,
}

/// A target that holds a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Holder {
    /// The target.
    pub target: Target,
    /// The key.
    pub key: AccessKeyId,
}

impl Retirement {
    pub(super) fn lines(&self) -> Vec<Line> {
        let line = |holder: &Holder| Line {
            effect: Effect::Removes,
            call: "Clear",
            subject: format!("{} of {}", holder.target, holder.key),
        };
        self.clear.iter().map(line).collect()
    }
}
