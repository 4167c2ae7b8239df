//! What holds for every spec and every inventory.

use std::collections::{BTreeMap, BTreeSet};

use ciuser_core::name::{AccessKeyId, PolicyArn};
use ciuser_core::plan::{Choices, KeyPlan, Plan};
use ciuser_core::port::AccessKeyStatus;
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::spec::{Attach, Spec};
use ciuser_policy::document::PolicyDocument;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::strategy::ValueTree as _;

use crate::example::{TARGETS, assert_others_untouched, spec_with, world};
use crate::world::{Came, Sim, When};

const POLICIES: [&str; 5] = [
    "AmazonS3FullAccess",
    "CloudFrontFullAccess",
    "AmazonSQSFullAccess",
    "ReadOnlyAccess",
    "AmazonEC2FullAccess",
];
const GROUPS: [&str; 3] = ["developers", "testers", "Release-Managers"];
const TAGS: [&str; 3] = ["env=production", "team=web", "Cost=7"];
const INLINE: [&str; 2] = ["deploy", "logs"];

/// What a user can have, as numbers and names.
#[derive(Debug, Clone)]
struct Wish {
    policies: Vec<&'static str>,
    groups: Vec<&'static str>,
    tags: Vec<&'static str>,
    inline: Vec<(&'static str, u8)>,
    boundary: bool,
    in_own_group: bool,
    targets: Vec<usize>,
}

fn wish() -> impl Strategy<Value = Wish> {
    let inline = subsequence(INLINE.to_vec(), 0..=2).prop_flat_map(|names| {
        let count = names.len();
        proptest::collection::vec(0u8..2, count).prop_map(move |versions| names.iter().copied().zip(versions).collect())
    });
    (
        subsequence(POLICIES.to_vec(), 0..=4).prop_shuffle(),
        subsequence(GROUPS.to_vec(), 0..=3).prop_shuffle(),
        subsequence(TAGS.to_vec(), 0..=3).prop_shuffle(),
        inline,
        any::<bool>(),
        any::<bool>(),
        subsequence(vec![0, 1, 2, 3], 1..=4),
    )
        .prop_map(
            |(policies, groups, tags, inline, boundary, in_own_group, targets)| Wish {
                policies,
                groups,
                tags,
                inline,
                boundary,
                in_own_group,
                targets,
            },
        )
}

/// What there is: no user, or one with a key or none, active or not, held by some targets.
#[derive(Debug, Clone)]
enum There {
    Nobody,
    User { has: Wish, key: Option<bool> },
}

fn there() -> impl Strategy<Value = There> {
    prop_oneof![
        1 => Just(There::Nobody),
        3 => (wish(), proptest::option::of(any::<bool>())).prop_map(|(has, key)| There::User { has, key }),
    ]
}

fn document(version: u8) -> String {
    let actions = ["s3:GetObject", "s3:PutObject"];
    let action = actions[usize::from(version)];
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
}

fn arn(name: &str) -> PolicyArn {
    PolicyArn::new(format!("arn:aws:iam::aws:policy/{name}")).unwrap()
}

impl Wish {
    fn spec(&self) -> Spec {
        spec_with(|user| {
            user.policies = self.policies.iter().map(|name| name.parse().unwrap()).collect();
            user.groups = self.groups.iter().map(|name| name.parse().unwrap()).collect();
            user.tags = self.tags.iter().map(|tag| tag.parse().unwrap()).collect();
            let inline = self.inline.iter();
            user.inline = inline
                .map(|(name, version)| {
                    (
                        name.parse().unwrap(),
                        PolicyDocument::parse(&document(*version)).unwrap(),
                    )
                })
                .collect();
            user.boundary = self.boundary.then(|| arn("PowerUserAccess"));
            user.attach = if self.in_own_group {
                Attach::Group
            } else {
                Attach::Direct
            };
            let (stores, deliver) = (user.stores.clone(), user.deliver.clone());
            user.stores = stores
                .into_iter()
                .enumerate()
                .filter(|(n, _)| self.targets.contains(n))
                .map(|one| one.1)
                .collect();
            user.deliver = deliver
                .into_iter()
                .enumerate()
                .filter(|(n, _)| self.targets.contains(&(n + 2)))
                .map(|one| one.1)
                .collect();
            if user.stores.is_empty() {
                user.stores = vec![crate::example::kdbx()];
            }
        })
    }
}

impl There {
    fn world(&self) -> Sim {
        let sim = world();
        for group in &GROUPS[1..] {
            sim.account.borrow_mut().add_group(group, "/", &[]);
        }
        let There::User { has, key } = self else { return sim };
        let mut account = sim.account.borrow_mut();
        let mut made = account.new_key(jiff::Timestamp::UNIX_EPOCH);
        if *key == Some(false) {
            made.status = AccessKeyStatus::Inactive;
        }
        let mut groups: Vec<_> = has.groups.iter().map(|name| name.parse().unwrap()).collect();
        if has.in_own_group {
            account.add_group("ciuser-CI_USER", "/ciuser/", &has.policies);
            groups.push("ciuser-CI_USER".parse().unwrap());
        }
        account.add_user("CI_USER", |user| {
            user.path = "/ci/".parse().unwrap();
            user.tags = has
                .tags
                .iter()
                .map(|tag| tag.replace("production", "staging").parse().unwrap())
                .collect();
            user.tags.push("ciuser:project=storefront".parse().unwrap());
            user.attached = has.policies.iter().map(|name| arn(name)).collect();
            user.inline = has
                .inline
                .iter()
                .map(|(name, version)| (name.parse().unwrap(), document(*version)))
                .collect();
            user.groups = groups;
            user.boundary = has.boundary.then(|| arn("ReadOnlyAccess"));
            user.keys.extend(key.is_some().then(|| made.clone()));
        });
        drop(account);
        for target in &has.targets {
            let key = AccessKey {
                id: made.id.clone(),
                secret: SecretAccessKey::new(made.secret.clone()).unwrap(),
            };
            sim.place(TARGETS[*target], |place| {
                place.key = Some(("CI_USER".parse().unwrap(), key))
            });
        }
        sim
    }
}

fn everything() -> Choices {
    Choices {
        adopt: false,
        overwrite: TARGETS.iter().map(|target| (*target).to_owned()).collect(),
    }
}

fn plan(sim: &Sim, spec: &Spec) -> Plan {
    sim.plan_with(spec, &everything()).unwrap()
}

fn converge(sim: &Sim, spec: &Spec) -> ciuser_core::apply::Outcome {
    sim.converge_with(spec, &everything())
}

/// What the user is, whichever run did it and whatever its keys are called.
type Likeness = (BTreeMap<String, BTreeSet<String>>, usize, Vec<Option<usize>>);

fn likeness(sim: &Sim) -> Likeness {
    let account = sim.account.borrow();
    let user = &account.users["ci_user"];
    let keys: Vec<&AccessKeyId> = user.keys.iter().map(|key| &key.id).collect();
    let texts = |items: Vec<String>| items.into_iter().collect::<BTreeSet<_>>();
    let own = account.groups.iter().filter(|group| group.path.as_str() == "/ciuser/");
    let parts = BTreeMap::from([
        (
            "attached",
            texts(user.attached.iter().map(ToString::to_string).collect()),
        ),
        ("groups", texts(user.groups.iter().map(ToString::to_string).collect())),
        (
            "boundary",
            texts(user.boundary.iter().map(ToString::to_string).collect()),
        ),
        (
            "inline",
            texts(
                user.inline
                    .iter()
                    .map(|(name, text)| format!("{name} {text}"))
                    .collect(),
            ),
        ),
        (
            "tags",
            texts(
                user.tags
                    .iter()
                    .map(ToString::to_string)
                    .filter(|tag| !tag.starts_with("ciuser:run"))
                    .collect(),
            ),
        ),
        (
            "own group",
            texts(
                own.flat_map(|group| group.attached.iter().map(ToString::to_string))
                    .collect(),
            ),
        ),
    ]);
    let parts = parts
        .into_iter()
        .map(|(name, items)| (name.to_owned(), items))
        .collect();
    let places = sim.places.borrow();
    let held = TARGETS.iter().map(|target| {
        let id = places.get(*target).and_then(|place| place.key_id())?;
        keys.iter().position(|key| *key == id)
    });
    (parts, keys.len(), held.collect())
}

fn sorted_lines(plan: &Plan) -> Vec<String> {
    let mut lines = plan.lines();
    for line in &mut lines {
        // Several tags share a line, and the run's id differs.
        let mut words: Vec<&str> = line
            .split([' ', ','])
            .filter(|word| !word.starts_with("ciuser:run="))
            .collect();
        words.sort_unstable();
        *line = words.join(" ");
    }
    lines.sort();
    lines
}

/// Carries a spec through, after a crash, until nothing differs. False when a person has to settle something.
fn to_rest(sim: &Sim, spec: &Spec) -> bool {
    for _ in 0..3 {
        for outcome in sim.resume() {
            if let Some(failure) = outcome.failure {
                assert!(failure.what.contains("may be a key whose secret was lost"), "{failure}");
                return false;
            }
        }
        assert!(sim.runs.borrow().iter().all(|run| run.over));
        converge(sim, spec);
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_after_apply_is_empty_and_applying_again_changes_nothing(wish in wish(), there in there()) {
        let (sim, spec) = (there.world(), wish.spec());
        prop_assert_eq!(converge(&sim, &spec).failure, None);
        let (once, written) = (likeness(&sim), sim.writes());
        prop_assert_eq!(plan(&sim, &spec).lines(), Vec::<String>::new());
        prop_assert_eq!(converge(&sim, &spec).failure, None);
        prop_assert_eq!((likeness(&sim), sim.writes()), (once, written));
        assert_others_untouched(&sim, "applied twice");
    }

    #[test]
    fn stopping_anywhere_and_going_on_ends_the_same(
        wish in wish(),
        there in there(),
        effect in 0usize..70,
        after in any::<bool>(),
    ) {
        let spec = wish.spec();
        let straight = there.world();
        converge(&straight, &spec);
        let sim = there.world();
        sim.crash_at(effect, if after { When::After } else { When::Before });
        let came = sim.process(|| converge(&sim, &spec));
        if matches!(came, Came::Died) && !to_rest(&sim, &spec) {
            return Ok(());
        }
        prop_assert_eq!(likeness(&sim), likeness(&straight));
        prop_assert_eq!(plan(&sim, &spec).lines(), Vec::<String>::new());
        prop_assert!(sim.spools.borrow().is_empty());
        assert_others_untouched(&sim, "stopped");
    }

    #[test]
    fn the_order_of_what_is_listed_never_matters(wish in wish(), there in there()) {
        let (sim, spec) = (there.world(), wish.spec());
        let run = sim.new_run();
        let one = sim.plan_as(&run, &spec, &everything()).unwrap();
        sim.account.borrow_mut().reversed = true;
        prop_assert_eq!(sim.plan_as(&run, &spec, &everything()).unwrap(), one);
    }

    #[test]
    fn the_order_of_what_is_asked_for_never_matters(wish in wish(), there in there()) {
        let (sim, spec) = (there.world(), wish.spec());
        let mut turned = wish;
        turned.policies.reverse();
        turned.groups.reverse();
        turned.tags.reverse();
        let turned = turned.spec();
        let one = plan(&sim, &spec);
        let other = plan(&sim, &turned);
        prop_assert_eq!(sorted_lines(&one), sorted_lines(&other));
        prop_assert_eq!(&one.users[0].fingerprint, &other.users[0].fingerprint);
        converge(&sim, &turned);
        prop_assert_eq!(plan(&sim, &spec).lines(), Vec::<String>::new());
    }

    #[test]
    fn planning_writes_nothing_refused_or_not(wish in wish(), there in there(), managed in any::<bool>()) {
        let (sim, spec) = (there.world(), wish.spec());
        if let Some(user) = sim.account.borrow_mut().users.get_mut("ci_user").filter(|_| !managed) {
            user.tags.clear();
        }
        let _ = sim.plan_with(&spec, &Choices::default());
        prop_assert_eq!(sim.writes(), Vec::<String>::new());
        prop_assert_eq!((sim.runs.borrow().len(), sim.spools.borrow().len()), (0, 0));
    }
}

/// A guard against strategies that test nothing.
#[test]
fn the_properties_meet_every_kind_of_key_plan() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut kinds = BTreeSet::new();
    for _ in 0..100 {
        let wish = wish().new_tree(&mut runner).unwrap().current();
        let there = there().new_tree(&mut runner).unwrap().current();
        kinds.insert(match &plan(&there.world(), &wish.spec()).users[0].key {
            KeyPlan::Keep { .. } => "keep",
            KeyPlan::Issue(_) => "issue",
            KeyPlan::Deliver(_) => "deliver",
            KeyPlan::LeaveAlone => "leave alone",
            KeyPlan::Unavailable { .. } => "unavailable",
            KeyPlan::Retire(_) => "retire",
        });
    }
    assert_eq!(kinds, BTreeSet::from(["keep", "issue", "deliver", "unavailable"]));
}
