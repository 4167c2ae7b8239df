//! The least number of API calls that ciuser's way of creating users needs, call by call.

/// How often an operation is needed: once for the account, and for each new user.
pub(super) struct Needed {
    pub(super) operation: &'static str,
    pub(super) once: usize,
    pub(super) per_user: usize,
    pub(super) why: &'static str,
}

impl Needed {
    pub(super) fn calls(&self, users: usize) -> usize {
        self.once + self.per_user * users
    }
}

/// The calls for new users with the same three AWS managed policies, two tags, one key and a CSV file, in an
/// account that has fewer users than fit on a page.
pub(super) const NEEDED: [Needed; 9] = [
    Needed {
        operation: "GetCallerIdentity",
        once: 1,
        per_user: 3,
        why: "once, which account and caller this is; then the new key proven, three times as IAM is eventually consistent",
    },
    Needed {
        operation: "ListUsers",
        once: 1,
        per_user: 0,
        why: "whether a name is taken, in any case of its letters",
    },
    Needed {
        operation: "GetAccountSummary",
        once: 1,
        per_user: 0,
        why: "whether the account's quotas leave room",
    },
    Needed {
        operation: "GetPolicy",
        once: 3,
        per_user: 0,
        why: "whether each policy exists and can be attached",
    },
    Needed {
        operation: "ListEntitiesForPolicy",
        once: 1,
        per_user: 0,
        why: "whether a group already carries just these policies",
    },
    Needed {
        operation: "CreateUser",
        once: 0,
        per_user: 1,
        why: "the user, with its tags",
    },
    Needed {
        operation: "AttachUserPolicy",
        once: 0,
        per_user: 3,
        why: "the policies",
    },
    Needed {
        operation: "ListAccessKeys",
        once: 0,
        per_user: 2,
        why: "before, so that a key whose answer was lost can be told from the others; after, whether one appeared meanwhile",
    },
    Needed {
        operation: "CreateAccessKey",
        once: 0,
        per_user: 1,
        why: "the key",
    },
];

/// Returns the least number of calls in all.
pub(super) fn least(users: usize) -> usize {
    NEEDED.iter().map(|needed| needed.calls(users)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_needs_seventeen_calls_and_each_more_ten() {
        assert_eq!([least(1), least(2), least(50)], [17, 27, 507]);
    }
}
