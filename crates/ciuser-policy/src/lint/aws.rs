//! What AWS itself writes in its managed policies.
//!
//! The catalogue is a snapshot of what AWS lists: some of what AWS has is not in it (the list lags, or AWS does not
//! document it), and some of what AWS's old policies name is gone. What neither the list nor any of AWS's own policies knows is most
//! likely a slip of the pen; what one of these names is not.

use crate::catalogue::Catalogue;

/// Returns the name of an AWS managed policy whose document has these characters.
pub(super) fn policy_with(characters: &str) -> Option<&'static str> {
    let policies = Catalogue::embedded().policies();
    let found = policies.iter().find(|policy| policy.document().contains(characters));
    found.map(|policy| policy.name)
}
