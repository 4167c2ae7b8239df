//! Where the focus can be, on each page, in the order of the Tab key.

use crate::wizard::{Field, Form, Page, PlaceKind};

/// A place for the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// A text.
    Text(Field),
    /// A list to choose from.
    List(List),
    /// What becomes of the plan.
    Decision,
}

/// A list to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Managed policies.
    Policies,
    /// To the user, or to a group.
    Attach,
    /// Groups.
    Groups,
    /// The boundary.
    Boundary,
}

impl List {
    /// All of them, in order.
    pub(super) const ALL: [List; 4] = [List::Policies, List::Attach, List::Groups, List::Boundary];

    /// Returns its label.
    pub(super) fn label(self) -> &'static str {
        match self {
            List::Policies => "Policies",
            List::Attach => "Attach",
            List::Groups => "Groups",
            List::Boundary => "Boundary",
        }
    }

    /// Tells whether it can be searched.
    pub(super) fn is_searched(self) -> bool {
        self != List::Attach
    }
}

/// Returns the stops of a page.
pub(super) fn stops(page: Page, form: &Form) -> Vec<Stop> {
    match page {
        Page::User => [Field::Name, Field::Path, Field::Project].map(Stop::Text).to_vec(),
        Page::Permissions => List::ALL.map(Stop::List).to_vec(),
        Page::Tags => (0..form.tags.len())
            .flat_map(|row| [Field::TagKey(row), Field::TagValue(row)])
            .map(Stop::Text)
            .collect(),
        Page::Targets => targets(form),
        Page::Review => vec![Stop::Decision],
    }
}

/// A context is followed by who may use it.
fn targets(form: &Form) -> Vec<Stop> {
    let mut stops = Vec::new();
    let last_context = form
        .places
        .iter()
        .rposition(|row| row.kind == PlaceKind::CircleciContext);
    for place in 0..form.places.len() {
        stops.push(Stop::Text(Field::Place(place)));
        if Some(place) == last_context {
            stops.push(Stop::Text(Field::RestrictTo));
        }
    }
    stops
}
