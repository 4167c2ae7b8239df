//! One event, as CloudTrail records it: whether it is the creation that is looked for.

use ciuser_core::name::{AccessKeyId, RunId, UserName};
use serde_json::Value;

use crate::session::app_name;

/// What is looked for.
pub(super) struct Sought<'a> {
    user: &'a UserName,
    mark: String,
}

impl<'a> Sought<'a> {
    pub(super) fn new(user: &'a UserName, run: &RunId) -> Sought<'a> {
        Sought {
            user,
            mark: app_name(run),
        }
    }

    /// Returns the key that the event made, if the run made it for the user. An event that cannot be read is none.
    pub(super) fn key_made_by(&self, event: &str) -> Option<AccessKeyId> {
        let event: Value = serde_json::from_str(event).ok()?;
        let failed = event.get("errorCode").is_some_and(|code| !code.is_null());
        let of_user = text(&event, "/requestParameters/userName")
            .and_then(|name| name.parse().ok())
            .is_some_and(|name| self.user.same_as(&name));
        if failed || !of_user || !self.marks(text(&event, "/userAgent")?) {
            return None;
        }
        AccessKeyId::new(text(&event, "/responseElements/accessKey/accessKeyId")?).ok()
    }

    /// Looks for the mark as a whole word: CloudTrail may put brackets around a user agent.
    fn marks(&self, agent: &str) -> bool {
        agent
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
            .any(|word| word == self.mark)
    }
}

fn text<'v>(event: &'v Value, pointer: &str) -> Option<&'v str> {
    event.pointer(pointer)?.as_str()
}
