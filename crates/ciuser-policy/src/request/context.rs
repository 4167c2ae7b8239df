//! The circumstances of a request: condition keys and what the request has for them.

use crate::condition::Given;
use crate::pattern::Lookup;

/// Condition keys with their values. Case makes no difference to keys, the part behind a slash included
/// (`aws:RequestTag/Team`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// Keys in lower case, sorted, with one value or more.
    keys: Vec<(String, Vec<String>)>,
}

impl Context {
    /// Adds a value for a key, beside those that it has.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        let key = key.to_lowercase();
        match self.keys.binary_search_by(|(known, _)| known.as_str().cmp(&key)) {
            Ok(at) => {
                if let Some((_, values)) = self.keys.get_mut(at) {
                    values.push(value.into());
                }
            }
            Err(at) => self.keys.insert(at, (key, vec![value.into()])),
        }
    }

    /// Returns the context with a value more.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.add(key, value);
        self
    }

    /// Returns the values of a key; none if the request does not have it.
    pub fn values(&self, key: &str) -> &[String] {
        self.of(&key.to_lowercase())
    }

    /// Returns all keys, in lower case, with their values; sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.keys.iter().map(|(key, values)| (key.as_str(), values.as_slice()))
    }

    /// Returns what there is for a key in lower case.
    pub(crate) fn given(&self, key: &str) -> Given<'_> {
        match self.of(key) {
            [] => Given::Absent,
            values => Given::Values(values),
        }
    }

    fn of(&self, key: &str) -> &[String] {
        // The fewer keys there are, the faster is looking at each.
        let found = self.keys.iter().find(|(known, _)| known == key);
        found.map(|(_, values)| values.as_slice()).unwrap_or_default()
    }
}

impl Lookup for Context {
    fn one_value(&self, key: &str) -> Option<&str> {
        match self.of(key) {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl<K: AsRef<str>, V: Into<String>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut context = Self::default();
        for (key, value) in pairs {
            context.add(key.as_ref(), value);
        }
        context
    }
}
