//! What was asked to be deleted.

use crate::name::{ProjectName, UserName};
use crate::target::Target;

/// One user to be deleted, or to lose its keys.
///
/// Deleting is not part of a [`super::Spec`]: absence from a file never deletes anything.
#[derive(Debug, Clone, PartialEq)]
pub struct DeletionSpec {
    /// The user.
    pub user: UserName,
    /// Who asks: the user must carry this project's tag.
    pub project: ProjectName,
    /// Delete the keys only.
    pub keep_user: bool,
    /// Go on although the user carries no project's tag. One that carries another's is refused all the same.
    pub unmanaged: bool,
    /// From which targets the keys are taken away.
    pub clear: Clear,
    /// Targets that may hold a key of the user, beside those that the journal knows.
    pub targets: Vec<Target>,
}

/// From which targets the deleted keys are taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clear {
    /// From none: the review names those that hold one.
    #[default]
    Nothing,
    /// From those that can be looked at: the review names the others.
    WithinReach,
    /// From all; refused while one cannot be looked at.
    Everything,
}
