//! What every exported text says of keys: comments at its head.

use ciuser_core::spec::Spec;

const WITH_KEYS: &str = "\
# When the users are made, `ciuser apply --adopt` adopts them, and the next `ciuser apply` issues the keys of those that
# have targets and delivers them.
";

const WITHOUT_KEYS: &str = "\
# When the users are made, `ciuser apply --adopt` adopts them. No user has a target: ciuser issues no key.
";

/// Returns how the keys come about, and what to do before the users go; `end` is how the tool takes them away.
pub(super) fn keys(spec: &Spec, end: &str) -> String {
    let has_targets = spec.users.iter().any(|user| !user.stores.is_empty());
    let made = if has_targets { WITH_KEYS } else { WITHOUT_KEYS };
    format!("{made}# IAM deletes no user that has a key: before {end}, `ciuser delete NAME --keep-user` deletes it.\n")
}
