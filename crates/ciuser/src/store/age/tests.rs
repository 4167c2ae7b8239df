//! What is particular to the age file: who can open it, and what can be known without opening it.

use age::secrecy::ExposeSecret as _;
use ciuser_core::name::{AccessKeyId, UserName};
use ciuser_core::port::{Holdings, KeyOwner};
use ciuser_core::target::StoreSpec;

use super::mark_of;
use crate::place;
use crate::rig::run;
use crate::store::contract::{
    Ground, Rig, SECRET, bytes, check, contract, file_contract, get_back, is_file_of, key, lay_file, new_key, open,
    owner, put, shown,
};

/// A file that this machine can read back.
struct Opened(Rig, String);

/// A file that it cannot.
struct Closed(Rig, String);

/// Makes an identity in the file `identity`, and returns its recipient.
fn identity(rig: &Rig, name: &str) -> String {
    let identity = age::x25519::Identity::generate();
    place::write_private(&rig.path(name), identity.to_string().expose_secret().as_bytes()).unwrap();
    identity.to_public().to_string()
}

fn spec(rig: &Rig, recipients: &[&str], identity: Option<&str>) -> StoreSpec {
    StoreSpec::Age {
        path: shown(&rig.path("new/key.age")),
        recipients: recipients.iter().map(|one| (*one).to_owned()).collect(),
        identity: identity.map(|name| shown(&rig.path(name))),
    }
}

fn file(rig: &Rig) -> Vec<u8> {
    bytes(&shown(&rig.path("new/key.age"))).unwrap()
}

impl Ground for Opened {
    fn new() -> Opened {
        let rig = Rig::new();
        let recipient = identity(&rig, "identity");
        Opened(rig, recipient)
    }

    fn rig(&self) -> &Rig {
        &self.0
    }

    fn spec(&self) -> StoreSpec {
        spec(&self.0, &[&self.1], Some("identity"))
    }

    fn occupy(&self, text: &str) {
        lay_file(&self.spec().place(), text);
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        is_file_of(&self.spec().place(), text)
    }
}

impl Ground for Closed {
    fn new() -> Closed {
        let Opened(rig, recipient) = Opened::new();
        Closed(rig, recipient)
    }

    fn rig(&self) -> &Rig {
        &self.0
    }

    fn spec(&self) -> StoreSpec {
        spec(&self.0, &[&self.1], None)
    }

    fn occupy(&self, text: &str) {
        lay_file(&self.spec().place(), text);
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        is_file_of(&self.spec().place(), text)
    }

    fn held(&self, id: &AccessKeyId) -> Holdings {
        Holdings::Masked {
            suffix: id.to_string(),
            mark: bytes(&self.spec().place()).map(|bytes| mark_of(&bytes)),
        }
    }
}

contract!(every_store_with_an_identity: Opened);
file_contract!(every_file_with_an_identity: Opened);
contract!(every_store_without_one: Closed);
file_contract!(every_file_without_one: Closed);

#[test]
fn the_file_is_armoured_and_holds_a_profile_of_the_aws_cli() {
    let Opened(rig, recipient) = Opened::new();
    let session = rig.session();
    put(&*open(&spec(&rig, &[&recipient], None), &session), &owner(), &key()).unwrap();
    let file = file(&rig);
    assert!(file.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----\n"));
    let identity = place::read_text(&rig.path("identity")).unwrap().unwrap();
    let identity: age::x25519::Identity = identity.parse().unwrap();
    let text = age::decrypt(&identity, &file).unwrap();
    let expected = format!(
        "# account: 111122223333\n\
         # arn: arn:aws:iam::111122223333:user/ci/CI_USER\n\
         # run id: r-0707070707070707\n\
         [CI_USER]\n\
         aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
         aws_secret_access_key = {SECRET}\n\
         region = eu-west-1\n"
    );
    assert_eq!(String::from_utf8(text).unwrap(), expected);
}

#[test]
fn each_recipient_opens_it_alone() {
    let rig = Rig::new();
    let [one, other] = ["one", "other"].map(|name| identity(&rig, name));
    let session = rig.session();
    put(&*open(&spec(&rig, &[&one, &other], None), &session), &owner(), &key()).unwrap();
    for name in ["one", "other"] {
        let store = spec(&rig, &[&one, &other], Some(name));
        assert_eq!(
            get_back(&*open(&store, &session), &key().id).as_deref(),
            Some(SECRET),
            "{name}"
        );
    }
}

#[test]
fn without_an_identity_the_file_of_another_user_is_told_by_its_label() {
    let Opened(rig, recipient) = Opened::new();
    let store = spec(&rig, &[&recipient], None);
    put(&*open(&store, &rig.session()), &owner(), &key()).unwrap();
    let other = KeyOwner {
        user: UserName::new("OTHER").unwrap(),
        ..owner()
    };
    let session = rig.session();
    let what = "the key AKIAIOSFODNN7EXAMPLE of user `CI_USER` in account 111122223333".to_owned();
    let state = run(open(&store, &session).check(&other, true)).unwrap();
    assert_eq!(state.holdings, Holdings::Foreign { what });
}

#[test]
fn an_age_file_that_says_nothing_is_not_taken_for_a_key() {
    let Opened(rig, recipient) = Opened::new();
    let to: age::x25519::Recipient = recipient.parse().unwrap();
    let foreign = age::encrypt_and_armor(&to, b"my diary").unwrap();
    lay_file(&shown(&rig.path("new/key.age")), &foreign);
    identity(&rig, "another");
    let another = place::read_text(&rig.path("another")).unwrap().unwrap();
    let another: age::x25519::Identity = another.parse().unwrap();
    let held = |store: StoreSpec| check(&*open(&store, &rig.session())).unwrap().holdings;
    let foreign = |what: &str| Holdings::Foreign { what: what.to_owned() };
    let something_else = foreign("an age file of something else");
    assert_eq!(held(spec(&rig, &[&recipient], None)), something_else);
    assert_eq!(held(spec(&rig, &[&recipient], Some("identity"))), something_else);
    assert_eq!(
        held(spec(&rig, &[&another.to_public().to_string()], Some("another"))),
        foreign("an age file that the identity does not open")
    );
}

#[test]
fn a_key_for_other_people_is_warned_of_and_the_next_one_is_for_these() {
    let rig = Rig::new();
    let [one, other] = ["one", "other"].map(|name| identity(&rig, name));
    put(&*open(&spec(&rig, &[&one], None), &rig.session()), &owner(), &key()).unwrap();
    let (changed, path) = (spec(&rig, &[&other, &one], None), shown(&rig.path("new/key.age")));
    let warned = || {
        let state = check(&*open(&changed, &rig.session())).unwrap();
        state.warnings.last().cloned().unwrap()
    };
    assert_eq!(
        warned(),
        format!("`{path}` is encrypted to other recipients than these; the next key will be for these")
    );
    put(&*open(&changed, &rig.session()), &owner(), &new_key()).unwrap();
    assert_eq!(
        warned(),
        format!(
            "`{path}` cannot be read back here, for no `identity` is named: whether the key in it is whole, only \
             somebody who opens it can tell"
        )
    );
}

#[test]
fn what_could_not_be_opened_again_is_refused_before_anything_is_written() {
    let rig = Rig::new();
    let recipient = identity(&rig, "one");
    identity(&rig, "other");
    place::write_private(&rig.path("notes"), b"no identity").unwrap();
    let refused = |store: StoreSpec| check(&*open(&store, &rig.session())).unwrap_err().message;
    let said = [
        refused(spec(&rig, &[], None)),
        refused(spec(&rig, &["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"], None)),
        refused(spec(&rig, &[&recipient], Some("other"))),
        refused(spec(&rig, &[&recipient], Some("missing"))),
        refused(spec(&rig, &[&recipient], Some("notes"))),
    ];
    let path = |name| rig.path(name).display().to_string();
    assert_eq!(
        said,
        [
            "no age recipient is named".to_owned(),
            "`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI` is not an age recipient that can be used here".to_owned(),
            "the identity does not open what is encrypted to these recipients".to_owned(),
            format!("age identity `{}` is missing", path("missing")),
            format!(
                "`{}` holds no age identity (`AGE-SECRET-KEY-1...`), or other things too",
                path("notes")
            ),
        ]
    );
    assert!(!place::exists(&rig.path("new")));
}
