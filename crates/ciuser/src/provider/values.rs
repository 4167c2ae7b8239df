//! What a CI system is given of a key.

use ciuser_core::port::KeyOwner;
use ciuser_core::secret::AccessKey;
use ciuser_core::target::Variable;

/// Returns what is written, in the order in which it is written: id and secret back to back.
pub(super) fn values<'v>(owner: &'v KeyOwner, key: &'v AccessKey) -> Vec<(Variable, &'v str)> {
    let region = owner.region.as_ref().map(|region| region.as_str());
    let value = |variable| match variable {
        Variable::AccessKeyId => Some(key.id.as_str()),
        Variable::SecretAccessKey => Some(key.secret.expose()),
        Variable::Region | Variable::DefaultRegion => region,
    };
    let all = Variable::ALL.into_iter();
    all.filter_map(|variable| Some((variable, value(variable)?))).collect()
}
