//! A wizard at any point of its way, for the tests of the machine and of its faces.

use ciuser_core::name::{GroupName, Partition, Path, PolicyArn, UserName};
use ciuser_core::port::{Holdings, PlaceState};

use super::*;
use crate::journal::sample;

/// Returns a form as it is without any flag.
pub(crate) fn blank() -> Form {
    Form {
        name: String::new(),
        path: "/".to_owned(),
        project: "default".to_owned(),
        policies: Vec::new(),
        attach: ciuser_core::spec::Attach::Direct,
        groups: Vec::new(),
        boundary: None,
        tags: Vec::new(),
        places: vec![PlaceRow {
            kind: PlaceKind::Kdbx,
            place: "~/keys.kdbx".to_owned(),
        }],
        restrict_to: String::new(),
        kept: Vec::new(),
    }
}

/// Returns an account with two users, a group, and a policy of its own.
pub(crate) fn account() -> Account {
    Account {
        users: ["ci-old", "Deployer"].map(user).to_vec(),
        groups: vec![GroupName::new("developers").unwrap()],
        policies: vec![OwnPolicy {
            arn: own_policy(),
            path: Path::root(),
        }],
        policies_per_user: 10,
        policies_per_group: 10,
        unfinished: Vec::new(),
    }
}

/// Returns the account's own policy.
pub(crate) fn own_policy() -> PolicyArn {
    PolicyArn::new("arn:aws:iam::111122223333:policy/ci-boundary").unwrap()
}

/// Returns a user's name.
pub(crate) fn user(name: &str) -> UserName {
    UserName::new(name).unwrap()
}

/// Opens a wizard, its account read.
pub(crate) fn opened(form: Form) -> Wizard {
    let mut wizard = Wizard::new(
        form,
        Partition::of_arn("arn:aws:sts::111122223333:assumed-role/A/b").unwrap(),
    );
    assert_eq!(wizard.on(Event::Opened), [Effect::ReadAccount]);
    assert_eq!(wizard.on(Event::Answered(Answer::Account(Ok(account())))), []);
    wizard
}

/// Opens a wizard and goes on to a page, with a name, and every effect answered well.
pub(crate) fn at(page: Page) -> Wizard {
    let mut wizard = opened(blank());
    wizard.on(Event::Typed(Field::Name, "CI_USER".to_owned()));
    while wizard.page() < page {
        let effects = wizard.on(Event::Next);
        answer(&mut wizard, effects);
    }
    wizard
}

/// Answers effects as an account would in which all is well.
pub(crate) fn answer(wizard: &mut Wizard, effects: Vec<Effect>) {
    for effect in effects {
        let answer = match effect {
            Effect::ReadAccount => Answer::Account(Ok(account())),
            Effect::ReadUser(name) => Answer::User(name, Ok(None)),
            Effect::ReadDocument(arn) => Answer::Document(arn, Ok("{}".to_owned())),
            Effect::Check(asked) if asked.row.kind.is_store() => {
                Answer::Checked(asked, Verdict::of_check(Ok(missing_file())))
            }
            Effect::Check(asked) => Answer::Checked(asked, Verdict::good("is there, and has no key")),
            Effect::MakePlan(form) => Answer::Planned(form, Ok(Box::new(sample::plan("sandbox")))),
            Effect::Save(_, file) => Answer::Saved(Verdict::good(format!("written to `{file}`"))),
        };
        let more = wizard.on(Event::Answered(answer));
        self::answer(wizard, more);
    }
}

/// Returns what a check finds where nothing is yet.
pub(crate) fn missing_file() -> PlaceState {
    PlaceState {
        holdings: Holdings::Nothing,
        create: Some("new KeePass file with a new key file".to_owned()),
        warnings: Vec::new(),
    }
}
