//! What is particular to the KeePass file: keys, entries, other programs.

use std::os::unix::fs::PermissionsExt as _;

use ciuser_core::name::{AccessKeyId, AccountId, UserArn};
use ciuser_core::port::{Holdings, KeyOwner, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::StoreSpec;
use keepass::config::DatabaseVersion;
use keepass::{Database, DatabaseKey};

use super::{entry, file};
use crate::place;
use crate::store::contract::{
    Ground, Rig, SECRET, bytes, check, clear, contract, file_contract, get_back, is_file_of, key, lay_file, look,
    new_key, open, owner, put, shown,
};

/// A file that is still to be made, with a key file, which asks nobody.
struct NewFile(Rig);

impl Ground for NewFile {
    fn new() -> NewFile {
        NewFile(Rig::new())
    }

    fn rig(&self) -> &Rig {
        &self.0
    }

    fn spec(&self) -> StoreSpec {
        with_key_file(&self.0)
    }

    fn occupy(&self, text: &str) {
        lay_file(&self.spec().place(), text);
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        is_file_of(&self.spec().place(), text)
    }
}

/// A file of a person, which opens quickly.
struct OwnFile(Rig);

impl Ground for OwnFile {
    fn new() -> OwnFile {
        let rig = Rig::new();
        let mut database = file::cheap_database();
        database.root_mut().add_entry().set_unprotected("Title", "my bank");
        save(&rig, database);
        with_password_file(&rig, "pass");
        OwnFile(rig)
    }

    fn rig(&self) -> &Rig {
        &self.0
    }

    fn spec(&self) -> StoreSpec {
        with_password_file(&self.0, "pass")
    }

    fn occupy(&self, text: &str) {
        lay_file(&self.spec().place(), text);
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        is_file_of(&self.spec().place(), text)
    }
}

contract!(every_store: OwnFile);
file_contract!(every_file: NewFile);

/// The file `keys.kdbx` in a directory that is to be made, with a key file.
fn with_key_file(rig: &Rig) -> StoreSpec {
    StoreSpec::Kdbx {
        path: shown(&rig.path("new/keys.kdbx")),
        password_file: None,
        key_file: Some(shown(&rig.path("keys.keyx"))),
    }
}

/// The file `keys.kdbx`, whose passphrase has to be asked for.
fn asking(rig: &Rig) -> StoreSpec {
    StoreSpec::Kdbx {
        path: shown(&rig.path("keys.kdbx")),
        password_file: None,
        key_file: None,
    }
}

fn with_password_file(rig: &Rig, line: &str) -> StoreSpec {
    place::write_private(&rig.path("password"), line.as_bytes()).unwrap();
    let password_file = Some(shown(&rig.path("password")));
    StoreSpec::Kdbx {
        path: shown(&rig.path("keys.kdbx")),
        password_file,
        key_file: None,
    }
}

fn answering(answers: &[&'static str]) -> Rig {
    let rig = Rig::new();
    rig.person.answers.replace(answers.to_vec());
    rig
}

fn questions(rig: &Rig) -> usize {
    rig.person.questions.borrow().len()
}

fn password(text: &str) -> DatabaseKey {
    DatabaseKey::new().with_password(text)
}

/// Saves a database of somebody else, with the passphrase `pass`.
fn save(rig: &Rig, mut database: Database) {
    let sealed = file::sealed(&mut database, &password("pass")).unwrap();
    place::write_private(&rig.path("keys.kdbx"), &sealed).unwrap();
}

/// Saves a database of somebody else, whatever becomes of it.
fn save_unchecked(rig: &Rig, mut database: Database) {
    let mut bytes = Vec::new();
    database.config.version = DatabaseVersion::KDB4(1);
    database.save(&mut bytes, password("pass")).unwrap();
    place::write_private(&rig.path("keys.kdbx"), &bytes).unwrap();
}

fn saved(rig: &Rig) -> Database {
    file::open(&bytes(&shown(&rig.path("keys.kdbx"))).unwrap(), &password("pass")).unwrap()
}

#[test]
fn without_a_passphrase_and_a_person_the_run_is_refused_and_nothing_is_made() {
    let rig = Rig::new();
    let session = rig.session();
    let store = open(&asking(&rig), &session);
    let refused = TargetError::new("the passphrase of the KeePass file is needed, and nobody can be asked")
        .with_hint("give `--kdbx-password-file FILE` or `--kdbx-key-file FILE`")
        .needing_person();
    assert_eq!(look(&*store).unwrap().holdings, Holdings::Nothing);
    assert_eq!(check(&*store).unwrap_err(), refused);
    assert_eq!(put(&*store, &owner(), &key()).unwrap_err(), refused);
    assert!(!place::exists(&rig.path("keys.kdbx")));
}

#[test]
fn a_new_passphrase_is_asked_for_twice_and_then_never_again() {
    let rig = answering(&["pass", "pass", "spare"]);
    let session = rig.session();
    let spec = asking(&rig);
    check(&*open(&spec, &session)).unwrap();
    put(&*open(&spec, &session), &owner(), &key()).unwrap();
    let store = open(&spec, &session);
    assert_eq!(get_back(&*store, &key().id).as_deref(), Some(SECRET));
    assert_eq!(look(&*store).unwrap().holdings, Holdings::Key(key().id));
    assert_eq!(questions(&rig), 2);
}

#[test]
fn two_different_new_passphrases_are_refused() {
    let rig = answering(&["pass", "psas", "spare"]);
    let session = rig.session();
    let error = check(&*open(&asking(&rig), &session)).unwrap_err();
    assert_eq!(error.message, "the two passphrases are not the same");
}

#[test]
fn a_locked_file_is_left_locked_unless_asking_is_allowed() {
    let rig = answering(&["pass", "spare"]);
    save(&rig, file::cheap_database());
    let session = rig.session();
    let store = open(&asking(&rig), &session);
    assert_eq!(look(&*store).unwrap().holdings, Holdings::Locked);
    assert_eq!(questions(&rig), 0);
    assert_eq!(check(&*store).unwrap().holdings, Holdings::Nothing);
    assert_eq!(questions(&rig), 1);
}

#[test]
fn a_wrong_passphrase_is_said_and_not_remembered() {
    let rig = answering(&["wrong", "pass", "spare"]);
    save(&rig, file::cheap_database());
    let session = rig.session();
    let store = open(&asking(&rig), &session);
    let error = check(&*store).unwrap_err();
    assert_eq!(
        error.message,
        "the KeePass file does not open: wrong passphrase or key file"
    );
    assert_eq!(
        error.hint.as_deref(),
        Some("type it again; a file that also needs a key file wants `--kdbx-key-file`")
    );
    assert_eq!(check(&*store).unwrap().holdings, Holdings::Nothing);
}

#[test]
fn the_first_line_of_a_password_file_is_the_passphrase() {
    for line in ["pass", "pass\n", "pass\r\n", "pass\nsecond line\n"] {
        let rig = Rig::new();
        save(&rig, file::cheap_database());
        put(
            &*open(&with_password_file(&rig, line), &rig.session()),
            &owner(),
            &key(),
        )
        .unwrap();
        assert_eq!(
            entry::holdings(&saved(&rig), &owner()),
            Holdings::Key(key().id),
            "{line:?}"
        );
    }
    let rig = Rig::new();
    let error = check(&*open(&with_password_file(&rig, "\nsecond"), &rig.session())).unwrap_err();
    assert_eq!(
        error.message,
        format!("the first line of `{}` is empty", rig.path("password").display())
    );
}

#[test]
fn a_missing_key_file_is_made_for_a_new_file_only() {
    let rig = Rig::new();
    let spec = with_key_file(&rig);
    let key_file = rig.path("keys.keyx");
    let session = rig.session();
    let state = check(&*open(&spec, &session)).unwrap();
    assert_eq!(state.create.as_deref(), Some("new KeePass file with a new key file"));
    assert!(!place::exists(&key_file));
    put(&*open(&spec, &session), &owner(), &key()).unwrap();
    assert_eq!(key_file.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    place::remove(&key_file).unwrap();
    let error = check(&*open(&spec, &session)).unwrap_err();
    assert_eq!(error.message, format!("key file `{}` is missing", key_file.display()));
    assert!(!place::exists(&key_file));
}

#[test]
fn an_entry_is_the_users_by_account_and_name_and_never_by_title() {
    let rig = Rig::new();
    save(&rig, file::cheap_database());
    let (spec, session) = (with_password_file(&rig, "pass"), rig.session());
    let other_account = KeyOwner {
        account: AccountId::new("444455556666").unwrap(),
        arn: UserArn::new("arn:aws-cn:iam::444455556666:user/CI_USER").unwrap(),
        ..owner()
    };
    let moved = KeyOwner {
        arn: UserArn::new("arn:aws:iam::111122223333:user/elsewhere/ci_user").unwrap(),
        ..owner()
    };
    put(&*open(&spec, &session), &owner(), &key()).unwrap();
    put(&*open(&spec, &session), &other_account, &new_key()).unwrap();
    let database = saved(&rig);
    assert_eq!(entry::holdings(&database, &owner()), Holdings::Key(key().id));
    assert_eq!(entry::holdings(&database, &moved), Holdings::Key(key().id));
    assert_eq!(entry::holdings(&database, &other_account), Holdings::Key(new_key().id));
}

#[test]
fn an_entry_says_all_that_a_person_needs() {
    let mut database = file::cheap_database();
    entry::put(&mut database, &owner(), &key());
    let group = database.root().group_by_name("AWS").map(|group| group.id()).unwrap();
    let entry = database.iter_all_entries().next().unwrap();
    assert_eq!(entry.parent().id(), group);
    let mut fields: Vec<_> = entry
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_string()))
        .collect();
    fields.sort();
    let expected = [
        ("Password", "[redacted]"),
        ("Title", "CI_USER"),
        ("URL", "https://console.aws.amazon.com/"),
        ("UserName", "AKIAIOSFODNN7EXAMPLE"),
        ("account", "111122223333"),
        ("arn", "arn:aws:iam::111122223333:user/ci/CI_USER"),
        ("region", "eu-west-1"),
        ("run id", "r-0707070707070707"),
    ];
    assert_eq!(fields, expected.map(|(name, value)| (name, value.to_owned())));
}

#[test]
fn replaced_keys_stay_in_the_history_the_oldest_first() {
    let mut database = file::cheap_database();
    let ids = ["AKIAAAAAAAAAAAAAAAA1", "AKIAAAAAAAAAAAAAAAA2", "AKIAAAAAAAAAAAAAAAA3"];
    for id in ids {
        let key = AccessKey {
            id: AccessKeyId::new(id).unwrap(),
            ..key()
        };
        assert!(entry::put(&mut database, &owner(), &key));
        assert!(!entry::put(&mut database, &owner(), &key));
    }
    assert_eq!(database.num_entries(), 1);
    let entry = database.iter_all_entries().next().unwrap();
    let history = entry.history.iter().flat_map(|history| history.get_entries());
    assert_eq!(
        history
            .map(|version| version.get_username().unwrap())
            .collect::<Vec<_>>(),
        ids[..2]
    );
    for id in ids {
        assert!(
            entry::secret(&database, &owner(), &AccessKeyId::new(id).unwrap()).is_some(),
            "{id}"
        );
    }
}

#[test]
fn an_entry_in_the_recycle_bin_is_gone() {
    let mut database = file::cheap_database();
    entry::put(&mut database, &owner(), &key());
    database.meta.recyclebin_uuid = Some(database.root().group_by_name("AWS").unwrap().id().uuid());
    assert_eq!(entry::holdings(&database, &owner()), Holdings::Nothing);
}

#[test]
fn an_entry_whose_user_name_was_edited_is_not_taken_for_a_key() {
    let mut database = file::cheap_database();
    entry::put(&mut database, &owner(), &key());
    database.foreach_entry_mut(|mut entry| entry.set_unprotected("UserName", "me"));
    let what = "an entry of this user without an access key id".to_owned();
    assert_eq!(entry::holdings(&database, &owner()), Holdings::Foreign { what });
}

#[test]
fn what_another_program_saves_meanwhile_is_not_lost() {
    let rig = answering(&["pass", "spare"]);
    save(&rig, file::cheap_database());
    let mut other = file::cheap_database();
    other.root_mut().add_entry().set_unprotected("Title", "somebody else's");
    let others = file::sealed(&mut other, &password("pass")).unwrap();
    let path = rig.path("keys.kdbx");
    rig.person
        .meanwhile
        .replace(Some(Box::new(move || place::write_private(&path, &others).unwrap())));
    put(&*open(&asking(&rig), &rig.session()), &owner(), &key()).unwrap();
    let database = saved(&rig);
    let mut titles: Vec<_> = database
        .iter_all_entries()
        .map(|e| e.get_title().unwrap().to_owned())
        .collect();
    titles.sort();
    assert_eq!(titles, ["CI_USER", "somebody else's"]);
}

#[test]
fn a_damaged_file_is_refused_and_left_as_it_is() {
    let rig = Rig::new();
    save(&rig, file::cheap_database());
    let spec = with_password_file(&rig, "pass");
    put(&*open(&spec, &rig.session()), &owner(), &key()).unwrap();
    let mut damaged = bytes(&shown(&rig.path("keys.kdbx"))).unwrap();
    *damaged.last_mut().unwrap() ^= 1;
    damaged.truncate(damaged.len() - 1);
    place::write_private(&rig.path("keys.kdbx"), &damaged).unwrap();
    let session = rig.session();
    let store = open(&spec, &session);
    let copy = rig.path("keys.kdbx.bak");
    let message = "the KeePass file is damaged, or another program wrote it in a form that cannot be read";
    let refused = TargetError::new(message).with_hint(format!(
        "if KeePassXC opens it, change an entry and save it there, which puts it right; else look at `{}`",
        copy.display()
    ));
    assert_eq!(check(&*store).unwrap_err(), refused);
    assert_eq!(put(&*store, &owner(), &new_key()).unwrap_err(), refused);
    assert_eq!(bytes(&shown(&rig.path("keys.kdbx"))).unwrap(), damaged);
}

#[test]
fn a_file_that_would_lose_something_is_read_and_not_written() {
    let rig = Rig::new();
    let mut database = file::cheap_database();
    entry::put(&mut database, &owner(), &key());
    let mut root = database.root_mut();
    root.add_entry().set_unprotected("PIN of blanks", "   ");
    save_unchecked(&rig, database);
    let before = bytes(&shown(&rig.path("keys.kdbx")));
    let (spec, session) = (with_password_file(&rig, "pass"), rig.session());
    let store = open(&spec, &session);
    assert_eq!(look(&*store).unwrap().holdings, Holdings::Key(key().id));
    assert_eq!(get_back(&*store, &key().id).as_deref(), Some(SECRET));
    let refused = TargetError::new(
        "the KeePass file holds something that would be lost in saving it: \
         `Root/Group/Entry/String[PIN of blanks]/Value`",
    )
    .with_hint("choose a KeePass file of its own for ciuser, or change that in KeePassXC");
    assert_eq!(check(&*store).unwrap_err(), refused);
    assert_eq!(put(&*store, &owner(), &new_key()).unwrap_err(), refused);
    assert_eq!(clear(&*store, &Holdings::Key(key().id)).unwrap_err(), refused);
    assert_eq!(bytes(&shown(&rig.path("keys.kdbx"))), before);
}

#[test]
fn another_version_and_a_key_file_beside_the_file_are_warned_of() {
    let rig = Rig::new();
    let mut database = file::cheap_database();
    let mut sealed = file::sealed(&mut database, &password("pass")).unwrap().to_vec();
    sealed[8] = 0;
    assert_eq!(DatabaseVersion::parse(&sealed).unwrap(), DatabaseVersion::KDB4(0));
    place::write_private(&rig.path("keys.kdbx"), &sealed).unwrap();
    let (file, key_file) = (shown(&rig.path("keys.kdbx")), shown(&rig.path("keys.keyx")));
    let spec = StoreSpec::Kdbx {
        path: file.clone(),
        password_file: None,
        key_file: None,
    };
    let session = rig.session();
    assert_eq!(
        look(&*open(&spec, &session)).unwrap().warnings,
        [format!(
            "`{file}` is KDBX 4.0 and will be saved as KDBX 4.1, which KeePassXC opens; a copy stays in `{file}.bak`"
        )]
    );
    place::remove(&rig.path("keys.kdbx")).unwrap();
    let spec = StoreSpec::Kdbx {
        path: file.clone(),
        password_file: None,
        key_file: Some(key_file.clone()),
    };
    assert_eq!(
        look(&*open(&spec, &session)).unwrap().warnings,
        [format!(
            "key file `{key_file}` lies beside `{file}`: whoever gets the one gets the other"
        )]
    );
}

/// The titles of the entries in the recycle bin, and how many there are outside of it.
fn bin_and_others(database: &Database) -> (Vec<String>, usize) {
    let titles = |group: keepass::db::GroupRef<'_>| {
        let entries = group.entries();
        entries
            .map(|entry| entry.get_title().unwrap_or_default().to_owned())
            .collect()
    };
    let binned: Vec<String> = database.recycle_bin().map(titles).unwrap_or_default();
    let all = database.iter_all_entries().count();
    let others = all - binned.len();
    (binned, others)
}

#[test]
fn a_cleared_entry_lies_in_the_recycle_bin_with_its_history_and_the_file_of_before_beside() {
    let rig = answering(&["pass"]);
    save(&rig, file::cheap_database());
    let (spec, session) = (asking(&rig), rig.session());
    let store = open(&spec, &session);
    for key in [key(), new_key()] {
        check(&*store).unwrap();
        put(&*store, &owner(), &key).unwrap();
    }
    let before = bytes(&shown(&rig.path("keys.kdbx")));
    clear(&*store, &Holdings::Key(new_key().id)).unwrap();
    let database = saved(&rig);
    assert_eq!(bin_and_others(&database), (vec!["CI_USER".to_owned()], 0));
    let bin = database.recycle_bin().unwrap();
    assert_eq!(
        (bin.name.as_str(), database.meta.recyclebin_enabled),
        ("Recycle Bin", Some(true))
    );
    let kept: Vec<_> = bin.entries().map(|entry| entry.historical(0).is_some()).collect();
    assert_eq!(kept, [true]);
    assert_eq!(bytes(&shown(&rig.path("keys.kdbx.bak"))), before);
}

#[test]
fn a_bin_that_is_there_is_used_and_the_entries_of_others_stay() {
    let rig = answering(&["pass"]);
    let mut database = file::cheap_database();
    let mut root = database.root_mut();
    let mut bin = root.add_group();
    bin.name = "Papierkorb".to_owned();
    let id = bin.id().uuid();
    root.add_entry().set_unprotected("Title", "my bank");
    database.meta.recyclebin_uuid = Some(id);
    save(&rig, database);
    let (spec, session) = (asking(&rig), rig.session());
    let store = open(&spec, &session);
    check(&*store).unwrap();
    put(&*store, &owner(), &key()).unwrap();
    clear(&*store, &Holdings::Key(key().id)).unwrap();
    let database = saved(&rig);
    assert_eq!(database.recycle_bin().unwrap().name, "Papierkorb");
    assert_eq!(bin_and_others(&database), (vec!["CI_USER".to_owned()], 1));
}

#[test]
fn a_file_without_a_recycle_bin_loses_the_entry() {
    let rig = answering(&["pass"]);
    let mut database = file::cheap_database();
    database.meta.recyclebin_enabled = Some(false);
    save(&rig, database);
    let (spec, session) = (asking(&rig), rig.session());
    let store = open(&spec, &session);
    check(&*store).unwrap();
    put(&*store, &owner(), &key()).unwrap();
    clear(&*store, &Holdings::Key(key().id)).unwrap();
    assert_eq!(saved(&rig).iter_all_entries().count(), 0);
    assert_eq!(saved(&rig).deleted_objects.len(), 1);
}
