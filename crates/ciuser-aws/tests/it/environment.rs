//! Where region and endpoint come from, and what is said when there are no credentials.

use crate::child::{outcome, with_keys};

#[test]
fn a_region_that_is_not_configured_is_not_made_up() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(
        outcome(directory.path(), &[], &with_keys(&[])),
        "endpoint aws region None\nhttps://iam.amazonaws.com/ AKIAENVIRONMENT00001\nhttps://sts.us-east-1.amazonaws.com/ AKIAENVIRONMENT00001\n"
    );
}

#[test]
fn the_region_comes_from_the_argument_then_the_environment_then_the_profile() {
    let directory = tempfile::tempdir().unwrap();
    let config = [("config", "[default]\nregion = eu-west-3\n")];
    for (environment, region) in [
        (vec![], "eu-west-3"),
        (vec![("AWS_DEFAULT_REGION", "eu-west-2")], "eu-west-2"),
        (
            vec![("AWS_DEFAULT_REGION", "eu-west-2"), ("AWS_REGION", "eu-west-1")],
            "eu-west-1",
        ),
        (
            vec![("AWS_REGION", "eu-west-1"), ("ASKED_REGION", "eu-north-1")],
            "eu-north-1",
        ),
    ] {
        let lines = outcome(directory.path(), &config, &with_keys(&environment));
        assert_eq!(
            lines.lines().next(),
            Some(format!("endpoint aws region Some({region:?})").as_str())
        );
    }
}

#[test]
fn the_endpoint_follows_aws_precedence() {
    let directory = tempfile::tempdir().unwrap();
    let config = "[default]\nservices = local\nendpoint_url = http://profile:1\n[services local]\niam =\n  endpoint_url = http://services:2\n";
    let files = [("config", config)];
    let global = ("AWS_ENDPOINT_URL", "http://global:3");
    let iam = ("AWS_ENDPOINT_URL_IAM", "http://iam:4");
    let argument = ("ASKED_ENDPOINT_URL", "http://argument:5");
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    for (environment, label, iam, sts) in [
        (vec![], "http://services:2", "http://services:2/", "http://profile:1/"),
        (vec![global], "http://global:3", "http://global:3/", "http://global:3/"),
        (vec![global, iam], "http://iam:4", "http://iam:4/", "http://global:3/"),
        (
            vec![global, iam, argument],
            "http://argument:5",
            "http://argument:5/",
            "http://argument:5/",
        ),
        (
            vec![global, iam, ignore],
            "aws",
            "https://iam.amazonaws.com/",
            "https://sts.us-east-1.amazonaws.com/",
        ),
        (
            vec![argument, ignore],
            "http://argument:5",
            "http://argument:5/",
            "http://argument:5/",
        ),
    ] {
        let lines = outcome(directory.path(), &files, &with_keys(&environment));
        let expected =
            format!("endpoint {label} region None\n{iam} AKIAENVIRONMENT00001\n{sts} AKIAENVIRONMENT00001\n");
        assert_eq!(lines, expected, "{environment:?}");
    }
}

#[test]
fn cloudtrail_has_an_endpoint_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let config = "[default]\nservices = local\n[services local]\ncloudtrail =\n  endpoint_url = http://services:2\n";
    let global = ("AWS_ENDPOINT_URL", "http://global:3");
    for (environment, asked) in [
        (vec![], "http://services:2/"),
        (
            vec![global, ("AWS_ENDPOINT_URL_CLOUDTRAIL", "http://trail:4")],
            "http://trail:4/",
        ),
        (
            vec![("AWS_ENDPOINT_URL_CLOUDTRAIL", "trail:4")],
            "the request cannot be made: the endpoint URL `trail:4` is none: it needs `http://` or `https://`, and a host",
        ),
        (
            vec![
                ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
                ("AWS_USE_FIPS_ENDPOINT", "true"),
            ],
            "https://cloudtrail-fips.us-east-1.amazonaws.com/",
        ),
    ] {
        let environment = with_keys(&[environment, vec![("ASK_TRAIL", "1")]].concat());
        let lines = outcome(directory.path(), &[("config", config)], &environment);
        assert_eq!(lines, format!("{asked}\n"), "{environment:?}");
    }
    // Without credentials nothing is asked.
    let lines = outcome(
        directory.path(),
        &[],
        &[("ASK_TRAIL", "1"), ("AWS_EC2_METADATA_DISABLED", "true")],
    );
    assert_eq!(
        lines,
        "no credentials found; name a profile, or set `AWS_ACCESS_KEY_ID` and its kin\n"
    );
}

#[test]
fn an_endpoint_that_cannot_be_one_is_refused_before_any_call() {
    let directory = tempfile::tempdir().unwrap();
    for variable in ["ASKED_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL"] {
        let lines = outcome(directory.path(), &[], &with_keys(&[(variable, "localhost:5000")]));
        assert!(
            lines.starts_with("the endpoint URL `localhost:5000` is none: it needs `http://`"),
            "{variable}: {lines}"
        );
    }
}

#[test]
fn an_explicit_profile_leaves_out_the_keys_in_the_environment_and_aws_profile_does_not() {
    let directory = tempfile::tempdir().unwrap();
    let keys = "[ci]\naws_access_key_id = AKIAPROFILE000000001\naws_secret_access_key = s\n";
    let files = [("config", "[profile ci]\nregion = eu-west-3\n"), ("credentials", keys)];
    for (variable, key) in [
        ("ASKED_PROFILE", "AKIAPROFILE000000001"),
        ("AWS_PROFILE", "AKIAENVIRONMENT00001"),
    ] {
        let lines = outcome(directory.path(), &files, &with_keys(&[(variable, "ci")]));
        let expected = format!(
            "endpoint aws region Some(\"eu-west-3\")\nhttps://iam.amazonaws.com/ {key}\nhttps://sts.eu-west-3.amazonaws.com/ {key}\n"
        );
        assert_eq!(lines, expected, "{variable}");
    }
}

#[test]
fn missing_credentials_say_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let sso = "[profile sso]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = Admin\n[sso-session acme]\nsso_region = eu-west-1\nsso_start_url = https://acme.awsapps.com/start\n";
    let process = "[profile vault]\ncredential_process = sh -c 'echo top-secret >&2; exit 3'\n";
    let login = "[profile login]\nlogin_session = arn:aws:iam::111122223333:user/me\n";
    let config = format!("{sso}{process}{login}");
    for (profile, start, end) in [
        ("sso", "Credentials ", "; run `aws sso login --profile sso`\n"),
        (
            "vault",
            "Credentials Error retrieving credentials: external process exited with code exit status: 3",
            "3\n",
        ),
        ("nowhere", "Credentials profile `nowhere` was not defined", "\n"),
        (
            "login",
            "Credentials the profile uses a login that ciuser cannot read; ",
            "run `eval \"$(aws configure export-credentials --profile login --format env)\"` first\n",
        ),
    ] {
        let lines = outcome(directory.path(), &[("config", &config)], &[("ASKED_PROFILE", profile)]);
        let message = lines.split_once('\n').unwrap().1;
        assert!(
            message.starts_with(start) && message.ends_with(end),
            "{profile}: {message}"
        );
        assert!(!message.contains("top-secret"), "{message}");
    }
}

#[test]
fn a_machine_without_credentials_says_so_and_does_not_wait_for_the_metadata_service_for_long() {
    let directory = tempfile::tempdir().unwrap();
    for (environment, why) in [
        ([("AWS_EC2_METADATA_DISABLED", "true")].as_slice(), ""),
        (&[("REPLY", "silence")], ""),
        (
            &[("REPLY", "silence"), ("AWS_PROFILE", "nowhere")],
            " (profile `nowhere` was not defined: could not find source profile nowhere referenced from the root profile)",
        ),
    ] {
        let lines = outcome(
            directory.path(),
            &[("config", "[profile other]\nregion = eu-west-1\n")],
            environment,
        );
        let expected = format!(
            "endpoint aws region None\nCredentials no credentials found{why}; name a profile, or set `AWS_ACCESS_KEY_ID` and its kin\n"
        );
        assert_eq!(lines, expected, "{environment:?}");
    }
}

#[test]
fn a_metadata_service_that_refuses_is_no_credentials_either() {
    let directory = tempfile::tempdir().unwrap();
    let lines = outcome(directory.path(), &[], &[("REPLY", "denied")]);
    assert_eq!(
        lines,
        "endpoint aws region None\nCredentials no credentials found, and the metadata service of EC2 gave none (failed to load IMDS session token: request forbidden: IMDS is disabled or the caller has insufficient permissions); name a profile, or set `AWS_ACCESS_KEY_ID` and its kin\n"
    );
}

#[test]
fn a_profile_can_ignore_configured_endpoints() {
    let directory = tempfile::tempdir().unwrap();
    let config = "[default]\nignore_configured_endpoint_urls = true\nendpoint_url = http://profile:1\nservices = local\n[services local]\niam =\n  endpoint_url = http://services:2\n";
    let lines = outcome(
        directory.path(),
        &[("config", config)],
        &with_keys(&[("AWS_ENDPOINT_URL_STS", "http://sts:3")]),
    );
    assert_eq!(
        lines,
        "endpoint aws region None\nhttps://iam.amazonaws.com/ AKIAENVIRONMENT00001\nhttps://sts.us-east-1.amazonaws.com/ AKIAENVIRONMENT00001\n"
    );
}

#[test]
fn fips_and_dual_stack_endpoints_are_asked_where_there_are_any() {
    let directory = tempfile::tempdir().unwrap();
    let fips = ("AWS_USE_FIPS_ENDPOINT", "true");
    let dual_stack = ("AWS_USE_DUALSTACK_ENDPOINT", "true");
    for (variable, region, iam, sts) in [
        (
            fips,
            "us-east-1",
            "iam-fips.amazonaws.com",
            "sts-fips.us-east-1.amazonaws.com",
        ),
        (
            fips,
            "us-gov-east-1",
            "iam.us-gov.amazonaws.com",
            "sts.us-gov-east-1.amazonaws.com",
        ),
        (dual_stack, "eu-west-1", "iam.global.api.aws", "sts.eu-west-1.api.aws"),
    ] {
        let lines = outcome(directory.path(), &[], &with_keys(&[variable, ("AWS_REGION", region)]));
        let key = "AKIAENVIRONMENT00001";
        let expected = format!("endpoint aws region Some({region:?})\nhttps://{iam}/ {key}\nhttps://{sts}/ {key}\n");
        assert_eq!(lines, expected);
    }
}

#[test]
fn a_role_that_may_not_be_assumed_is_told_with_the_services_reason() {
    let directory = tempfile::tempdir().unwrap();
    let config = "[profile base]\naws_access_key_id = AKIABASE0000000000001\naws_secret_access_key = s\n[profile role]\nrole_arn = arn:aws:iam::111122223333:role/Admin\nsource_profile = base\n";
    let lines = outcome(
        directory.path(),
        &[("config", config)],
        &[("ASKED_PROFILE", "role"), ("REPLY", "denied")],
    );
    assert_eq!(
        lines,
        "endpoint aws region None\nCredentials AccessDenied: User: me is not authorized to perform: sts:AssumeRole; if the role needs an MFA code, the profile needs `mfa_serial`\n"
    );
}
