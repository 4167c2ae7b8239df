//! The spec that most tests use, and the questions they ask of the world afterwards.

use std::collections::BTreeMap;

use ciuser_core::name::{AccessKeyId, AccountId, Path, ProjectName, Region, UserName};
use ciuser_core::port::AccessKeyStatus;
use ciuser_core::spec::{Attach, SealSpec, Spec, UserSpec};
use ciuser_core::target::{CsvFormat, ProviderSpec, StoreSpec, VariableNames};

use crate::world::{Account, Place, Sim, SimKey};

pub(crate) const NAME: &str = "CI_USER";
pub(crate) const KDBX: &str = "kdbx:/keys.kdbx";
pub(crate) const CSV: &str = "csv:/CI_USER.csv";
pub(crate) const CONTEXT: &str = "circleci-context:gh/acme/deploy";
pub(crate) const PROJECT: &str = "circleci-project:gh/acme/storefront";
pub(crate) const TARGETS: [&str; 4] = [KDBX, CSV, CONTEXT, PROJECT];

/// One user with three policies, two stores and two CI places.
pub(crate) fn spec() -> Spec {
    let policies = [
        "AmazonS3FullAccess",
        "CloudFrontFullAccess",
        "AdministratorAccess-AWSElasticBeanstalk",
    ];
    Spec {
        project: ProjectName::new("storefront").unwrap(),
        account: Some(AccountId::new("111122223333").unwrap()),
        region: Some(Region::new("eu-west-1").unwrap()),
        seal: SealSpec::default(),
        users: vec![UserSpec {
            name: UserName::new(NAME).unwrap(),
            path: Path::new("/ci/").unwrap(),
            policies: policies.iter().map(|name| name.parse().unwrap()).collect(),
            attach: Attach::Direct,
            groups: Vec::new(),
            inline: BTreeMap::new(),
            tags: vec!["env=production".parse().unwrap()],
            untag: Vec::new(),
            boundary: None,
            stores: vec![kdbx(), csv()],
            deliver: vec![context(), project()],
        }],
    }
    .checked()
    .unwrap()
}

/// The example, with its user changed.
pub(crate) fn spec_with(change: impl FnOnce(&mut UserSpec)) -> Spec {
    let mut spec = spec();
    change(&mut spec.users[0]);
    spec.checked().unwrap()
}

pub(crate) fn kdbx() -> StoreSpec {
    StoreSpec::Kdbx {
        path: "/keys.kdbx".to_owned(),
        password_file: None,
        key_file: None,
    }
}

pub(crate) fn csv() -> StoreSpec {
    StoreSpec::Csv {
        path: "/CI_USER.csv".to_owned(),
        format: CsvFormat::Import,
    }
}

/// A file that is encrypted to somebody else.
pub(crate) fn takes_only(path: &str) -> StoreSpec {
    StoreSpec::Age {
        path: path.to_owned(),
        recipients: vec!["age1example".to_owned()],
        identity: None,
    }
}

pub(crate) fn context() -> ProviderSpec {
    ProviderSpec::CircleciContext {
        org: "gh/acme".to_owned(),
        context: "deploy".to_owned(),
        restrict_to: vec!["gh/acme/storefront".to_owned()],
        expression: None,
        open: false,
        url: None,
        names: VariableNames::default(),
    }
}

pub(crate) fn project() -> ProviderSpec {
    ProviderSpec::CircleciProject {
        project: "gh/acme/storefront".to_owned(),
        url: None,
        names: VariableNames::default(),
    }
}

/// A world in which other people have things too, and the context is still to be made.
pub(crate) fn world() -> Sim {
    let sim = Sim::new();
    {
        let mut account = sim.account.borrow_mut();
        let key = account.new_key(jiff::Timestamp::UNIX_EPOCH);
        let policy = account.policy_arn("ReadOnlyAccess");
        account.add_user("somebody-else", |user| {
            user.attached.push(policy);
            user.keys.push(key);
        });
        account.add_group("developers", "/", &["PowerUserAccess"]);
    }
    sim.place(CONTEXT, |place| place.made = false);
    sim.place("circleci-context:gh/acme/other", |place| {
        place.foreign = Some("theirs".to_owned())
    });
    sim
}

/// A world in which the example was applied.
pub(crate) fn applied() -> Sim {
    let sim = world();
    assert_done(&sim.converge(&spec()));
    sim
}

/// Nothing failed, nothing is left to do.
pub(crate) fn assert_done(outcome: &ciuser_core::apply::Outcome) {
    assert_eq!(outcome.failure, None);
    assert_eq!(outcome.unfinished(), Vec::<String>::new());
}

/// The keys of the example's user.
pub(crate) fn keys(sim: &Sim) -> Vec<SimKey> {
    sim.account
        .borrow()
        .users
        .get("ci_user")
        .map(|user| user.keys.clone())
        .unwrap_or_default()
}

/// The ids of its active keys.
pub(crate) fn live(sim: &Sim) -> Vec<AccessKeyId> {
    let active = keys(sim)
        .into_iter()
        .filter(|key| key.status == AccessKeyStatus::Active);
    active.map(|key| key.id).collect()
}

/// Which targets hold which key of the example's user.
pub(crate) fn holders(sim: &Sim) -> Vec<Option<AccessKeyId>> {
    let places = sim.places.borrow();
    let holder = |target: &&str| places.get(*target).and_then(Place::key_id).cloned();
    TARGETS.iter().map(holder).collect()
}

/// The end of every handover: one live key, whose id and secret every target holds; nothing orphaned; nothing
/// of others touched; no run left open, no spool left behind.
pub(crate) fn assert_at_rest(sim: &Sim, why: &str) {
    let keys = keys(sim);
    assert_eq!(keys.len(), 1, "{why}: {keys:?}");
    assert_eq!(keys[0].status, AccessKeyStatus::Active, "{why}");
    for target in TARGETS {
        let places = sim.places.borrow();
        let (user, held) = places[target]
            .key
            .as_ref()
            .unwrap_or_else(|| panic!("{why}: {target} is empty"));
        assert_eq!(
            (user.as_str(), &held.id, held.secret.expose()),
            (NAME, &keys[0].id, keys[0].secret.as_str()),
            "{why}: {target}"
        );
    }
    assert_others_untouched(sim, why);
    assert!(
        sim.runs.borrow().iter().all(|run| run.over),
        "{why}: a run is left open"
    );
    assert!(sim.spools.borrow().is_empty(), "{why}: a spool is left behind");
}

/// What belongs to others is as it was in [`world`].
pub(crate) fn assert_others_untouched(sim: &Sim, why: &str) {
    let fresh = world();
    let others = |account: &Account| {
        (
            account.users.get("somebody-else").cloned(),
            account.groups.first().cloned(),
        )
    };
    assert_eq!(others(&sim.account.borrow()), others(&fresh.account.borrow()), "{why}");
    let place = "circleci-context:gh/acme/other";
    assert_eq!(sim.places.borrow()[place].foreign.as_deref(), Some("theirs"), "{why}");
}
