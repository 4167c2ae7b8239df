//! What is refused, as a person reads it.

use ciuser_core::name::{ProjectName, UserName};
use ciuser_core::plan::PlanError;
use ciuser_core::spec::{Clear, DeletionSpec};

use super::{clearing, deletion};
use crate::example::{CONTEXT, applied, assert_done, world};
use crate::world::{Fault, Sim};

fn refused(sim: &Sim, spec: &DeletionSpec) -> Vec<String> {
    match sim.plan_deletion(&sim.new_run(), spec) {
        Err(PlanError::Refused(refusals)) => {
            assert!(!sim.writes().iter().any(|call| call.starts_with("Delete")));
            refusals
                .iter()
                .map(|refusal| format!("{refusal}\nhint: {}", refusal.hint().unwrap_or_default()))
                .collect()
        }
        other => panic!("refused: {other:?}"),
    }
}

fn unmanaged() -> Sim {
    let sim = world();
    sim.account.borrow_mut().add_user("CI_USER", |_| {});
    sim
}

#[test]
fn a_user_that_is_not_managed_is_deleted_only_when_that_is_said() {
    assert_eq!(
        refused(&unmanaged(), &deletion()),
        [
            "user `CI_USER` is not managed by ciuser: it has no tag `ciuser:project`\n\
          hint: `--unmanaged` deletes it all the same, with all that it has"
        ]
    );
    let said = DeletionSpec {
        unmanaged: true,
        ..deletion()
    };
    let sim = unmanaged();
    let plan = sim.plan_deletion(&sim.new_run(), &said).unwrap();
    assert_eq!(plan.lines(), ["DeleteUser CI_USER"]);
    assert_eq!(
        super::notes(&plan),
        ["user `CI_USER` was not made by ciuser: make sure that nobody else needs it"]
    );
}

#[test]
fn the_user_of_another_project_is_refused_whatever_is_said() {
    let other = DeletionSpec {
        project: ProjectName::new("backend").unwrap(),
        unmanaged: true,
        ..deletion()
    };
    assert_eq!(
        refused(&applied(), &other),
        ["user `CI_USER` belongs to project `storefront`, not to `backend`\n\
          hint: `--project storefront` works on it as that project"]
    );
}

#[test]
fn a_name_in_another_case_is_refused() {
    let other = DeletionSpec {
        user: UserName::new("ci_user").unwrap(),
        ..deletion()
    };
    assert_eq!(
        refused(&applied(), &other),
        [
            "there is no user `ci_user`, but IAM ignores case, and user `CI_USER` is there\n\
          hint: `ciuser delete CI_USER` deletes that one"
        ]
    );
}

#[test]
fn a_user_that_never_was_is_refused_for_the_name_may_be_mistyped() {
    assert_eq!(
        refused(&world(), &deletion()),
        [
            "user `CI_USER` does not exist in account 111122223333: there is nothing to delete\n\
          hint: check the name, and the account that `--profile` leads to"
        ]
    );
}

#[test]
fn what_shall_be_cleared_must_be_within_reach_before_anything_is_deleted() {
    let sim = applied();
    sim.fail(&format!("check {CONTEXT}"), 0..99, Fault::Fails);
    assert_eq!(
        refused(&sim, &clearing()),
        [
            "`circleci-context:gh/acme/deploy` cannot be cleared: check circleci-context:gh/acme/deploy failed\n\
          hint: without `--clear` its key is deleted all the same, and what the target holds is worth nothing"
        ]
    );
    let within_reach = DeletionSpec {
        clear: Clear::WithinReach,
        ..deletion()
    };
    assert_done(&sim.delete(&within_reach));
    let held: Vec<_> = crate::example::holders(&sim).iter().map(Option::is_some).collect();
    assert_eq!(held, [false, false, true, false]);
}

#[test]
fn nobody_deletes_the_user_whose_key_they_work_with() {
    let (sim, run) = (applied(), crate::world::Sim::new().new_run());
    let mut inventory = sim.deletion_inventory(&run, &deletion(), false);
    inventory.caller.arn = inventory.arn.to_string();
    let Err(PlanError::Refused(refusals)) = sim.plan_deletion_of(&run, &deletion(), &inventory) else {
        panic!("refused");
    };
    assert_eq!(
        refusals[0].to_string(),
        "user `CI_USER` is the caller itself: its key would stop working before the rest is deleted"
    );
}
