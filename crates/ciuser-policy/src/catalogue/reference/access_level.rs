//! What kind of thing an action does.

/// The access level of an action, as the service authorization reference classifies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Lists resources, and not what is in them.
    List,
    /// Reads what is in resources.
    Read,
    /// Creates, changes or deletes resources.
    Write,
    /// Grants or changes permissions.
    PermissionsManagement,
    /// Changes tags and nothing else.
    Tagging,
}

impl AccessLevel {
    /// Returns the level that a table writes as this letter.
    pub(super) fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "L" => Some(Self::List),
            "R" => Some(Self::Read),
            "W" => Some(Self::Write),
            "P" => Some(Self::PermissionsManagement),
            "T" => Some(Self::Tagging),
            _ => None,
        }
    }

    /// Returns AWS's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::PermissionsManagement => "Permissions management",
            Self::Tagging => "Tagging",
        }
    }
}
