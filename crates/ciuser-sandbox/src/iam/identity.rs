//! What decides about a user's requests: its policies, those of its groups, its boundary, its tags.

use std::borrow::Cow;

use crate::gate::{WrittenPolicies, WrittenPolicy};
use crate::iam::state::{Permissions, State, User};

impl State {
    /// Returns the policies that decide what a user may do; none for a user that is not there.
    ///
    /// Of an attached policy that is not known any more (the catalogue of another version of ciuser had it) the text is
    /// empty: no policy reads so, and a caller with such a policy may do nothing.
    pub(crate) fn policies_of(&self, user: &str, account_id: &str) -> WrittenPolicies<'_> {
        let Some(user) = self.users.get(&user.to_ascii_lowercase()) else {
            return WrittenPolicies::default();
        };
        let mut identity = self.of_holder("user", &user.name, &user.permissions, account_id);
        for group in self.groups_of(&user.id) {
            identity.extend(self.of_holder("group", &group.name, &group.permissions, account_id));
        }
        WrittenPolicies {
            identity,
            boundary: user.boundary.as_deref().map(|arn| self.managed_policy(arn, account_id)),
        }
    }

    /// Returns the tags of a user, key and value.
    pub(crate) fn tags_of_user(&self, user: &str) -> impl Iterator<Item = (&str, &str)> {
        let user: Option<&User> = self.users.get(&user.to_ascii_lowercase());
        let tags = user.map(|user| user.tags.as_slice()).unwrap_or_default();
        tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str()))
    }

    fn of_holder<'s>(
        &'s self,
        kind: &str,
        holder: &str,
        permissions: &'s Permissions,
        account_id: &str,
    ) -> Vec<WrittenPolicy<'s>> {
        let inline = permissions.inline.iter().map(|(name, text)| WrittenPolicy {
            name: Cow::Owned(format!("{kind} {holder}: {name}")),
            text: Cow::Borrowed(text),
        });
        let attached = permissions.attached.iter();
        inline
            .chain(attached.map(|arn| self.managed_policy(arn, account_id)))
            .collect()
    }

    fn managed_policy<'s>(&'s self, arn: &'s str, account_id: &str) -> WrittenPolicy<'s> {
        let policy = self.managed(account_id, arn);
        WrittenPolicy {
            name: Cow::Borrowed(arn),
            text: Cow::Borrowed(policy.and_then(|policy| policy.default_document()).unwrap_or_default()),
        }
    }
}
