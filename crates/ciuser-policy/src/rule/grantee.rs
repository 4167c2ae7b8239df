//! The values of `Principal` and `NotPrincipal`.
//!
//! Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".

use crate::document::{Element, Principals};
use crate::request::Principal;
use crate::truth::{self, Truth};

/// Whom a statement names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Grantees {
    /// Whether all others are meant.
    pub(crate) negated: bool,
    /// Those that are named; sorted, each once.
    pub(crate) named: Vec<Grantee>,
}

/// One value of `Principal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Grantee {
    /// `"*"` and `{"AWS": "*"}`, which mean the same.
    Everyone,
    /// An account: `111122223333`, or its root's ARN.
    Account(String),
    /// A user, role or session by its ARN.
    Arn(String),
    /// A service; `*` for every one.
    Service(String),
    /// An identity provider; `*` for every one.
    Federated(String),
    /// Something else, as it is written.
    NotUnderstood(String),
}

/// How far an `Allow` of a resource's policy reaches: what other policies must not also allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// To an account, whose own policies decide whom it lets.
    Account,
    /// To a role, or to the user who got a federated user's session: within boundary and session's policy.
    Role,
    /// To the very principal, whatever its own policies leave out.
    Principal,
}

impl Reach {
    /// From the nearest to the farthest.
    pub(crate) const ALL: [Self; 3] = [Self::Account, Self::Role, Self::Principal];
}

impl Grantees {
    /// Reads an element.
    pub(super) fn read(element: &Element<Principals>) -> Self {
        let mut named = match &element.value {
            Principals::Everyone(_) => vec![Grantee::Everyone],
            Principals::Of(kinds) => {
                let all = kinds
                    .iter()
                    .flat_map(|(kind, values)| values.iter().map(|value| Grantee::read(&kind.value, &value.value)));
                all.collect()
            }
        };
        named.sort_unstable();
        named.dedup();
        Self {
            negated: element.negated,
            named,
        }
    }

    /// Returns whether the principal is meant by an `Allow`, and that reaches at least so far.
    pub(crate) fn allow(&self, principal: &Principal, at_least: Reach) -> Truth {
        if self.negated {
            let (named, of) = self.identities_named(principal);
            // Who is named in part is exempt or not: AWS warns of it and leaves it open.
            let truth = if named == 0 {
                Truth::Yes
            } else if named == of {
                Truth::No
            } else {
                Truth::Unknown
            };
            return truth.min(self.understood());
        }
        let named = self.named.iter().map(|grantee| match grantee.names(principal) {
            (truth, reach) if reach >= at_least => truth,
            _ => Truth::No,
        });
        // Whoever is not understood may be this very principal.
        truth::any(named).or(self.not_named())
    }

    /// Returns whether the principal is meant by a `Deny`.
    pub(crate) fn deny(&self, principal: &Principal) -> Truth {
        if self.negated {
            // "You must also specify the account": who is named without it is denied with the account.
            let (named, of) = self.identities_named(principal);
            return Truth::from(named < of).and(self.understood());
        }
        let named = self.named.iter().map(|grantee| grantee.names(principal).0);
        truth::any(named).or(self.not_named())
    }

    fn understood(&self) -> Truth {
        match self.not_named() {
            Truth::Unknown => Truth::Unknown,
            _ => Truth::Yes,
        }
    }

    fn not_named(&self) -> Truth {
        let strange = |grantee: &Grantee| matches!(grantee, Grantee::NotUnderstood(_));
        if self.named.iter().any(strange) {
            Truth::Unknown
        } else {
            Truth::No
        }
    }

    /// Returns how many of the principal's identities are named, and how many it has: a session's are itself, its role
    /// and its account.
    fn identities_named(&self, principal: &Principal) -> (usize, usize) {
        let arns: &[&String] = match principal {
            Principal::User { arn, .. } | Principal::FederatedUser { arn, .. } => &[arn],
            Principal::RoleSession { arn, role_arn, .. } => &[arn, role_arn],
            _ => &[],
        };
        if self.named.contains(&Grantee::Everyone) {
            return (1, 1);
        }
        let is_named = |grantee: Grantee| usize::from(self.named.contains(&grantee));
        let named_arns: usize = arns.iter().map(|arn| is_named(Grantee::Arn((*arn).clone()))).sum();
        match principal.account() {
            Some(account) => (
                named_arns + is_named(Grantee::Account(account.to_owned())),
                arns.len() + 1,
            ),
            None => {
                let mut named = self.named.iter().map(|grantee| grantee.names(principal).0);
                (usize::from(named.any(|truth| truth == Truth::Yes)), 1)
            }
        }
    }
}

impl Grantee {
    fn read(kind: &str, value: &str) -> Self {
        let value = value.to_owned();
        match kind {
            "AWS" if value == "*" => Self::Everyone,
            "AWS" => match account_of(&value) {
                Some(account) => Self::Account(account.to_owned()),
                None if is_principal(&value) => Self::Arn(value),
                None => Self::NotUnderstood(format!("AWS {value}")),
            },
            "Service" => Self::Service(value),
            "Federated" => Self::Federated(value),
            other => Self::NotUnderstood(format!("{other} {value}")),
        }
    }

    /// Returns whether a principal is meant, and how far that reaches then.
    fn names(&self, principal: &Principal) -> (Truth, Reach) {
        let (is_meant, reach) = match (self, principal) {
            (Self::Everyone, _) => (true, Reach::Principal),
            (Self::Account(named), _) => (principal.account() == Some(named), Reach::Account),
            (Self::Arn(named), Principal::RoleSession { role_arn, .. }) if named == role_arn => (true, Reach::Role),
            (Self::Arn(named), Principal::FederatedUser { user_arn, account, arn }) if named != arn => {
                return (is_user(named, user_arn.as_deref(), account), Reach::Role);
            }
            (
                Self::Arn(named),
                Principal::User { arn, .. } | Principal::RoleSession { arn, .. } | Principal::FederatedUser { arn, .. },
            ) => (named == arn, Reach::Principal),
            (Self::Service(named), Principal::Service(name)) | (Self::Federated(named), Principal::Federated(name)) => {
                (named == "*" || named == name, Reach::Principal)
            }
            _ => (false, Reach::Account),
        };
        (Truth::from(is_meant), reach)
    }
}

/// Returns whether a text is the ARN of somebody.
fn is_principal(arn: &str) -> bool {
    let is_somebodys = Principal::from_arn(arn).is_ok() || Principal::session_of(arn, "session").is_some();
    is_somebodys && !arn.contains(['*', '?'])
}

/// Returns whether an ARN is that of a user of an account who may not be known.
fn is_user(named: &str, user_arn: Option<&str>, account: &str) -> Truth {
    match user_arn {
        Some(user_arn) => Truth::from(named == user_arn),
        None if named.contains(&format!(":iam::{account}:user/")) => Truth::Unknown,
        None => Truth::No,
    }
}

/// Returns the account that a value of `AWS` stands for: twelve digits, or the ARN of its root.
fn account_of(value: &str) -> Option<&str> {
    let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account(&value) {
        return Some(value);
    }
    let mut parts = value.strip_suffix(":root")?.splitn(5, ':');
    let (arn, _partition) = (parts.next()?, parts.next()?);
    let (service, region) = (parts.next()?, parts.next()?);
    let account = parts.next().filter(is_account)?;
    (arn == "arn" && service == "iam" && region.is_empty()).then_some(account)
}
