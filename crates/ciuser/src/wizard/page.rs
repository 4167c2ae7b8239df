//! The pages, in the order of the AWS console's wizard.

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Page {
    /// Name, path, project.
    User,
    /// Policies, groups, boundary.
    Permissions,
    /// Tags.
    Tags,
    /// Stores and CI systems.
    Targets,
    /// The plan.
    Review,
}

impl Page {
    /// All of them, in order.
    pub(crate) const ALL: [Page; 5] = [Page::User, Page::Permissions, Page::Tags, Page::Targets, Page::Review];

    /// Returns its place, from 1.
    pub(crate) fn number(self) -> usize {
        Page::ALL
            .iter()
            .position(|page| *page == self)
            .map_or(1, |place| place + 1)
    }

    /// Returns its name.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Page::User => "User",
            Page::Permissions => "Permissions",
            Page::Tags => "Tags",
            Page::Targets => "Targets",
            Page::Review => "Review",
        }
    }

    /// Returns the page after it.
    pub(super) fn next(self) -> Option<Page> {
        Page::ALL.get(self.number()).copied()
    }

    /// Returns the page before it.
    pub(super) fn previous(self) -> Option<Page> {
        Page::ALL.get(self.number().checked_sub(2)?).copied()
    }
}
