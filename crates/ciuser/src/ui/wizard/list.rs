//! The lists of the permissions page: what can be chosen, and what is.

use ciuser_core::name::PolicyArn;
use ciuser_core::spec::Attach;

use super::stop::List;
use crate::wizard::{Event, Pick, Wizard};

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// What it is.
    pub(super) name: String,
    /// What else is to be said.
    pub(super) why: String,
    /// Whether it is chosen.
    pub(super) chosen: bool,
    /// Whether choosing it leaves the others as they are.
    pub(super) many: bool,
    /// What choosing it means.
    pub(super) event: Event,
    /// The policy whose document can be shown.
    pub(super) policy: Option<PolicyArn>,
}

/// Returns the lines of a list that a search leaves.
pub(super) fn items(list: List, query: &str, wizard: &Wizard) -> Vec<Item> {
    match list {
        List::Policies => {
            let chosen = &wizard.form().policies;
            let picks = wizard.shelf().find(query, chosen).into_iter();
            picks.map(|pick| policy(pick, wizard)).collect()
        }
        List::Attach => attach(wizard).to_vec(),
        List::Groups => groups(query, wizard),
        List::Boundary => boundary(query, wizard),
    }
}

fn policy(pick: Pick, wizard: &Wizard) -> Item {
    Item {
        chosen: wizard.form().policies.iter().any(|choice| pick.is(choice)),
        name: pick.name,
        why: pick.why,
        many: true,
        event: Event::Policy(pick.choice),
        policy: Some(pick.arn),
    }
}

fn attach(wizard: &Wizard) -> [Item; 2] {
    let own = format!("ciuser-{}, under the path /ciuser/", wizard.form().name);
    let ways = [
        (
            Attach::Direct,
            "to the user",
            "as the console does by \"attach directly\"".to_owned(),
        ),
        (Attach::Group, "to a group made for it", own),
    ];
    ways.map(|(way, name, why)| Item {
        name: name.to_owned(),
        why,
        chosen: wizard.form().attach == way,
        many: false,
        event: Event::Attach(way),
        policy: None,
    })
}

fn groups(query: &str, wizard: &Wizard) -> Vec<Item> {
    let query = query.trim().to_lowercase();
    let there = wizard
        .account()
        .map(|account| account.groups.as_slice())
        .unwrap_or_default();
    let found = there
        .iter()
        .filter(|group| group.as_str().to_lowercase().contains(&query));
    found
        .map(|group| Item {
            name: group.to_string(),
            why: "in this account".to_owned(),
            chosen: wizard.form().groups.iter().any(|chosen| chosen.same_as(group)),
            many: true,
            event: Event::Group(group.clone()),
            policy: None,
        })
        .collect()
}

fn boundary(query: &str, wizard: &Wizard) -> Vec<Item> {
    let set = wizard.form().boundary.as_ref();
    let none = Item {
        name: "none".to_owned(),
        why: "the policies alone decide".to_owned(),
        chosen: set.is_none(),
        many: false,
        event: Event::Boundary(None),
        policy: None,
    };
    let picks = wizard.shelf().find(query, &[]).into_iter().map(|pick| Item {
        name: pick.name,
        why: pick.why,
        chosen: set == Some(&pick.arn),
        many: false,
        event: Event::Boundary(Some(pick.arn.clone())),
        policy: Some(pick.arn),
    });
    std::iter::once(none).chain(picks).collect()
}
