//! What is planned, whole.

use ciuser_core::spec::DeletionSpec;
use ciuser_core::target::StoreSpec;

use super::{clearing, deletion, keeping_the_user, laden, notes};
use crate::example::{CONTEXT, KDBX, applied, assert_done, spec, spec_with, world};
use crate::world::Sim;

fn lines(sim: &Sim, spec: &DeletionSpec) -> Vec<String> {
    sim.plan_deletion(&sim.new_run(), spec).unwrap().lines()
}

#[test]
fn deleting_a_user_removes_its_keys_first() {
    let sim = world();
    let key = sim.account.borrow_mut().new_key(jiff::Timestamp::UNIX_EPOCH);
    let id = key.id.clone();
    sim.account.borrow_mut().add_user("CI_USER", |user| {
        user.tags = vec!["ciuser:project=storefront".parse().unwrap()];
        user.keys.push(key);
    });
    assert_eq!(
        lines(&sim, &deletion()),
        [
            format!("UpdateAccessKey {id} Inactive"),
            format!("DeleteAccessKey {id}"),
            "DeleteUser CI_USER".to_owned(),
        ]
    );
}

#[test]
fn a_user_with_everything_is_taken_apart_in_order() {
    assert_eq!(
        lines(&laden(), &clearing()),
        [
            "UpdateAccessKey AKIASIMULATED0000002 Inactive",
            "DeleteAccessKey AKIASIMULATED0000002",
            "DeleteAccessKey AKIASIMULATED0000003",
            "DeleteLoginProfile CI_USER",
            "DeactivateMFADevice GAHT12345678",
            "DeactivateMFADevice arn:aws:iam::111122223333:mfa/phone",
            "DeleteVirtualMFADevice arn:aws:iam::111122223333:mfa/phone",
            "DeleteSSHPublicKey APKAEXAMPLE000000001",
            "DeleteSigningCertificate TA7SMP42TDN5Z26OBPJE7EXAMPLE",
            "DeleteServiceSpecificCredential ACCAEXAMPLE000000001",
            "DeleteUserPolicy deploy",
            "DetachUserPolicy arn:aws:iam::aws:policy/AdministratorAccess-AWSElasticBeanstalk",
            "DetachUserPolicy arn:aws:iam::aws:policy/AmazonS3FullAccess",
            "DetachUserPolicy arn:aws:iam::aws:policy/CloudFrontFullAccess",
            "RemoveUserFromGroup ciuser-CI_USER",
            "RemoveUserFromGroup developers",
            "DetachGroupPolicy ciuser-CI_USER arn:aws:iam::aws:policy/AmazonSQSFullAccess",
            "DeleteGroup ciuser-CI_USER",
            "DeleteUser CI_USER",
            "Clear kdbx:/keys.kdbx of AKIASIMULATED0000002",
            "Clear csv:/CI_USER.csv of AKIASIMULATED0000002",
            "Clear circleci-context:gh/acme/deploy of AKIASIMULATED0000002",
            "Clear circleci-project:gh/acme/storefront of AKIASIMULATED0000002",
        ]
    );
}

#[test]
fn the_user_is_kept_when_only_its_keys_shall_go() {
    assert_eq!(
        lines(&laden(), &keeping_the_user()),
        [
            "UpdateAccessKey AKIASIMULATED0000002 Inactive",
            "DeleteAccessKey AKIASIMULATED0000002",
            "DeleteAccessKey AKIASIMULATED0000003",
            "Clear kdbx:/keys.kdbx of AKIASIMULATED0000002",
            "Clear csv:/CI_USER.csv of AKIASIMULATED0000002",
            "Clear circleci-context:gh/acme/deploy of AKIASIMULATED0000002",
            "Clear circleci-project:gh/acme/storefront of AKIASIMULATED0000002",
        ]
    );
}

#[test]
fn a_target_that_is_not_cleared_is_named() {
    let plan = applied();
    let plan = plan.plan_deletion(&plan.new_run(), &deletion()).unwrap();
    assert_eq!(
        notes(&plan),
        [
            "access key AKIASIMULATED0000002 was never used",
            "`kdbx:/keys.kdbx` still holds access key AKIASIMULATED0000002: `--clear` takes it away there",
            "`csv:/CI_USER.csv` still holds access key AKIASIMULATED0000002: `--clear` takes it away there",
            "`circleci-context:gh/acme/deploy` still holds access key AKIASIMULATED0000002: `--clear` takes it away there",
            "`circleci-project:gh/acme/storefront` still holds access key AKIASIMULATED0000002: `--clear` takes it away \
             there",
        ]
    );
}

#[test]
fn a_target_with_something_else_is_never_cleared() {
    let sim = applied();
    let stranger = sim.account.borrow().users["somebody-else"].keys[0].clone();
    sim.place(CONTEXT, |place| place.key.as_mut().unwrap().1.id = stranger.id.clone());
    let plan = sim.plan_deletion(&sim.new_run(), &clearing()).unwrap();
    assert!(
        !plan.lines().iter().any(|line| line.contains(CONTEXT)),
        "{:?}",
        plan.lines()
    );
    assert_eq!(
        notes(&plan)[1..],
        [
            "`circleci-context:gh/acme/deploy` holds an access key id ending in `0001`, written mark-1, \
          which is not a key of user `CI_USER`: it stays"
        ]
    );
}

#[test]
fn a_target_that_cannot_be_looked_at_keeps_no_key_alive() {
    let sim = applied();
    sim.fail(&format!("check {CONTEXT}"), 0..99, crate::world::Fault::Fails);
    let plan = sim.plan_deletion(&sim.new_run(), &deletion()).unwrap();
    assert!(plan.users[0].deletes_user());
    assert_eq!(
        notes(&plan)[4..],
        [
            "`circleci-context:gh/acme/deploy` could not be looked at, and may still hold a key: \
          check circleci-context:gh/acme/deploy failed"
        ]
    );
}

#[test]
fn the_own_group_stays_while_somebody_else_is_in_it() {
    let sim = laden();
    sim.account.borrow_mut().add_user("colleague", |user| {
        user.groups = vec!["ciuser-CI_USER".parse().unwrap()]
    });
    let plan = sim.plan_deletion(&sim.new_run(), &deletion()).unwrap();
    let of_group: Vec<_> = plan.lines().into_iter().filter(|line| line.contains("Group")).collect();
    assert_eq!(
        of_group,
        ["RemoveUserFromGroup ciuser-CI_USER", "RemoveUserFromGroup developers"]
    );
    assert!(notes(&plan).contains(&"group `ciuser-CI_USER` stays: user `colleague` is in it too"));
    assert_done(&sim.delete(&deletion()));
}

#[test]
fn what_is_left_at_the_targets_of_a_deleted_user_can_still_be_cleared() {
    let sim = applied();
    assert_done(&sim.delete(&deletion()));
    sim.place(KDBX, |place| place.key = None);
    assert_eq!(
        lines(&sim, &clearing()),
        [
            "Clear csv:/CI_USER.csv of AKIASIMULATED0000002",
            "Clear circleci-context:gh/acme/deploy of AKIASIMULATED0000002",
            "Clear circleci-project:gh/acme/storefront of AKIASIMULATED0000002",
        ]
    );
}

#[test]
fn a_user_without_anything_to_retire_has_no_changes() {
    let sim = applied();
    assert_done(&sim.delete(&keeping_the_user()));
    let plan = sim.plan_deletion(&sim.new_run(), &keeping_the_user()).unwrap();
    assert_eq!((plan.lines(), plan.has_changes()), (Vec::new(), false));
    assert!(sim.plan(&spec()).has_changes(), "the next apply issues a key");
}

#[test]
fn what_becomes_of_a_key_that_is_cleared_in_the_cloud_is_said_before() {
    let sim = world();
    let stores = [
        StoreSpec::AwsSsm {
            name: "/ci/storefront".to_owned(),
            region: None,
            kms_key: None,
        },
        StoreSpec::Vault {
            path: "ci/storefront".to_owned(),
            mount: "secret".to_owned(),
            url: None,
            namespace: None,
        },
    ];
    assert_done(&sim.converge(&spec_with(|user| user.stores = stores.into())));
    let said = |spec: &DeletionSpec| -> Vec<String> {
        let plan = sim.plan_deletion(&sim.new_run(), spec).unwrap();
        let about = notes(&plan)
            .into_iter()
            .filter(|note| note.contains(" brought back") || note.contains(" brings back"));
        about.map(str::to_owned).collect()
    };
    assert_eq!(
        said(&clearing()),
        [
            "`aws-ssm:/ci/storefront`: the parameter goes with all its versions, and cannot be brought back",
            "`vault:secret/ci/storefront`: only the latest version is deleted, which `vault kv undelete` brings back; \
             versions before it stay",
        ]
    );
    assert_eq!(said(&deletion()), [""; 0], "nothing is cleared");
}
