//! The digest that tells whether the world is still as it was reviewed.

use sha2::{Digest as _, Sha256};

use super::KeyPlan;
use super::key::held_in_words;
use crate::inventory::{OtherCredential, UserInventory};

/// Returns a digest of the facts that the steps for one user depend on: the user, its group, and what the
/// touched targets hold. The order in which a service lists things does not matter.
pub(crate) fn fingerprint(there: &UserInventory, key: &KeyPlan) -> String {
    let deletes = matches!(key, KeyPlan::Retire(_));
    let mut facts = there.facts.clone();
    if let Some(facts) = &mut facts {
        facts.sort();
        // Findings are shown, and no step depends on them unless it deletes them.
        facts
            .other_credentials
            .retain(|found| deletes && !matches!(found, OtherCredential::Unchecked(..)));
    }
    let mut own_group = there.own_group.clone();
    if let Some(policies) = &mut own_group {
        policies.sort();
    }
    let held: Vec<_> = key
        .touched()
        .iter()
        .map(|target| (target.located(), held_in_words(there, target)))
        .collect();
    // Plain data always serialises; were it not so, the empty text would only refuse a good plan.
    let text = serde_json::to_string(&(facts, own_group, &there.own_group_contents, held)).unwrap_or_default();
    Sha256::digest(text.as_bytes())
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
