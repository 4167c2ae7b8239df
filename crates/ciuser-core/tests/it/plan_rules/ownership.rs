//! Whose is what: projects, adoption, and targets that hold something of others.

use ciuser_core::name::ProjectName;

use super::{adopt, notes, overwrite, refused};
use crate::example::{CONTEXT, CSV, applied, assert_at_rest, assert_done, keys, spec, spec_with, world};
use crate::world::{Shows, Sim};

/// A user that somebody made by hand, with what the example wants and no tag of ours.
fn unmanaged(with_key: bool) -> Sim {
    let sim = world();
    {
        let mut account = sim.account.borrow_mut();
        let names = [
            "AmazonS3FullAccess",
            "CloudFrontFullAccess",
            "AdministratorAccess-AWSElasticBeanstalk",
        ];
        let attached = names.map(|name| account.policy_arn(name)).to_vec();
        let key = account.new_key(jiff::Timestamp::UNIX_EPOCH);
        account.add_user("CI_USER", |user| {
            user.attached = attached;
            user.keys.extend(with_key.then_some(key));
        });
    }
    sim
}

const ADOPTION: &str = "TagUser env=production, ciuser:project=storefront, ciuser:run=";

#[test]
fn a_user_that_is_not_managed_is_refused() {
    assert_eq!(
        refused(&unmanaged(true), &spec(), &Default::default()),
        [
            "user `CI_USER` exists and is not managed by ciuser: it has no tag `ciuser:project`\n\
             hint: `--adopt` takes it over: the tag becomes a step of the plan, and no key is made"
        ]
    );
}

#[test]
fn adoption_is_a_step_of_the_plan_and_mints_nothing() {
    let sim = unmanaged(false);
    let plan = sim.plan_with(&spec(), &adopt()).unwrap();
    assert_eq!(plan.lines(), [format!("{ADOPTION}r-0000000000000001")]);
    assert_eq!(
        notes(&plan),
        [
            "user `CI_USER` has the path `/`; ciuser does not move users",
            "adoption issues no key, so `kdbx:/keys.kdbx`, `csv:/CI_USER.csv`, `circleci-context:gh/acme/deploy`, \
             `circleci-project:gh/acme/storefront` stays without one; the next `apply` issues it",
        ]
    );
    sim.converge_with(&spec(), &adopt());
    assert_eq!(keys(&sim), []);
    assert_done(&sim.converge(&spec()));
    assert_at_rest(&sim, "the next apply issues the key");
}

#[test]
fn a_key_whose_secret_nobody_can_give_back_is_kept_and_a_rotation_is_offered() {
    let sim = unmanaged(true);
    let plan = sim.plan_with(&spec(), &adopt()).unwrap();
    assert_eq!(plan.lines(), [format!("{ADOPTION}r-0000000000000001")]);
    assert_eq!(
        notes(&plan)[1],
        "no store can give back the secret of a live key for `kdbx:/keys.kdbx`, `csv:/CI_USER.csv`, \
         `circleci-context:gh/acme/deploy`, `circleci-project:gh/acme/storefront`; \
         `ciuser key rotate CI_USER` issues a new key"
    );
}

#[test]
fn without_any_target_adoption_is_all_and_keys_are_left_alone() {
    let without = spec_with(|user| {
        user.stores.clear();
        user.deliver.clear();
    });
    for has_key in [true, false] {
        let sim = unmanaged(has_key);
        let before = keys(&sim);
        let plan = sim.plan_with(&without, &adopt()).unwrap();
        assert_eq!(plan.lines(), [format!("{ADOPTION}r-0000000000000001")]);
        assert_eq!(
            notes(&plan)[1..],
            ["no target is named for user `CI_USER`: no key is issued, and those that exist are left alone"]
        );
        sim.converge_with(&without, &adopt());
        assert!(!sim.plan(&without).has_changes());
        assert_done(&sim.converge(&without));
        assert_eq!(keys(&sim), before);
        assert_eq!(sim.count("CreateAccessKey"), 0);
    }
}

#[test]
fn the_user_of_another_project_is_refused_even_to_adopt() {
    let mut other = spec();
    other.project = ProjectName::new("backend").unwrap();
    for choices in [Default::default(), adopt()] {
        assert_eq!(
            refused(&applied(), &other, &choices),
            ["user `CI_USER` belongs to project `storefront`, not to `backend`\n\
                 hint: `--project storefront` works on it as that project"]
        );
    }
}

#[test]
fn a_name_that_is_taken_in_another_case_is_refused() {
    let sim = world();
    sim.account.borrow_mut().add_user("ci_user", |_| {});
    assert_eq!(
        refused(&sim, &spec(), &Default::default()),
        [
            "user `CI_USER` cannot be made: IAM ignores case, and user `ci_user` is there\n\
             hint: use the name `ci_user`, or choose another"
        ]
    );
}

#[test]
fn a_target_that_holds_something_of_others_is_refused_unless_it_may_be_overwritten() {
    let sim = world();
    sim.place(CSV, |place| place.foreign = Some("a key of user `somebody`".to_owned()));
    assert_eq!(
        refused(&sim, &spec(), &overwrite(&["/somewhere-else.csv"])),
        [
            "`csv:/CI_USER.csv` holds a key of user `somebody`, which is not a key of user `CI_USER`\n\
             hint: `--overwrite csv:/CI_USER.csv` overwrites it; the review shows what is lost"
        ]
    );
    assert_eq!(sim.writes(), Vec::<String>::new());
    for place in [CSV, "/CI_USER.csv"] {
        let plan = sim.plan_with(&spec(), &overwrite(&[place])).unwrap();
        assert_eq!(
            plan.lines()[6],
            "Deliver csv:/CI_USER.csv (OVERWRITES a key of user `somebody`)"
        );
    }
    assert_done(&sim.converge_with(&spec(), &overwrite(&[CSV])));
    assert_at_rest(&sim, "overwritten");
}

#[test]
fn a_mask_that_fits_no_key_of_the_user_is_refused_with_mask_and_date() {
    let sim = applied();
    let stranger = sim.account.borrow().users["somebody-else"].keys[0].clone();
    sim.place(CONTEXT, |place| {
        let (_, key) = place.key.as_mut().unwrap();
        key.id = stranger.id.clone();
    });
    assert_eq!(
        refused(&sim, &spec(), &Default::default()),
        [
            "`circleci-context:gh/acme/deploy` holds an access key id ending in `0001`, written mark-1, \
             which is not a key of user `CI_USER`\n\
             hint: `--overwrite circleci-context:gh/acme/deploy` overwrites it; the review shows what is lost"
        ]
    );
}

#[test]
fn values_that_cannot_be_known_are_ours_while_their_time_stamp_is_the_one_of_our_delivery() {
    let sim = world();
    sim.place(CONTEXT, |place| place.shows = Shows::Timestamp);
    assert_done(&sim.converge(&spec()));
    assert_eq!(sim.plan(&spec()).lines(), Vec::<String>::new());
    sim.place(CONTEXT, |place| place.mark = Some("mark-99".to_owned()));
    assert_eq!(
        refused(&sim, &spec(), &Default::default())[0].lines().next(),
        Some(
            "`circleci-context:gh/acme/deploy` holds values that cannot be known, written mark-99, \
             which is not a key of user `CI_USER`"
        )
    );
}
