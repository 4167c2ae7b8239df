//! The policies to choose from: AWS's from the catalogue, and the account's own.

use std::cell::OnceCell;

use ciuser_core::name::{Partition, PolicyArn, PolicyName};
use ciuser_core::spec::PolicyRef;
use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::catalogue::search::{Hit, Matched, Scope, Searchable, search};
use ciuser_policy::service;

use super::OwnPolicy;

/// All policies that can be found.
pub(crate) struct Shelf {
    books: Vec<Book>,
}

/// A policy on the shelf. Its actions are read when they are first searched.
struct Book {
    name: String,
    path: String,
    arn: PolicyArn,
    choice: PolicyRef,
    actions: OnceCell<Vec<String>>,
}

/// A policy to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pick {
    /// Its name.
    pub(crate) name: String,
    /// Why it is offered: the service it is usual for, where the words were found, whose it is.
    pub(crate) why: String,
    /// What is asked for when it is chosen.
    pub(crate) choice: PolicyRef,
    /// Its ARN in this account's partition.
    pub(crate) arn: PolicyArn,
}

impl Searchable for Book {
    fn name(&self) -> &str {
        &self.name
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn actions(&self) -> Vec<String> {
        let read = || {
            let policy = Catalogue::embedded().by_name(&self.name);
            policy.map(|policy| policy.actions()).unwrap_or_default()
        };
        // The documents of the account's own policies are not read for a search: each would be a call.
        match &self.choice {
            PolicyRef::Arn(_) => Vec::new(),
            PolicyRef::Name(_) => self.actions.get_or_init(read).clone(),
        }
    }
}

impl Shelf {
    /// Puts AWS's policies on the shelf, and the account's own.
    pub(crate) fn new(partition: &Partition, own: &[OwnPolicy]) -> Shelf {
        let catalogue = Catalogue::embedded().policies().iter();
        let aws = catalogue.filter(|policy| policy.is_attachable_to_users());
        let aws = aws.filter_map(|policy| {
            Some(Book {
                name: policy.name.to_owned(),
                path: policy.path.to_owned(),
                arn: PolicyArn::new(policy.arn(partition.as_str())).ok()?,
                choice: PolicyRef::Name(PolicyName::new(policy.name).ok()?),
                actions: OnceCell::new(),
            })
        });
        let own = own.iter().map(|policy| Book {
            name: policy.arn.policy_name().to_owned(),
            path: policy.path.to_string(),
            arn: policy.arn.clone(),
            choice: PolicyRef::Arn(policy.arn.clone()),
            actions: OnceCell::new(),
        });
        Shelf {
            books: aws.chain(own).collect(),
        }
    }

    /// Tells whether both mean the same policy, one perhaps by name and the other by ARN.
    pub(super) fn same(&self, one: &PolicyRef, other: &PolicyRef) -> bool {
        one == other || self.books.iter().any(|book| book.is(one) && book.is(other))
    }

    /// Returns how many policies there are.
    pub(crate) fn size(&self) -> usize {
        self.books.len()
    }

    /// Returns the policies in which every word is found, best first. Without words: those chosen, then the usual ones
    /// of services. An ARN that is typed in full is offered as it is.
    pub(crate) fn find(&self, query: &str, chosen: &[PolicyRef]) -> Vec<Pick> {
        let query = query.trim();
        if query.is_empty() {
            return self.first_offer(chosen);
        }
        if let Ok(arn) = PolicyArn::new(query) {
            return vec![Pick {
                name: arn.policy_name().to_owned(),
                why: "as typed".to_owned(),
                choice: PolicyRef::Arn(arn.clone()),
                arn,
            }];
        }
        let hits = search(query, &self.books, Scope { all: false });
        hits.iter().map(pick).collect()
    }

    fn first_offer(&self, chosen: &[PolicyRef]) -> Vec<Pick> {
        let usual = service::known_services().filter_map(|service| {
            let name = service::policies_for(service)?;
            let book = self.books.iter().find(|book| book.name == name)?;
            Some(book.offered(format!("for {service}")))
        });
        let usual: Vec<Pick> = usual.collect();
        let others = chosen.iter().filter(|choice| usual.iter().all(|pick| !pick.is(choice)));
        let mut picks: Vec<Pick> = others.filter_map(|choice| self.chosen(choice)).collect();
        picks.extend(usual);
        picks
    }

    fn chosen(&self, choice: &PolicyRef) -> Option<Pick> {
        let known = self.books.iter().find(|book| book.is(choice));
        match (known, choice) {
            (Some(book), _) => Some(book.offered("chosen".to_owned())),
            (None, PolicyRef::Arn(arn)) => Some(Pick {
                name: arn.policy_name().to_owned(),
                why: "chosen".to_owned(),
                choice: choice.clone(),
                arn: arn.clone(),
            }),
            // The plan will say that there is no such policy, and which ones are near.
            (None, PolicyRef::Name(_)) => None,
        }
    }
}

impl Book {
    fn offered(&self, why: String) -> Pick {
        Pick {
            name: self.name.clone(),
            why,
            choice: self.choice.clone(),
            arn: self.arn.clone(),
        }
    }

    fn is(&self, choice: &PolicyRef) -> bool {
        self.choice == *choice || matches!(choice, PolicyRef::Arn(arn) if *arn == self.arn)
    }
}

impl Pick {
    /// Tells whether a choice is this policy, by name or by ARN.
    pub(crate) fn is(&self, choice: &PolicyRef) -> bool {
        self.choice == *choice || matches!(choice, PolicyRef::Arn(arn) if *arn == self.arn)
    }
}

fn pick(hit: &Hit<'_, Book>) -> Pick {
    let why = match (&hit.matched, &hit.policy.choice) {
        (Matched::Action(action), _) => action.clone(),
        (Matched::Path, _) => format!("path {}", hit.policy.path),
        (Matched::Name, PolicyRef::Arn(_)) => "the account's own".to_owned(),
        (Matched::Name, PolicyRef::Name(_)) => "AWS managed".to_owned(),
    };
    hit.policy.offered(why)
}
