//! Deleting a user: what is planned, what is refused, and that no crash leaves anything half done.

mod crash;
mod outcome;
mod plan;
mod refusal;

use ciuser_core::name::{ProjectName, UserName};
use ciuser_core::spec::{Clear, DeletionSpec};

use crate::example::{NAME, applied, keys};
use crate::world::Sim;

/// The deletion of the example's user, targets as the journal knows them.
fn deletion() -> DeletionSpec {
    DeletionSpec {
        user: UserName::new(NAME).unwrap(),
        project: ProjectName::new("storefront").unwrap(),
        keep_user: false,
        unmanaged: false,
        clear: Clear::Nothing,
        targets: Vec::new(),
    }
}

/// The same, and every target loses the key.
fn clearing() -> DeletionSpec {
    DeletionSpec {
        clear: Clear::Everything,
        ..deletion()
    }
}

/// Only the keys.
fn keeping_the_user() -> DeletionSpec {
    DeletionSpec {
        keep_user: true,
        ..clearing()
    }
}

const PHONE: &str = "arn:aws:iam::111122223333:mfa/phone";

/// The example applied, and then everything else that a user can have.
fn laden() -> Sim {
    let sim = applied();
    {
        let mut account = sim.account.borrow_mut();
        let mut spare = account.new_key(jiff::Timestamp::UNIX_EPOCH);
        spare.status = ciuser_core::port::AccessKeyStatus::Inactive;
        account.add_group("ciuser-CI_USER", "/ciuser/", &["AmazonSQSFullAccess"]);
        account.virtual_mfa.push(PHONE.parse().unwrap());
        let user = account.users.get_mut("ci_user").unwrap();
        user.keys.push(spare);
        user.password = true;
        user.mfa = vec![PHONE.parse().unwrap(), "GAHT12345678".parse().unwrap()];
        user.ssh = vec!["APKAEXAMPLE000000001".parse().unwrap()];
        user.certificates = vec!["TA7SMP42TDN5Z26OBPJE7EXAMPLE".parse().unwrap()];
        user.service_credentials = vec!["ACCAEXAMPLE000000001".parse().unwrap()];
        user.inline = [("deploy".parse().unwrap(), "{}".to_owned())].into();
        user.boundary = Some("arn:aws:iam::aws:policy/PowerUserAccess".parse().unwrap());
        user.groups = vec!["ciuser-CI_USER".parse().unwrap(), "developers".parse().unwrap()];
    }
    sim
}

/// Nothing of the user is left in the account.
fn assert_deleted(sim: &Sim, why: &str) {
    let account = sim.account.borrow();
    assert_eq!(account.users.get("ci_user"), None, "{why}");
    assert!(account.virtual_mfa.is_empty(), "{why}: a virtual MFA device is left");
    assert!(
        !account
            .groups
            .iter()
            .any(|group| group.name.as_str() == "ciuser-CI_USER"),
        "{why}: the own group is left"
    );
    drop(account);
    assert_eq!(keys(sim), [], "{why}");
    assert!(
        sim.runs.borrow().iter().all(|run| run.over),
        "{why}: a run is left open"
    );
    crate::example::assert_others_untouched(sim, why);
}

/// The texts of the notes of a plan.
fn notes(plan: &ciuser_core::plan::Plan) -> Vec<&str> {
    plan.users
        .iter()
        .flat_map(|user| &user.notes)
        .map(|note| note.text.as_str())
        .collect()
}
