//! What is written reads back as the same spec: files through the parser, commands through a shell and the program's
//! own command line.
#![expect(
    clippy::disallowed_methods,
    reason = "a real shell reads the commands, and documents lie in a directory of the test's own"
)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::process::Command;

use ciuser_core::name::{
    AccountId, GroupName, Path, PolicyArn, PolicyName, ProjectName, Region, Tag, TagKey, UserName,
};
use ciuser_core::spec::{Attach, Places, PolicyRef, SealSpec, Spec, SpecFile, UserSpec};
use ciuser_core::target::{CsvFormat, ProviderSpec, StoreSpec, VariableNames};
use ciuser_policy::document::PolicyDocument;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::command::Unsayable;
use super::{Documents, Remarks, View, command, file};
use crate::cli::spec_of_command;
use crate::env::Environment;

const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

const HOME: &str = "/home/me";

/// A directory with a document, a home beside it, and stores of their own.
struct Disk {
    base: tempfile::TempDir,
}

impl Disk {
    fn new() -> Disk {
        let base = tempfile::tempdir().unwrap();
        std::fs::write(base.path().join("document.json"), DOCUMENT).unwrap();
        Disk { base }
    }

    fn documents(&self, spec: &Spec) -> Documents {
        let path = self.base.path().join("document.json").display().to_string();
        let users = spec.users.iter();
        users
            .flat_map(|user| {
                user.inline
                    .keys()
                    .map(|policy| ((user.name.clone(), policy.clone()), path.clone()))
            })
            .collect()
    }
}

impl Places for Disk {
    fn absolute(&self, path: &str) -> String {
        crate::place::absolute(self.base.path(), Some(FilePath::new(HOME)), path)
            .display()
            .to_string()
    }

    fn default_store(&self, kind: &str, user: &UserName) -> Option<String> {
        Some(default_store(kind, user.as_str()))
    }

    fn document(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    }
}

/// Where the program itself keeps the stores of this home.
fn default_store(kind: &str, user: &str) -> String {
    match kind {
        "kdbx" => format!("{HOME}/.local/share/ciuser/keys.kdbx"),
        _ => format!("{HOME}/.local/share/ciuser/{user}_accessKeys.csv"),
    }
}

fn path(disk: &FilePath) -> BoxedStrategy<String> {
    let base = disk.display().to_string();
    let name = "[ -.0-~é\n]{1,12}".prop_filter("a name", |name| !name.starts_with('.'));
    (
        prop_oneof![Just(base), Just(HOME.to_owned()), Just("/etc".to_owned())],
        name,
    )
        .prop_map(|(directory, name)| format!("{directory}/{name}"))
        .boxed()
}

fn store(disk: &FilePath, user: &str) -> BoxedStrategy<StoreSpec> {
    let default = |kind: &str| default_store(kind, user);
    let kdbx = (
        prop_oneof![Just(default("kdbx")), path(disk)],
        option::of(path(disk)),
        option::of(path(disk)),
    );
    let csv = (prop_oneof![Just(default("csv")), path(disk)], any::<bool>());
    prop_oneof![
        kdbx.prop_map(|(path, password_file, key_file)| StoreSpec::Kdbx {
            path,
            password_file,
            key_file
        }),
        csv.prop_map(|(path, console)| StoreSpec::Csv {
            path,
            format: if console { CsvFormat::Console } else { CsvFormat::Import },
        }),
    ]
    .boxed()
}

fn provider() -> impl Strategy<Value = ProviderSpec> {
    let names = prop_oneof![
        Just(VariableNames::default()),
        Just(VariableNames::try_from(BTreeMap::from([("AWS_REGION".to_owned(), "DEPLOY_REGION".to_owned())])).unwrap()),
    ];
    let url = option::of(Just("https://circleci.example".to_owned()));
    let restricted = prop_oneof![
        Just((Vec::new(), None, false)),
        Just((Vec::new(), None, true)),
        (
            vec("gh/acme/[a-z '$]{1,6}", 0..3),
            "pipeline\\.git\\.branch == \"[a-z, ='\\\\]{1,6}\""
        )
            .prop_map(|(projects, expression)| (projects, Some(expression), false)),
        vec("gh/acme/[a-z '$]{1,6}", 1..3).prop_map(|projects| (projects, None, false)),
    ];
    prop_oneof![
        (
            prop_oneof!["gh/[a-z]{1,4}", "[a-z]{0,3}"],
            "[a-zA-Z /'\"-]{1,8}",
            restricted,
            url.clone(),
            names.clone()
        )
            .prop_map(|(org, context, (restrict_to, expression, open), url, names)| {
                ProviderSpec::CircleciContext {
                    org,
                    context,
                    restrict_to,
                    expression,
                    open,
                    url,
                    names,
                }
            }),
        ("gh/[a-z]{1,4}(/[a-z]{1,4})?", url, names).prop_map(|(project, url, names)| ProviderSpec::CircleciProject {
            project,
            url,
            names
        }),
    ]
}

const IAM_NAME: &str = "[A-Za-z0-9_+=,.@-]{1,12}";

fn user(disk: &FilePath) -> impl Strategy<Value = UserSpec> + use<> {
    let disk = disk.to_owned();
    let policy = prop_oneof![
        IAM_NAME.prop_map(|name| PolicyRef::Name(PolicyName::new(name).unwrap())),
        Just(PolicyRef::Arn(
            PolicyArn::new("arn:aws-cn:iam::111122223333:policy/ci/deploy").unwrap()
        )),
    ];
    let tag = ("[A-Za-z0-9 _.:/=+@-]{1,8}", "[A-Za-zé0-9 _.:/=+@-]{0,8}");
    let tag = tag.prop_filter_map("a tag", |(key, value)| Tag::new(key, value).ok());
    let document = PolicyDocument::parse(DOCUMENT).unwrap();
    let permissions = (
        vec(policy, 0..12),
        any::<bool>().prop_map(|group| if group { Attach::Group } else { Attach::Direct }),
        vec(IAM_NAME.prop_map(|name| GroupName::new(name).unwrap()), 0..3),
        btree_map(
            IAM_NAME.prop_map(|name| PolicyName::new(name).unwrap()),
            Just(document),
            0..2,
        ),
        vec(tag, 0..3),
        vec("[a-z =-]{1,5}".prop_map(|key| TagKey::new(key).unwrap()), 0..2),
        option::of(Just(
            PolicyArn::new("arn:aws:iam::111122223333:policy/ci-boundary").unwrap(),
        )),
    );
    (IAM_NAME, "/([!-~]{0,6}/)?", permissions).prop_flat_map(move |(name, path, permissions)| {
        let stores = vec(store(&disk, &name), 0..3);
        (Just((name, path, permissions)), stores, vec(provider(), 0..3)).prop_map(
            |((name, path, permissions), stores, deliver)| {
                let (policies, attach, groups, inline, tags, untag, boundary) = permissions;
                UserSpec {
                    name: UserName::new(name).unwrap(),
                    path: Path::new(path).unwrap(),
                    policies,
                    attach,
                    groups,
                    inline,
                    tags,
                    untag,
                    boundary,
                    stores,
                    deliver,
                }
            },
        )
    })
}

fn specs(disk: &Disk, users: std::ops::Range<usize>) -> impl Strategy<Value = Spec> + use<> {
    let seal = prop_oneof![
        Just(SealSpec::default()),
        path(disk.base.path()).prop_map(|path| SealSpec {
            recipient: None,
            identity: Some(path)
        }),
        path(disk.base.path()).prop_map(|path| SealSpec {
            recipient: Some("age1qqqq".to_owned()),
            identity: Some(path)
        }),
    ];
    (
        prop_oneof![Just("default".to_owned()), "[A-Za-z0-9._/-]{1,8}"],
        option::of(Just(AccountId::new("111122223333").unwrap())),
        option::of(Just(Region::new("eu-west-1").unwrap())),
        seal,
        vec(user(disk.base.path()), users),
    )
        .prop_filter_map(
            "a spec that does not contradict itself",
            |(project, account, region, seal, users)| {
                let project = ProjectName::new(project).unwrap();
                Spec {
                    project,
                    account,
                    region,
                    seal,
                    users,
                }
                .checked()
                .ok()
            },
        )
}

/// The order of tags means nothing, and a TOML table keeps none.
fn tags_in_order(mut spec: Spec) -> Spec {
    for user in &mut spec.users {
        user.tags.sort();
    }
    spec
}

fn read_back(text: &str, disk: &Disk) -> Spec {
    let read = SpecFile::parse(text).and_then(|file| file.into_spec(disk));
    read.unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Has a shell take the command apart.
fn words(command: &str) -> Vec<String> {
    let script = format!("for word in {command}\ndo printf '%s\\0' \"$word\"; done");
    let output = Command::new("sh")
        .env_clear()
        .env("HOME", HOME)
        .args(["-c", &script])
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// What the program makes of a command that is typed in the directory.
fn typed(disk: &Disk, command: &str) -> Spec {
    let environment = Environment::of(HOME, disk.base.path(), &[]);
    let made = spec_of_command(&words(command), &environment);
    made.unwrap_or_else(|error| panic!("{error}\n{command}"))
}

impl Disk {
    fn file(&self, spec: &Spec, remarks: &Remarks) -> String {
        let documents = self.documents(spec);
        file(spec, remarks, &self.view(&documents))
    }

    fn command(&self, spec: &Spec, session: &[String]) -> Result<String, Unsayable> {
        let documents = self.documents(spec);
        command(spec, &spec.users[0], session, &self.view(&documents))
    }

    fn view<'a>(&'a self, documents: &'a Documents) -> View<'a> {
        View {
            places: self,
            base: self.base.path(),
            home: FilePath::new(HOME),
            documents,
        }
    }
}

#[test]
fn a_written_file_reads_back_as_the_same_spec() {
    let disk = Disk::new();
    let remarks = Remarks {
        head: vec!["a head".to_owned()],
        ..Remarks::default()
    };
    proptest!(|(spec in specs(&disk, 1..3))| {
        let text = disk.file(&spec, &remarks);
        prop_assert_eq!(tags_in_order(read_back(&text, &disk)), tags_in_order(spec));
    });
}

#[test]
fn a_written_command_reads_back_as_the_same_spec() {
    let disk = Disk::new();
    let session = ["--profile", "two words"].map(str::to_owned);
    let (said, unsayable) = (Cell::new(0), Cell::new(0));
    proptest!(|(spec in specs(&disk, 1..2))| {
        match disk.command(&spec, &session) {
            Ok(text) => {
                said.set(said.get() + 1);
                prop_assert_eq!(typed(&disk, &text), spec);
            }
            Err(_) => unsayable.set(unsayable.get() + 1),
        }
    });
    assert!(said.get() > 20 && unsayable.get() > 0, "{said:?} {unsayable:?}");
}

/// One user with a little of everything.
fn example(disk: &Disk) -> Spec {
    let base = disk.base.path().display();
    let text = format!(
        r#"
version = 1
project = "storefront"
account = {{ id = "111122223333", region = "eu-west-1" }}
[[user]]
name = "CI_USER"
path = "/ci/"
policies = ["AmazonS3FullAccess", "CloudFrontFullAccess", "AdministratorAccess-AWSElasticBeanstalk"]
groups = ["auditors"]
inline = {{ deploy = "document.json" }}
tags = {{ env = "production", "cost center" = "7" }}
store = [{{ kind = "kdbx", path = "keys.kdbx", key-file = "~/keys.keyx" }}, {{ kind = "csv" }}]
deliver = [{{ kind = "circleci-context", org = "gh/acme", context = "deploy", restrict-to = ["gh/acme/storefront"] }}]
[seal]
recipient = "age1qqqq"
identity = "{base}/identity.txt"
"#
    );
    read_back(&text, disk)
}

#[test]
fn a_file_says_what_each_part_is_for() {
    let disk = Disk::new();
    let mut remarks = Remarks::default();
    remarks.users.insert(
        UserName::new("CI_USER").unwrap(),
        vec!["It has a console password.".to_owned()],
    );
    insta::assert_snapshot!(disk.file(&example(&disk), &remarks), @r##"
    # `ciuser plan` shows what this file would change, `ciuser apply` changes it.
    # Paths are relative to this file; `~/` is the home directory. No secret is ever in here.

    version = 1
    project = "storefront"          # who owns what this file names

    [account]
    id = "111122223333"             # refuses to run in any other account
    region = "eu-west-1"            # what the pipeline gets as AWS_REGION and AWS_DEFAULT_REGION

    [seal]                          # where the secret is sealed to until every target has it
    recipient = "age1qqqq"
    identity = "identity.txt"       # opens the seal again

    # It has a console password.
    [[user]]
    name = "CI_USER"
    path = "/ci/"                   # of a new user; ciuser does not move users
    policies = ["AmazonS3FullAccess", "CloudFrontFullAccess", "AdministratorAccess-AWSElasticBeanstalk"]
    attach = "direct"               # or "group": a group that ciuser makes for the user
    groups = ["auditors"]

    [user.inline]                   # inline policies: name = document
    deploy = "document.json"

    [user.tags]                     # other tags are left alone
    "cost center" = "7"
    env = "production"

    [[user.store]]                  # keeps the key where it can be read back
    kind = "kdbx"
    path = "keys.kdbx"
    key-file = "~/keys.keyx"

    [[user.store]]                  # keeps the key where it can be read back
    kind = "csv"
    format = "import"

    [[user.deliver]]                # a CI system's place that gets the key
    kind = "circleci-context"
    org = "gh/acme"
    context = "deploy"
    restrict-to = ["gh/acme/storefront"]
    "##);
}

#[test]
fn control_characters_in_remarks_leave_the_file_toml() {
    let disk = Disk::new();
    let spec = example(&disk);
    let remarks = Remarks {
        head: vec!["tab\tstays,\rbell\u{7}, delete\u{7f}\r\nnext".to_owned()],
        ..Remarks::default()
    };
    let text = disk.file(&spec, &remarks);
    assert!(text.contains("# tab\tstays,\u{fffd}bell\u{fffd}, delete\u{fffd}\u{fffd}\n# next\n"));
    assert_eq!(read_back(&text, &disk), spec);
}

#[test]
fn a_user_without_targets_is_written_with_a_way_to_name_them_later() {
    let disk = Disk::new();
    let spec = read_back("version = 1\n[[user]]\nname = \"CI_USER\"\nstore = []", &disk);
    insta::assert_snapshot!(disk.file(&spec, &Remarks::default()), @r##"
    # `ciuser plan` shows what this file would change, `ciuser apply` changes it.
    # Paths are relative to this file; `~/` is the home directory. No secret is ever in here.

    version = 1
    project = "default"             # who owns what this file names

    [account]
    # id = "111122223333"           # refuses to run in any other account
    # region = "eu-west-1"          # what the pipeline gets as AWS_REGION and AWS_DEFAULT_REGION

    [[user]]
    name = "CI_USER"
    policies = []
    attach = "direct"               # or "group": a group that ciuser makes for the user
    store = []                      # no target: no key is issued, and those that exist are left alone

    # To have ciuser issue a key and deliver it, replace `store = []` by targets. A user that has a key already
    # gets the one that goes there by `ciuser key rotate NAME -f ciuser.toml`.
    # [[user.store]]
    # kind = "kdbx"
    # path = "keys.kdbx"
    # [[user.deliver]]
    # kind = "circleci-context"
    # org = "gh/acme"
    # context = "deploy"
    # restrict-to = ["gh/acme/storefront"]
    "##);
}

#[test]
fn a_command_is_wrapped_and_says_where_it_runs() {
    let disk = Disk::new();
    let text = disk.command(&example(&disk), &["--sandbox".to_owned()]);
    insta::assert_snapshot!(text.unwrap(), @r##"
    ciuser create CI_USER --sandbox --expect-account 111122223333 \
        --region eu-west-1 --project storefront --path /ci/ \
        --policy AmazonS3FullAccess --policy CloudFrontFullAccess \
        --policy AdministratorAccess-AWSElasticBeanstalk --group auditors \
        --inline deploy=document.json --tag 'cost center=7' --tag env=production \
        --store kdbx:keys.kdbx --store csv --kdbx-key-file ~/keys.keyx \
        --deliver circleci-context:gh/acme/deploy --restrict-to gh/acme/storefront \
        --seal-recipient age1qqqq --seal-identity identity.txt
    "##);
}

#[test]
fn what_flags_cannot_say_is_named() {
    let disk = Disk::new();
    let mut spec = example(&disk);
    let why = |spec: &Spec| disk.command(spec, &[]).unwrap_err().to_string();
    spec.users[0].deliver.push(ProviderSpec::CircleciContext {
        org: "gh/acme".to_owned(),
        context: "other".to_owned(),
        restrict_to: Vec::new(),
        expression: None,
        open: false,
        url: None,
        names: VariableNames::default(),
    });
    assert_eq!(
        why(&spec),
        "the targets differ in `--restrict-to`, and a command says it once for all of them"
    );
    spec.users[0].deliver.clear();
    spec.users[0].tags.push(Tag::new("a=b", "c").unwrap());
    assert_eq!(why(&spec), "`a=b` has a `=`, where `--tag` would split it");
    spec.users[0].tags.clear();
    spec.seal.recipient = None;
    assert_eq!(
        why(&spec),
        "flags name an identity of the seal only together with its recipient"
    );
}
