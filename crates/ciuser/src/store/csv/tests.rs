//! What is particular to the CSV file.

use ciuser_core::name::{AccessKeyId, UserName};
use ciuser_core::port::{Holdings, KeyOwner};
use ciuser_core::target::{CsvFormat, StoreSpec};

use crate::place;
use crate::store::Session;
use crate::store::contract::{
    Ground, Rig, SECRET, bytes, check, contract, file_contract, get_back, is_file_of, key, lay_file, new_key, open,
    owner, put, shown,
};

struct CsvFile(Rig);

impl CsvFile {
    fn path(&self) -> String {
        shown(&self.0.path("new/CI_USER_accessKeys.csv"))
    }
}

impl Ground for CsvFile {
    fn new() -> CsvFile {
        CsvFile(Rig::new())
    }

    fn rig(&self) -> &Rig {
        &self.0
    }

    fn spec(&self) -> StoreSpec {
        StoreSpec::Csv {
            path: self.path(),
            format: CsvFormat::Import,
        }
    }

    fn occupy(&self, text: &str) {
        lay_file(&self.path(), text);
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        is_file_of(&self.path(), text)
    }

    fn held(&self, id: &AccessKeyId) -> Holdings {
        Holdings::Unattributed(id.clone())
    }
}

contract!(every_store: CsvFile);
file_contract!(every_file: CsvFile);

fn spec(rig: &Rig, format: CsvFormat) -> StoreSpec {
    StoreSpec::Csv {
        path: shown(&rig.path("keys.csv")),
        format,
    }
}

fn holding(rig: &Rig, session: &Session<'_>, text: &str) -> Holdings {
    place::write_private(&rig.path("keys.csv"), text.as_bytes()).unwrap();
    check(&*open(&spec(rig, CsvFormat::Import), session)).unwrap().holdings
}

#[test]
fn the_file_is_what_aws_configure_import_reads() {
    let rig = Rig::new();
    put(&*open(&spec(&rig, CsvFormat::Import), &rig.session()), &owner(), &key()).unwrap();
    let text = format!("User Name,Access key ID,Secret access key\r\nCI_USER,AKIAIOSFODNN7EXAMPLE,{SECRET}\r\n");
    assert_eq!(bytes(&shown(&rig.path("keys.csv"))).unwrap(), text.as_bytes());
}

#[test]
fn a_key_is_never_claimed_to_be_the_users() {
    let (rig, id) = (Rig::new(), AccessKeyId::new("AKIAIOSFODNN7EXAMPLE").unwrap());
    let session = rig.session();
    let console = format!("Access key ID,Secret access key\n{id},{SECRET}\n");
    assert_eq!(holding(&rig, &session, &console), Holdings::Unattributed(id.clone()));
    let same_user = format!("User name,Access key ID,Secret access key\nci_user,{id},{SECRET}\n");
    assert_eq!(holding(&rig, &session, &same_user), Holdings::Unattributed(id.clone()));
    let other_user = format!("User name,Access key ID,Secret access key\nsomebody,{id},{SECRET}\n");
    let what = "the key AKIAIOSFODNN7EXAMPLE of user `somebody`".to_owned();
    assert_eq!(holding(&rig, &session, &other_user), Holdings::Foreign { what });
    let what = "something that is not an access key CSV".to_owned();
    assert_eq!(holding(&rig, &session, "my diary"), Holdings::Foreign { what });
}

#[test]
fn what_the_review_showed_may_be_replaced_and_is_kept() {
    let rig = Rig::new();
    let session = rig.session();
    holding(&rig, &session, "my diary");
    put(&*open(&spec(&rig, CsvFormat::Import), &session), &owner(), &key()).unwrap();
    assert_eq!(bytes(&shown(&rig.path("keys.csv.bak"))).unwrap(), b"my diary");
}

#[test]
fn a_file_that_changed_after_the_review_is_left_alone() {
    let rig = Rig::new();
    let session = rig.session();
    let store = open(&spec(&rig, CsvFormat::Console), &session);
    check(&*store).unwrap();
    place::write_private(&rig.path("keys.csv"), b"came meanwhile").unwrap();
    let error = put(&*store, &owner(), &key()).unwrap_err();
    assert_eq!(error.message, "the file has changed since it was looked at");
    assert_eq!(bytes(&shown(&rig.path("keys.csv"))).unwrap(), b"came meanwhile");
}

#[test]
fn a_resumed_run_replaces_a_key_of_the_user_but_not_of_another() {
    let rig = Rig::new();
    let store = spec(&rig, CsvFormat::Import);
    put(&*open(&store, &rig.session()), &owner(), &key()).unwrap();
    put(&*open(&store, &rig.session()), &owner(), &new_key()).unwrap();
    let session = rig.session();
    assert!(get_back(&*open(&store, &session), &new_key().id).is_some());
    let other = KeyOwner {
        user: UserName::new("OTHER").unwrap(),
        ..owner()
    };
    let error = put(&*open(&store, &session), &other, &key()).unwrap_err();
    assert_eq!(
        error.message,
        "the file holds the key AKIAI44QH8DHBEXAMPLE of user `CI_USER`"
    );
}

#[test]
fn a_user_name_with_a_comma_is_refused_for_the_import_form_only() {
    let rig = Rig::new();
    let session = rig.session();
    let comma = KeyOwner {
        user: UserName::new("a,b").unwrap(),
        ..owner()
    };
    let error = put(&*open(&spec(&rig, CsvFormat::Import), &session), &comma, &key()).unwrap_err();
    assert_eq!(
        error.message,
        "`aws configure import` cannot read the user name `a,b`: it has a comma"
    );
    assert_eq!(
        error.hint.as_deref(),
        Some("use `--csv-format console`, or another store")
    );
    put(&*open(&spec(&rig, CsvFormat::Console), &session), &comma, &key()).unwrap();
}

#[test]
fn plain_text_and_a_git_work_tree_are_warned_of() {
    let rig = Rig::new();
    let session = rig.session();
    let path = shown(&rig.path("keys.csv"));
    let plain = format!("`{path}` is plain text: whoever can read the file has the key");
    let store = open(&spec(&rig, CsvFormat::Import), &session);
    assert_eq!(check(&*store).unwrap().warnings, std::slice::from_ref(&plain));
    place::private_dir(&rig.path(".git")).unwrap();
    let committed = format!("`{path}` lies in a git work tree: take care that it is never committed");
    assert_eq!(check(&*store).unwrap().warnings, [plain, committed]);
}
