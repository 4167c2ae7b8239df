//! The reference as a whole: finding things in it.

use std::cmp::Ordering;
use std::sync::OnceLock;

use crate::catalogue::Source;
use crate::catalogue::reference::rows::{
    ActionResourceRow, ActionRow, ConditionKeyRow, ResourceTypeRow, Run, ServiceRow,
};
use crate::catalogue::reference::{Action, ConditionKey, ResourceType, Service, load};
use crate::pattern::Pattern;

static BLOB: &[u8] = include_bytes!("../../../data/authorization-reference.tsv.zst");

/// All services with their actions, resource types and condition keys, as of one day.
#[derive(Debug)]
pub struct AuthorizationReference {
    sources: [Source; 2],
    /// Sorted by prefix.
    pub(super) services: Vec<ServiceRow>,
    /// Those of a service are together, sorted by name in lower case; the same goes for actions.
    pub(super) resource_types: Vec<ResourceTypeRow>,
    pub(super) actions: Vec<ActionRow>,
    pub(super) action_resources: Vec<ActionResourceRow>,
    /// Sorted by name in lower case. One name may be there with several types: first the one that its own service gives.
    pub(super) condition_keys: Vec<ConditionKeyRow>,
    pub(super) key_numbers: Vec<u16>,
    pub(super) action_numbers: Vec<u32>,
}

impl AuthorizationReference {
    /// Returns the reference that is part of the program. The first call takes some milliseconds.
    #[expect(clippy::expect_used, reason = "a constant, and a test here loads this very constant")]
    pub fn embedded() -> &'static Self {
        static REFERENCE: OnceLock<AuthorizationReference> = OnceLock::new();
        REFERENCE.get_or_init(|| load::load(BLOB).expect("the embedded reference is sound"))
    }

    pub(super) fn empty(sources: [Source; 2]) -> Self {
        Self {
            sources,
            services: Vec::new(),
            resource_types: Vec::new(),
            actions: Vec::new(),
            action_resources: Vec::new(),
            condition_keys: Vec::new(),
            key_numbers: Vec::new(),
            action_numbers: Vec::new(),
        }
    }

    /// Returns where the reference comes from: first all but the dependent actions, then these.
    pub fn sources(&self) -> &[Source; 2] {
        &self.sources
    }

    /// Returns all services, sorted by prefix.
    pub fn services(&'static self) -> impl Iterator<Item = Service> {
        self.services.iter().map(move |row| Service::new(self, row))
    }

    /// Returns the service with this prefix, as `s3`.
    pub fn service(&'static self, prefix: &str) -> Option<Service> {
        let row = find(&self.services, prefix, |row| row.prefix)?;
        Some(Service::new(self, row))
    }

    /// Returns all actions, sorted by service and then by name.
    pub fn actions(&'static self) -> impl Iterator<Item = Action> {
        self.services().flat_map(|service| service.actions())
    }

    /// Returns the action of this full name, as `s3:GetObject`.
    pub fn action(&'static self, name: &str) -> Option<Action> {
        let (prefix, name) = name.split_once(':')?;
        self.service(prefix)?.action(name)
    }

    /// Returns the actions that a pattern covers, as a policy's `Action` element writes it: `s3:Get*`, `*`.
    ///
    /// `*` stands for any characters and `?` for any one, in the whole pattern. That IAM refuses wildcards in the
    /// service's prefix is no matter here.
    pub fn expand(&'static self, pattern: &str) -> impl Iterator<Item = Action> {
        let prefix = Pattern::action(pattern.split_once(':').map_or("*", |(prefix, _)| prefix));
        let pattern = Pattern::action(pattern);
        self.services()
            .filter(move |service| prefix.matches_as_it_is(service.prefix()))
            .flat_map(|service| service.actions())
            .filter(move |action| pattern.matches_as_it_is(&action.to_string().to_ascii_lowercase()))
    }

    /// Returns all resource types of all services.
    pub fn resource_types(&'static self) -> impl Iterator<Item = ResourceType> {
        self.services().flat_map(|service| service.resource_types())
    }

    /// Returns all condition keys, the global ones too, sorted by name. A name is there several times if services give it
    /// different types.
    pub fn condition_keys(&'static self) -> impl Iterator<Item = ConditionKey> {
        self.condition_keys.iter().map(ConditionKey::new)
    }

    /// Returns the condition key that a policy or a request names so: `s3:prefix`, and for `aws:PrincipalTag/team` the
    /// key `aws:PrincipalTag/${TagKey}`.
    ///
    /// If services give the key different types, it is the one of the service that the key is named after.
    pub fn condition_key(&'static self, name: &str) -> Option<ConditionKey> {
        let row = find(&self.condition_keys, name, |row| row.name).or_else(|| self.variable_key(name))?;
        Some(ConditionKey::new(row))
    }

    pub(super) fn keys(&'static self, run: Run) -> impl Iterator<Item = ConditionKey> {
        self.keys_numbered(run.of(&self.key_numbers).iter().copied())
    }

    pub(super) fn keys_numbered(
        &'static self,
        numbers: impl IntoIterator<Item = u16>,
    ) -> impl Iterator<Item = ConditionKey> {
        let rows = numbers
            .into_iter()
            .filter_map(|number| self.condition_keys.get(usize::from(number)));
        rows.map(ConditionKey::new)
    }

    pub(super) fn action_numbered(&'static self, number: u32) -> Option<Action> {
        let row = self.actions.get(number as usize)?;
        let service = self.services.get(usize::from(row.service))?;
        Some(Action::new(self, service, row))
    }

    /// Returns the key with a variable part that a name is one of. Of several, the one that leaves least open.
    fn variable_key(&self, name: &str) -> Option<&ConditionKeyRow> {
        let open = |row: &&ConditionKeyRow| row.variable_part(name).map(str::len);
        let keys = self.condition_keys.iter().filter(|row| open(row).is_some());
        keys.min_by_key(open)
    }
}

/// Returns the first row of a name, whatever its case, from rows that are sorted by name in lower case.
pub(super) fn find<'a, T>(rows: &'a [T], name: &str, name_of: impl Fn(&T) -> &'static str) -> Option<&'a T> {
    let before = rows.partition_point(|row| compare(name_of(row), name) == Ordering::Less);
    rows.get(before).filter(|row| name_of(row).eq_ignore_ascii_case(name))
}

fn compare(a: &str, b: &str) -> Ordering {
    let [a, b] = [a, b].map(|text| text.bytes().map(|byte| byte.to_ascii_lowercase()));
    a.cmp(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_reference_loads() {
        let reference = load::load(BLOB).unwrap();
        assert_eq!(
            reference.actions.len(),
            AuthorizationReference::embedded().actions.len()
        );
    }

    #[test]
    fn a_damaged_reference_is_an_error_and_not_an_empty_one() {
        for length in [0, 100, BLOB.len() / 2, BLOB.len() - 1] {
            let (half, _) = BLOB.split_at(length);
            assert!(load::load(half).is_err(), "{length}");
        }
    }
}
