//! What was seen of a place, so that nothing else is replaced.

use std::path::PathBuf;

use ciuser_core::port::{Holdings, KeyOwner, TargetError};
use ciuser_core::target::{StoreSpec, Target};

use super::session::{Session, look_at};

/// What this process has seen of one place.
pub(in crate::store) struct Seen<'s> {
    session: &'s Session<'s>,
    place: PathBuf,
}

impl<'s> Seen<'s> {
    /// Names a place that keeps one key.
    pub(in crate::store) fn new(session: &'s Session<'_>, spec: &StoreSpec) -> Seen<'s> {
        let place = PathBuf::from(Target::Store(spec.clone()).located());
        Seen { session, place }
    }

    /// Names what a place that keeps the keys of many has of one user.
    pub(in crate::store) fn of_user(session: &'s Session<'_>, spec: &StoreSpec, owner: &KeyOwner) -> Seen<'s> {
        let place = format!(
            "{}/{}/{}",
            Target::Store(spec.clone()).located(),
            owner.account,
            owner.user
        );
        let place = PathBuf::from(place);
        Seen { session, place }
    }

    /// Notes the version that is there; `None` for nothing.
    pub(in crate::store) fn note(&self, version: Option<&str>) {
        self.session.keep_look(&self.place, look_at(version.map(str::as_bytes)));
    }

    /// Refuses to replace what nobody has seen in the review. A process that did not look itself, because it carries a
    /// run on, replaces keys, and nothing else.
    pub(in crate::store) fn refuse_unseen(&self, version: Option<&str>, there: &Holdings) -> Result<(), TargetError> {
        match (self.session.look(&self.place), there) {
            (Some(seen), _) if seen == look_at(version.map(str::as_bytes)) => Ok(()),
            (Some(_), _) => Err(changed().with_hint("see what is in it, then run the command again")),
            (None, Holdings::Foreign { what }) => {
                Err(TargetError::new(format!("it holds {what}")).with_hint("move it away, or choose another place"))
            }
            (None, _) => Ok(()),
        }
    }
}

/// Says that what is there is not what was looked at.
pub(in crate::store) fn changed() -> TargetError {
    TargetError::new("what is there has changed since it was looked at")
}
