//! Services that can be looked through for keys, place by place.

use async_trait::async_trait;

use super::{Mark, TargetError};
use crate::name::AccessKeyId;
use crate::target::{ProviderSpec, StoreSpec};

/// Looks through all places of a service that its token can see. Reads only.
#[async_trait(?Send)]
pub trait Survey {
    /// Returns what the service is called.
    fn service(&self) -> &'static str;
    /// Looks through everything. What cannot be seen is listed, and is no error; `looking` is told of each place before
    /// it is looked at.
    ///
    /// # Errors
    /// When nothing at all could be looked at.
    async fn survey(&self, looking: &dyn for<'s> Fn(&'s str)) -> Result<Surveyed, TargetError>;
}

/// What a survey came by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surveyed {
    /// The places that hold anything.
    pub sightings: Vec<Sighting>,
    /// The stores that hold a key of ours.
    pub kept: Vec<Kept>,
    /// How many places were looked at.
    pub looked_at: usize,
    /// What was not looked at.
    pub unseen: Vec<Unseen>,
}

/// A place, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The place.
    pub place: ProviderSpec,
    /// Its variables.
    pub shown: Vec<Shown>,
}

/// A store that shows whose key it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The store.
    pub store: StoreSpec,
    /// The key.
    pub id: AccessKeyId,
    /// When it was written, in the store's own words.
    pub written: Option<Mark>,
}

/// A variable, as far as its place shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// The last characters of its value.
    pub end: Option<String>,
    /// When it was written, in the service's own words.
    pub written: Option<Mark>,
}

/// The end of a secret need not be in a log.
impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Something that was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}
