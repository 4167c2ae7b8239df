//! One run, at any point of its way, for the tests of journal, `ui` and `document`.

use ciuser_core::name::{AccessKeyId, AccountId, Path, PolicyArn, ProjectName, RunId, UserArn, UserName};
use ciuser_core::plan::{Delivery, Holder, IssueKey, KeyPlan, Plan, Retirement, Session, Step, UserPlan};
use ciuser_core::port::{Entry, HandoverPlanned, NewUser, Proof, Scope};
use ciuser_core::spec::SealSpec;
use ciuser_core::target::{CsvFormat, ProviderSpec, StoreSpec, Target, VariableNames};
use jiff::{SignedDuration, Timestamp};

use super::history::{Noted, RunHistory};

/// Returns an account at an endpoint.
pub(crate) fn scope(endpoint: &str) -> Scope {
    Scope {
        endpoint: endpoint.to_owned(),
        account: AccountId::new("111122223333").unwrap(),
    }
}

/// Returns a run's id.
pub(crate) fn run(n: u8) -> RunId {
    RunId::from_entropy([n; 8])
}

/// Returns the user that the plan is for.
pub(crate) fn user() -> UserName {
    UserName::new("CI_USER").unwrap()
}

/// Returns a key's id, by its last character.
pub(crate) fn key(end: char) -> AccessKeyId {
    AccessKeyId::new(format!("AKIAIOSFODNN7EXAMPL{end}")).unwrap()
}

/// Returns a time, so many seconds after the plan was made: 2027-01-15T08:00:00Z.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Returns the first target of the plan.
pub(crate) fn csv() -> Target {
    Target::Store(StoreSpec::Csv {
        path: "/home/me/CI_USER.csv".to_owned(),
        format: CsvFormat::Import,
    })
}

/// Returns the second target of the plan.
pub(crate) fn context() -> Target {
    Target::Provider(ProviderSpec::CircleciContext {
        org: "gh/acme".to_owned(),
        context: "deploy".to_owned(),
        restrict_to: Vec::new(),
        expression: None,
        open: false,
        url: None,
        names: VariableNames::default(),
    })
}

/// Returns a plan that makes the user, gives it a policy, and a key to two targets.
pub(crate) fn plan(endpoint: &str) -> Plan {
    let new = NewUser {
        name: user(),
        path: Path::root(),
        tags: Vec::new(),
        boundary: None,
    };
    let policy = PolicyArn::new("arn:aws:iam::aws:policy/AmazonS3FullAccess").unwrap();
    let deliver = |target| Delivery {
        may_overwrite: false,
        target,
        create: None,
        overwrites: None,
    };
    Plan {
        made: at(0),
        scope: scope(endpoint),
        caller: "arn:aws:sts::111122223333:assumed-role/Admin/me".to_owned(),
        session: Session::default(),
        project: ProjectName::fallback(),
        region: None,
        seal: SealSpec::default(),
        users: vec![UserPlan {
            user: user(),
            arn: UserArn::new("arn:aws:iam::111122223333:user/CI_USER").unwrap(),
            fingerprint: String::new(),
            own_group: None,
            steps: vec![Step::CreateUser(new), Step::AttachUserPolicy { policy }],
            key: KeyPlan::Issue(IssueKey {
                beside: Vec::new(),
                deliveries: vec![deliver(csv()), deliver(context())],
                replaces: None,
            }),
            targets: vec![csv(), context()],
            notes: Vec::new(),
        }],
    }
}

/// Returns everything that such a run notes, in order.
pub(crate) fn whole_story() -> Vec<Entry> {
    let (user, key) = (user(), key('A'));
    vec![
        Entry::Changing { user: user.clone() },
        Entry::UserCreated { user: user.clone() },
        Entry::Changed { user: user.clone() },
        Entry::Planned(HandoverPlanned { user: user.clone() }),
        creating(),
        Entry::Sealed {
            user: user.clone(),
            key: key.clone(),
        },
        delivered('A', csv(), Proof::Value, 7),
        Entry::Confirmed {
            user: user.clone(),
            key,
        },
        delivered('A', context(), Proof::Accepted, 9),
        Entry::Done { user },
    ]
}

/// Returns the entry of a clearing.
pub(crate) fn cleared(end: char, target: Target, second: i64) -> Entry {
    Entry::Cleared {
        user: user(),
        key: key(end),
        target,
        at: at(second),
    }
}

/// Returns the entry before CreateAccessKey.
pub(crate) fn creating() -> Entry {
    Entry::Creating {
        user: user(),
        seen: Vec::new(),
        date: at(4),
        timeout: SignedDuration::from_secs(60),
        sent_by: None,
    }
}

/// Returns the entry of a delivery.
pub(crate) fn delivered(end: char, target: Target, proof: Proof, second: i64) -> Entry {
    Entry::Delivered {
        user: user(),
        key: key(end),
        target,
        proof,
        mark: None,
        at: at(second),
    }
}

/// Returns a run that noted this, one entry each second.
pub(crate) fn history(entries: Vec<Entry>, finished: bool) -> RunHistory {
    let noted = |(second, entry)| Noted { at: at(second), entry };
    RunHistory {
        run: run(1),
        scope: scope("aws"),
        begun: at(0),
        finished,
        plan: plan("aws"),
        entries: (1..).zip(entries).map(noted).collect(),
    }
}

/// Returns a run that deletes the user, clears both targets of its key, and noted this.
pub(crate) fn deletion(entries: Vec<Entry>, finished: bool) -> RunHistory {
    let mut run = history(entries, finished);
    let holder = |target| Holder { target, key: key('A') };
    for user in &mut run.plan.users {
        user.steps = vec![Step::DeleteUser];
        user.key = KeyPlan::Retire(Retirement {
            keys: Vec::new(),
            user_created: None,
            clear: vec![holder(csv()), holder(context())],
            leave: Vec::new(),
        });
    }
    run
}
