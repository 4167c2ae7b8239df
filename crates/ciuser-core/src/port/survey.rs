//! Services that can be looked through for keys, place by place.

use async_trait::async_trait;

use super::{Mark, TargetError};
use crate::name::AccessKeyId;
use crate::secret::SecretAccessKey;
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
#[derive(Debug, Clone, Default)]
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
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// What is seen of its value.
    pub value: Sight,
    /// When it was written, in the service's own words.
    pub written: Option<Mark>,
}

/// What is seen of a value.
#[derive(Clone)]
pub enum Sight {
    /// Nothing.
    Hidden,
    /// Its last characters.
    End(String),
    /// It is the id of a key.
    KeyId(AccessKeyId),
    /// It may be the secret of a key.
    Secret(SecretAccessKey),
    /// It is neither.
    Other,
}

impl Sight {
    /// Takes a whole value. What can be no part of a key is somebody's business, and is not kept.
    pub fn of(value: &str) -> Sight {
        const SECRET: usize = 40;
        let is_secret = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        match (AccessKeyId::new(value), SecretAccessKey::new(value.to_owned())) {
            (Ok(id), _) if id.is_long_term() => Sight::KeyId(id),
            (_, Ok(secret)) if value.len() == SECRET && value.bytes().all(is_secret) => Sight::Secret(secret),
            _ => Sight::Other,
        }
    }
}

/// The end of a secret need not be in a log.
impl std::fmt::Debug for Sight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Sight::Hidden => f.write_str("Hidden"),
            Sight::End(_) => f.write_str("End(..)"),
            Sight::KeyId(id) => f.debug_tuple("KeyId").field(id).finish(),
            Sight::Secret(_) => f.write_str("Secret(..)"),
            Sight::Other => f.write_str("Other"),
        }
    }
}

/// Something that was not looked at, or that shows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_whole_value_only_the_halves_of_a_key_are_kept() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        assert!(matches!(Sight::of(secret), Sight::Secret(kept) if kept.expose() == secret));
        assert!(matches!(Sight::of("AKIAIOSFODNN7EXAMPLE"), Sight::KeyId(_)));
        for other in [
            "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
            "AKIAshort",
            "eu-west-1",
            "",
            &"a ".repeat(20),
        ] {
            assert!(matches!(Sight::of(other), Sight::Other), "{other}");
        }
        assert_eq!(format!("{:?}", Sight::of(secret)), "Secret(..)");
    }
}
