//! `ciuser.toml`: what it says becomes a spec, and what it cannot mean is refused with the place.

use ciuser_core::name::UserName;
use ciuser_core::spec::{Attach, Places, Spec, SpecFile, SpecFileError};
use ciuser_core::target::{CsvFormat, ProviderSpec, StoreSpec, VariableNames};

/// Files under `/home/me/storefront`, in which two documents are.
struct Home;

impl Places for Home {
    fn absolute(&self, path: &str) -> String {
        match path.strip_prefix("~/") {
            Some(rest) => format!("/home/me/{rest}"),
            None if path.starts_with('/') => path.to_owned(),
            None => format!("/home/me/storefront/{path}"),
        }
    }

    fn default_store(&self, kind: &str, user: &UserName) -> Option<String> {
        match kind {
            "kdbx" => Some("/data/keys.kdbx".to_owned()),
            "csv" => Some(format!("/data/{user}_accessKeys.csv")),
            _ => None,
        }
    }

    fn document(&self, path: &str) -> Result<String, String> {
        match path {
            "/home/me/storefront/deploy.json" => Ok(DOCUMENT.to_owned()),
            "/home/me/storefront/broken.json" => Ok("{".to_owned()),
            missing => Err(format!("`{missing}` does not exist")),
        }
    }
}

const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

const EXAMPLE: &str = r#"
version = 1
project = "storefront"          # owner of what this file names; absence never deletes

[account]                       # guard: refuse to run anywhere else
id = "111122223333"
region = "eu-west-1"            # what the pipeline gets as AWS_REGION and AWS_DEFAULT_REGION

[seal]
recipient = "age1qqqq"
identity = "~/ciuser.age"

[[user]]
name = "CI_USER"
path = "/ci/"
policies = ["AmazonS3FullAccess", "CloudFrontFullAccess", "AdministratorAccess-AWSElasticBeanstalk"]
attach = "group"                # or "direct"
groups = ["deployers"]
tags = { project = "storefront" }
untag = ["old"]
inline = { deploy = "deploy.json" }
boundary = "arn:aws:iam::111122223333:policy/ci-boundary"   # optional

[[user.store]]
kind = "kdbx"
path = "keys.kdbx"
password-file = "/run/password"

[[user.store]]
kind = "csv"
format = "console"

[[user.deliver]]
kind = "circleci-context"
org = "gh/acme"
context = "storefront-deploy"
restrict-to = ["gh/acme/storefront"]
names = { AWS_ACCESS_KEY_ID = "DEPLOY_KEY_ID" }

[[user.deliver]]
kind = "circleci-project"
project = "gh/acme/storefront"
url = "https://circleci.example.com"
"#;

fn read(text: &str) -> Result<Spec, SpecFileError> {
    SpecFile::parse(text)?.into_spec(&Home)
}

/// The error and its hint, for a file with these lines under `version = 1`.
fn refused(lines: &str) -> String {
    let error = read(&format!("version = 1\n{lines}")).unwrap_err();
    match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    }
}

/// The same for lines that stand in a user.
fn refused_user(lines: &str) -> String {
    refused(&format!("[[user]]\nname = \"CI_USER\"\n{lines}"))
}

#[test]
fn the_example_is_read_whole() {
    let spec = read(EXAMPLE).unwrap();
    assert_eq!(spec.project.as_str(), "storefront");
    assert_eq!(spec.account.as_ref().unwrap().as_str(), "111122223333");
    assert_eq!(spec.region.as_ref().unwrap().as_str(), "eu-west-1");
    assert_eq!(spec.seal.recipient.as_deref(), Some("age1qqqq"));
    assert_eq!(spec.seal.identity.as_deref(), Some("/home/me/ciuser.age"));
    let [user] = spec.users.as_slice() else {
        panic!("one user")
    };
    assert_eq!(
        (user.name.as_str(), user.path.as_str(), user.attach),
        ("CI_USER", "/ci/", Attach::Group)
    );
    let policies: Vec<_> = user.policies.iter().map(ToString::to_string).collect();
    assert_eq!(
        policies,
        [
            "AmazonS3FullAccess",
            "CloudFrontFullAccess",
            "AdministratorAccess-AWSElasticBeanstalk"
        ]
    );
    assert_eq!(user.groups, ["deployers".parse().unwrap()]);
    assert_eq!(user.tags, ["project=storefront".parse().unwrap()]);
    assert_eq!(user.untag, ["old".parse().unwrap()]);
    assert_eq!(user.boundary.as_ref().unwrap().policy_name(), "ci-boundary");
    assert_eq!(user.inline[&"deploy".parse().unwrap()].text(), DOCUMENT);
    assert_eq!(
        user.stores,
        [
            StoreSpec::Kdbx {
                path: "/home/me/storefront/keys.kdbx".to_owned(),
                password_file: Some("/run/password".to_owned()),
                key_file: None,
            },
            StoreSpec::Csv {
                path: "/data/CI_USER_accessKeys.csv".to_owned(),
                format: CsvFormat::Console,
            },
        ]
    );
    let renamed = [("AWS_ACCESS_KEY_ID".to_owned(), "DEPLOY_KEY_ID".to_owned())];
    assert_eq!(
        user.deliver,
        [
            ProviderSpec::CircleciContext {
                org: "gh/acme".to_owned(),
                context: "storefront-deploy".to_owned(),
                restrict_to: vec!["gh/acme/storefront".to_owned()],
                expression: None,
                open: false,
                url: None,
                names: VariableNames::try_from(std::collections::BTreeMap::from(renamed)).unwrap(),
            },
            ProviderSpec::CircleciProject {
                project: "gh/acme/storefront".to_owned(),
                url: Some("https://circleci.example.com".to_owned()),
                names: VariableNames::default(),
            },
        ]
    );
}

#[test]
fn what_the_file_leaves_open_has_a_default() {
    let spec = read("version = 1\n[[user]]\nname = \"CI_USER\"").unwrap();
    assert_eq!(
        (spec.project.as_str(), spec.account, spec.region),
        ("default", None, None)
    );
    let user = &spec.users[0];
    assert_eq!(
        (user.path.as_str(), user.attach, user.policies.len()),
        ("/", Attach::Direct, 0)
    );
    assert_eq!(
        user.stores,
        [StoreSpec::Kdbx {
            path: "/data/keys.kdbx".to_owned(),
            password_file: None,
            key_file: None,
        }]
    );
    assert_eq!(user.deliver, []);
}

#[test]
fn an_empty_list_of_stores_asks_for_none() {
    let spec = read("version = 1\n[[user]]\nname = \"CI_USER\"\nstore = []").unwrap();
    assert_eq!(spec.users[0].targets(), []);
    let context = "[[user.deliver]]\nkind = \"circleci-context\"\norg = \"gh/acme\"\ncontext = \"deploy\"\n";
    assert_eq!(
        refused_user(&format!("store = []\n{context}")),
        "user `CI_USER` has no store that gives its secret back: it must be kept so before a CI system gets it"
    );
}

#[test]
fn a_store_that_cannot_be_read_back_is_not_enough_for_a_ci_system() {
    let age = "[[user.store]]\nkind = \"age\"\npath = \"key.age\"\nrecipients = [\"age1a\"]\n";
    let context = "[[user.deliver]]\nkind = \"github\"\nrepository = \"acme/web\"\n";
    assert_eq!(
        refused_user(&format!("{age}{context}")),
        "user `CI_USER` has no store that gives its secret back: it must be kept so before a CI system gets it"
    );
    let readable = format!("{age}identity = \"id.txt\"\n{context}");
    let spec = read(&format!("version = 1\n[[user]]\nname = \"CI_USER\"\n{readable}")).unwrap();
    assert_eq!(
        spec.users[0]
            .targets()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["age:/home/me/storefront/key.age", "github:acme/web"]
    );
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    assert_eq!(
        refused("projekt = \"x\""),
        "unknown key `projekt` in the file\nhint: did you mean `project`?"
    );
    assert_eq!(
        refused("[account]\nregoin = \"x\""),
        "unknown key `regoin` in [account]\nhint: did you mean `region`?"
    );
    assert_eq!(
        refused_user("polices = []"),
        "unknown key `polices` in [[user]] `CI_USER`\nhint: did you mean `policies`?"
    );
    assert_eq!(refused_user("zzz = 1"), "unknown key `zzz` in [[user]] `CI_USER`");
}

#[test]
fn an_unknown_key_of_a_target_is_refused_with_the_known_ones() {
    assert_eq!(
        refused_user("[[user.store]]\nkind = \"csv\"\nformt = \"console\""),
        "[[user]] `CI_USER`, store `csv`: unknown field `formt`, expected `path` or `format`"
    );
    assert_eq!(
        refused_user("[[user.store]]\nkind = \"1pasword\""),
        "[[user]] `CI_USER`, store `1pasword`: unknown variant `1pasword`, expected one of `kdbx`, `csv`, `1password`, `age`, \
         `pass`, `aws-secrets-manager`, `aws-ssm`, `vault`, `keyring`"
    );
    assert_eq!(
        refused_user("[[user.deliver]]\nkind = \"circleci-context\"\norg = \"gh/acme\""),
        "[[user]] `CI_USER`, deliver `circleci-context`: missing field `context`"
    );
}

#[test]
fn what_comes_with_later_work_is_refused_as_not_yet_known() {
    assert_eq!(
        refused_user("[[user.grant]]\nrecipe = \"static-site\""),
        "`grant` in [[user]] `CI_USER` is not yet known to this version of ciuser"
    );
    assert_eq!(
        refused_user("[user.key]\nmax-age = \"90d\""),
        "`key` in [[user]] `CI_USER` is not yet known to this version of ciuser"
    );
}

#[test]
fn a_file_of_another_version_is_refused() {
    assert_eq!(
        read("version = 2").unwrap_err().to_string(),
        "`version` is 2; this ciuser reads version 1"
    );
    assert_eq!(read("").unwrap_err().to_string(), "the file: `version = 1` is missing");
}

#[test]
fn values_of_the_wrong_kind_are_refused_with_their_place() {
    assert_eq!(refused("user = 1"), "the file: users are written as `[[user]]`");
    assert_eq!(refused("[[user]]\npath = \"/\""), "[[user]]: `name` is missing");
    assert_eq!(
        refused_user("policies = \"one\""),
        "[[user]] `CI_USER`: `policies` is a list of strings"
    );
    assert_eq!(refused_user("path = 1"), "[[user]] `CI_USER`: `path` is a string");
    assert_eq!(
        refused_user("tags = { a = 1 }"),
        "[[user]] `CI_USER`: tag values are strings"
    );
    assert_eq!(
        refused_user("store = 1"),
        "[[user]] `CI_USER`: targets are written as `[[user.store]]`"
    );
    assert_eq!(
        refused_user("attach = \"both\""),
        "[[user]] `CI_USER`: unknown variant `both`, expected `direct` or `group`"
    );
}

#[test]
fn names_that_break_their_rule_are_refused_with_the_rule() {
    assert_eq!(
        refused("[[user]]\nname = \"bad name!\""),
        "[[user]]: `bad name!` is not a user name: 1 to 64 letters, digits and `+ = , . @ _ -`"
    );
    assert_eq!(
        refused("[account]\nid = \"12\"\n[[user]]\nname = \"a\""),
        "[account]: `12` is not an account id: 12 digits"
    );
    assert_eq!(
        refused_user("path = \"ci\""),
        "[[user]] `CI_USER`: `ci` is not a path: \
         it begins and ends with `/`, up to 512 visible ASCII characters, as in `/ci/`"
    );
}

#[test]
fn documents_that_cannot_be_read_are_refused_with_their_path() {
    assert_eq!(
        refused_user("inline = { deploy = \"nowhere.json\" }"),
        "[[user]] `CI_USER`, inline `deploy`: `/home/me/storefront/nowhere.json` does not exist"
    );
    assert_eq!(
        refused_user("inline = { deploy = \"broken.json\" }"),
        "[[user]] `CI_USER`, inline `deploy`: `broken.json`, line 1, column 2: the document is not valid JSON: EOF while \
         parsing an object"
    );
}

#[test]
fn contradictions_are_refused() {
    assert_eq!(refused(""), "no user is named");
    assert_eq!(
        refused("[[user]]\nname = \"CI\"\n[[user]]\nname = \"ci\""),
        "user `ci` is named twice; IAM ignores case in user names"
    );
    assert_eq!(
        refused_user("tags = { Env = \"a\", env = \"b\" }"),
        "tag `Env` of user `CI_USER` is named twice; IAM ignores case in the tag keys of users"
    );
    assert_eq!(
        refused_user("tags = { \"ciuser:run\" = \"x\" }"),
        "tag `ciuser:run` of user `CI_USER`: keys that begin with `ciuser:` are ciuser's own"
    );
    assert_eq!(
        refused_user("[[user.store]]\nkind = \"csv\"\npath = \"a\"\n[[user.store]]\nkind = \"csv\"\npath = \"a\""),
        "target `csv:/home/me/storefront/a` of user `CI_USER` is named twice"
    );
    assert_eq!(
        refused("[[user]]\nname = \"a,b\"\n[[user.store]]\nkind = \"csv\""),
        "user name `a,b` has a comma: `aws configure import` would read the wrong columns"
    );
    let context = "[[user.deliver]]\nkind = \"circleci-context\"\norg = \"gh/acme\"\ncontext = \"deploy\"\n";
    assert_eq!(
        refused(&format!(
            "[[user]]\nname = \"one\"\n{context}[[user]]\nname = \"two\"\n{context}"
        )),
        "users `one` and `two` would both be delivered to `circleci-context:gh/acme/deploy`; \
         the second would overwrite the first"
    );
    for closed in ["restrict-to = [\"gh/acme/a\"]", "expression = \"not job.ssh.enabled\""] {
        assert_eq!(
            refused_user(&format!("{context}open = true\n{closed}")),
            "context `circleci-context:gh/acme/deploy`: `open` contradicts `restrict-to` and `expression`"
        );
    }
}

#[test]
fn a_kdbx_file_may_keep_the_keys_of_two_users() {
    let spec = read("version = 1\n[[user]]\nname = \"one\"\n[[user]]\nname = \"two\"").unwrap();
    assert_eq!(spec.users[0].stores, spec.users[1].stores);
}

#[test]
fn text_that_is_not_toml_is_refused_with_line_and_column() {
    let error = read("version = ").unwrap_err().to_string();
    assert!(error.starts_with("TOML parse error at line 1, column 11"), "{error}");
}
