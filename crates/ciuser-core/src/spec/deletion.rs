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
    /// Take the keys away from the targets that hold them.
    pub clear: bool,
    /// Targets that may hold a key of the user, beside those that the journal knows.
    pub targets: Vec<Target>,
}
