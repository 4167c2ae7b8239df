//! The policies of those who ask, compiled once for as long as they stay the same.

use std::borrow::Cow;
use std::collections::HashMap;

use ciuser_policy::document::PolicyDocument;
use ciuser_policy::evaluate::{Policies, PolicySet};

/// How many principals' policies are kept compiled.
const KEPT: usize = 64;

/// A policy as it is written, with the name by which decisions call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenPolicy<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) text: Cow<'a, str>,
}

/// All policies that decide what a principal may do, as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WrittenPolicies<'a> {
    /// Those of the user and its groups, or of the role.
    pub(crate) identity: Vec<WrittenPolicy<'a>>,
    /// The permissions boundary.
    pub(crate) boundary: Option<WrittenPolicy<'a>>,
}

impl WrittenPolicy<'_> {
    fn into_owned(self) -> WrittenPolicy<'static> {
        WrittenPolicy {
            name: Cow::Owned(self.name.into_owned()),
            text: Cow::Owned(self.text.into_owned()),
        }
    }
}

impl WrittenPolicies<'_> {
    fn into_owned(self) -> WrittenPolicies<'static> {
        WrittenPolicies {
            identity: self.identity.into_iter().map(WrittenPolicy::into_owned).collect(),
            boundary: self.boundary.map(WrittenPolicy::into_owned),
        }
    }

    /// Compiles the policies; nothing if one of them cannot be read.
    fn compile(&self) -> Option<Policies> {
        Some(Policies {
            boundary: match &self.boundary {
                Some(boundary) => Some(compile(std::slice::from_ref(boundary))?),
                None => None,
            },
            ..Policies::of_identity(compile(&self.identity)?)
        })
    }
}

fn compile(written: &[WrittenPolicy<'_>]) -> Option<PolicySet> {
    let read = |policy: &WrittenPolicy<'_>| PolicyDocument::parse(&policy.text).ok();
    let documents: Vec<PolicyDocument> = written.iter().map(read).collect::<Option<_>>()?;
    let names = written.iter().map(|policy| policy.name.as_ref());
    Some(PolicySet::compile(
        names.zip(documents.iter().map(PolicyDocument::document)),
    ))
}

/// Compiled policies by the principal whose they are.
///
/// What was compiled is kept beside the texts that it was made from, and used only for the same texts: nobody has to
/// remember to throw it away when a policy, a group or a default version changes.
#[derive(Default)]
pub(crate) struct CompiledPolicies {
    of: HashMap<String, (WrittenPolicies<'static>, Option<Policies>)>,
}

impl CompiledPolicies {
    /// Returns the policies of a principal, compiled; nothing if one of them cannot be read.
    pub(super) fn of(&mut self, principal: &str, written: WrittenPolicies<'_>) -> Option<&Policies> {
        let same = self.of.get(principal).is_some_and(|(kept, _)| *kept == written);
        if !same {
            if self.of.len() >= KEPT {
                self.of.clear();
            }
            let compiled = written.compile();
            self.of.insert(principal.to_owned(), (written.into_owned(), compiled));
        }
        self.of.get(principal)?.1.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use ciuser_policy::evaluate::Decision;
    use ciuser_policy::request::Request;

    use super::*;

    fn with(text: &str) -> WrittenPolicies<'_> {
        let policy = WrittenPolicy {
            name: Cow::Borrowed("test"),
            text: Cow::Borrowed(text),
        };
        WrittenPolicies {
            identity: vec![policy],
            boundary: None,
        }
    }

    const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    const DENY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;

    #[test]
    fn another_text_is_compiled_anew() {
        let mut compiled = CompiledPolicies::default();
        let request = Request::new("iam:ListUsers", "*");
        for (text, decision) in [
            (ALLOW, Decision::Allowed),
            (ALLOW, Decision::Allowed),
            (DENY, Decision::ExplicitDeny),
        ] {
            assert_eq!(compiled.of("me", with(text)).unwrap().decide(&request), decision);
        }
    }

    #[test]
    fn a_policy_that_cannot_be_read_leaves_nothing_to_decide_by() {
        let mut compiled = CompiledPolicies::default();
        assert!(compiled.of("me", with("")).is_none());
        let mut bound = with(ALLOW);
        bound.boundary = with("").identity.pop();
        assert!(compiled.of("me", bound).is_none());
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let mut compiled = CompiledPolicies::default();
        for number in 0..=KEPT {
            assert!(compiled.of(&number.to_string(), with(ALLOW)).is_some());
        }
        assert_eq!(compiled.of.len(), 1);
    }
}
