//! Profiles: roles, MFA, SSO, processes, web identities, containers. What is asked where, with which key.

use crate::child::{outcome, with_keys};
use crate::login::WRONG_CODE;

const BASE: &str = "[profile base]\naws_access_key_id = AKIABASE0000000000001\naws_secret_access_key = s\n";
const PHONE: &str = "arn:aws:iam::111122223333:mfa/me";

/// Connects with `--profile`, and returns what was reported after the first line, which is about the endpoint.
fn with_profile(profile: &str, config: &str, environment: &[(&str, &str)]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let environment = [&[("ASKED_PROFILE", profile)], environment].concat();
    outcome(directory.path(), &[("config", config)], &environment)
}

/// What follows once the credentials are there.
fn calls_with(key: &str) -> String {
    format!("https://iam.amazonaws.com/ {key}\nhttps://sts.us-east-1.amazonaws.com/ {key}\n")
}

const CONNECTED: &str = "endpoint aws region None\n";

#[test]
fn roles_are_assumed_one_after_the_other_as_the_profiles_say() {
    let config = format!(
        "{BASE}[profile hop]\nrole_arn = arn:aws:iam::111122223333:role/Hop\nsource_profile = base\nexternal_id = ticket-7\n\
         [profile admin]\nrole_arn = arn:aws:iam::444455556666:role/Admin\nsource_profile = hop\nrole_session_name = me@acme\n"
    );
    let lines = with_profile("admin", &config, &[]);
    let expected = format!(
        "{CONNECTED}https://sts.us-east-1.amazonaws.com/ AKIABASE0000000000001 RoleArn=arn:aws:iam::111122223333:role/Hop RoleSessionName=assume-role-from-profile-TIME ExternalId=ticket-7\n\
         https://sts.us-east-1.amazonaws.com/ ASIAHOP RoleArn=arn:aws:iam::444455556666:role/Admin RoleSessionName=me@acme\n{}",
        calls_with("ASIAADMIN")
    );
    assert_eq!(lines, expected);
}

#[test]
fn the_duration_of_a_session_is_asked_for() {
    let config = format!(
        "{BASE}[profile hop]\nrole_arn = arn:aws:iam::111122223333:role/Hop\nsource_profile = base\n\
         [profile admin]\nrole_arn = arn:aws:iam::444455556666:role/Admin\nsource_profile = hop\nduration_seconds = 43200\n"
    );
    let lines = with_profile("admin", &config, &[]);
    let expected = format!(
        "{CONNECTED}https://sts.us-east-1.amazonaws.com/ AKIABASE0000000000001 RoleArn=arn:aws:iam::111122223333:role/Hop RoleSessionName=ciuser-r-0123456789abcdef\n\
         https://sts.us-east-1.amazonaws.com/ ASIAHOP RoleArn=arn:aws:iam::444455556666:role/Admin RoleSessionName=ciuser-r-0123456789abcdef DurationSeconds=43200\n{}",
        calls_with("ASIAADMIN")
    );
    assert_eq!(lines, expected);
    let wrong = config.replace("43200", "12h");
    assert_eq!(
        with_profile("admin", &wrong, &[]),
        "the profile's `duration_seconds` is `12h`, which is no number | \n"
    );
}

fn with_mfa() -> String {
    format!(
        "{BASE}[profile admin]\nrole_arn = arn:aws:iam::444455556666:role/Admin\nsource_profile = base\nmfa_serial = {PHONE}\n"
    )
}

#[test]
fn an_mfa_code_is_asked_for_once_and_first_and_goes_to_sts_alone() {
    let lines = with_profile("admin", &with_mfa(), &[("MFA_CODE", " 123456\n")]);
    let expected = format!(
        "asked for the code of {PHONE}\n{CONNECTED}https://sts.us-east-1.amazonaws.com/ AKIABASE0000000000001 RoleArn=arn:aws:iam::444455556666:role/Admin \
         RoleSessionName=ciuser-r-0123456789abcdef SerialNumber={PHONE} TokenCode=123456\n{}",
        calls_with("ASIAADMIN")
    );
    assert_eq!(lines, expected);
}

#[test]
fn a_code_that_is_wrong_is_told_with_the_services_reason() {
    let lines = with_profile("admin", &with_mfa(), &[("MFA_CODE", WRONG_CODE)]);
    let expected = format!(
        "asked for the code of {PHONE}\n{CONNECTED}Credentials AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code\n"
    );
    assert_eq!(lines, expected);
}

#[test]
fn the_session_that_a_code_opened_is_cloudtrails_too() {
    let environment = [("MFA_CODE", "123456"), ("ASK_TRAIL_TOO", "1")];
    let lines = with_profile("admin", &with_mfa(), &environment);
    assert_eq!(lines.matches("TokenCode").count(), 1, "{lines}");
    assert!(
        lines.ends_with("https://cloudtrail.us-east-1.amazonaws.com/ ASIAADMIN\n"),
        "{lines}"
    );
}

#[test]
fn without_a_code_nothing_is_sent_and_the_way_out_is_named() {
    assert_eq!(
        with_profile("admin", &with_mfa(), &[]),
        format!(
            "asked for the code of {PHONE}\nthe role of profile `admin` needs the code of the MFA device `{PHONE}`, and nobody gave one | \
             run it on a terminal; or run `eval \"$(aws configure export-credentials --profile admin --format env)\"` first, and leave out `--profile`\n"
        )
    );
    for wrong in ["12345", "1234567", "12345a", ""] {
        let lines = with_profile("admin", &with_mfa(), &[("MFA_CODE", wrong)]);
        let expected = format!(
            "asked for the code of {PHONE}\nthat is no code of the MFA device `{PHONE}`: it has six digits | \n"
        );
        assert_eq!(lines, expected, "{wrong}");
    }
}

#[test]
fn keys_in_the_environment_win_over_the_role_of_a_profile_that_was_not_asked_for_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let config = with_mfa();
    let files = [("config", config.as_str())];
    let own_keys = outcome(directory.path(), &files, &with_keys(&[("AWS_PROFILE", "admin")]));
    assert_eq!(own_keys, format!("{CONNECTED}{}", calls_with("AKIAENVIRONMENT00001")));
    let role = outcome(
        directory.path(),
        &files,
        &[("AWS_PROFILE", "admin"), ("MFA_CODE", "123456")],
    );
    assert!(role.ends_with(&calls_with("ASIAADMIN")), "{role}");
}

#[test]
fn the_source_of_a_role_is_its_own_profile_the_environment_or_a_container() {
    let role = format!("role_arn = arn:aws:iam::444455556666:role/Admin\nmfa_serial = {PHONE}\n");
    let itself = format!(
        "[profile admin]\n{role}source_profile = admin\naws_access_key_id = AKIAITSELF0000000001\naws_secret_access_key = s\n"
    );
    let environment = format!("[profile admin]\n{role}credential_source = Environment\n");
    let container = format!("[profile admin]\n{role}credential_source = EcsContainer\n");
    let in_container = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/credentials");
    for (config, more, key) in [
        (itself, vec![], "AKIAITSELF0000000001"),
        (environment, with_keys(&[]), "AKIAENVIRONMENT00001"),
        (container, vec![in_container], "ASIACONTAINER0000001"),
    ] {
        let lines = with_profile("admin", &config, &[vec![("MFA_CODE", "123456")], more].concat());
        let assumed =
            format!("https://sts.us-east-1.amazonaws.com/ {key} RoleArn=arn:aws:iam::444455556666:role/Admin ");
        assert!(
            lines.contains(&assumed) && lines.ends_with(&calls_with("ASIAADMIN")),
            "{lines}"
        );
    }
}

#[test]
fn roles_are_assumed_where_the_configuration_says_and_not_at_the_argument() {
    let plain = with_mfa().replace(&format!("mfa_serial = {PHONE}\n"), "");
    let variable = ("AWS_ENDPOINT_URL_STS", "http://sts:1");
    let section = "services = local\n[services local]\nsts =\n  endpoint_url = http://sts:1\n";
    for role in [with_mfa(), plain] {
        for (config, environment) in [
            (role.clone(), vec![variable]),
            (format!("{role}{section}"), vec![]),
            (format!("{role}endpoint_url = http://sts:1\n"), vec![]),
        ] {
            let asked = [("MFA_CODE", "123456"), ("ASKED_ENDPOINT_URL", "http://argument:2")];
            let lines = with_profile("admin", &config, &[environment, asked.to_vec()].concat());
            let hosts: Vec<_> = lines
                .lines()
                .filter_map(|line| line.split_once("/ "))
                .map(|(url, _)| url)
                .collect();
            assert_eq!(
                hosts,
                ["http://sts:1", "http://argument:2", "http://argument:2"],
                "{config}\n{lines}"
            );
        }
    }
}

#[test]
fn a_profile_that_makes_no_sense_is_explained_by_the_sdk() {
    let role = "role_arn = arn:aws:iam::444455556666:role/Admin\nduration_seconds = 900\n";
    for (more, why) in [
        (
            "source_profile = nowhere\n",
            "could not find source profile nowhere referenced from admin",
        ),
        (
            "",
            "profile must contain `source_profile` or `credential_source` but neither were defined",
        ),
        (
            "source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::444455556666:role/B\nsource_profile = admin\n",
            "infinite loop",
        ),
        ("credential_source = Wallet\n", "Wallet"),
    ] {
        let lines = with_profile("admin", &format!("[profile admin]\n{role}{more}"), &with_keys(&[]));
        assert!(
            lines.starts_with(&format!("{CONNECTED}Credentials ")) && lines.contains(why),
            "{lines}"
        );
    }
}

const SSO: &str = "[profile sso]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
                   [sso-session acme]\nsso_region = eu-west-1\nsso_start_url = https://acme.awsapps.com/start\n";
/// Named by the SHA-1 of the session's name.
const TOKEN_FILE: &str = ".aws/sso/cache/293abb6b76d7791c0732cc517d38c4b5c734b87f.json";
const PORTAL: &str =
    "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=Admin&account_id=111122223333 \n";

fn with_sso_token(token: &str, config: &str, profile: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let files = [("config", config), (TOKEN_FILE, token)];
    let environment = [("ASKED_PROFILE", profile), ("MFA_CODE", "123456")];
    outcome(directory.path(), &files, &environment)
}

#[test]
fn a_session_of_sso_is_used_and_renewed_when_it_can_be() {
    let fresh = r#"{"accessToken":"fresh","expiresAt":"2099-01-01T00:00:00Z","region":"eu-west-1","startUrl":"https://acme.awsapps.com/start"}"#;
    let calls = calls_with("ASIASSO0000000000001");
    assert_eq!(with_sso_token(fresh, SSO, "sso"), format!("{CONNECTED}{PORTAL}{calls}"));

    let over = r#"{"accessToken":"old","expiresAt":"2020-01-01T00:00:00Z","region":"eu-west-1","startUrl":"https://acme.awsapps.com/start","clientId":"c","clientSecret":"s","registrationExpiresAt":"2099-01-01T00:00:00Z","refreshToken":"r"}"#;
    assert_eq!(
        with_sso_token(over, SSO, "sso"),
        format!("{CONNECTED}https://oidc.eu-west-1.amazonaws.com/token \n{PORTAL}{calls}")
    );
}

#[test]
fn a_session_of_sso_that_is_over_says_how_to_log_in() {
    for token in [
        r#"{"accessToken":"old","expiresAt":"2020-01-01T00:00:00Z"}"#,
        r#"{"accessToken":"expired","expiresAt":"2099-01-01T00:00:00Z"}"#,
    ] {
        let lines = with_sso_token(token, SSO, "sso");
        assert!(lines.starts_with(&format!("{CONNECTED}Credentials ")), "{lines}");
        assert!(lines.ends_with("; run `aws sso login --profile sso`\n"), "{lines}");
    }
}

#[test]
fn a_role_can_be_assumed_out_of_a_session_of_sso_with_an_mfa_code_or_without() {
    let fresh = r#"{"accessToken":"fresh","expiresAt":"2099-01-01T00:00:00Z"}"#;
    for more in [String::new(), format!("mfa_serial = {PHONE}\n")] {
        let config = format!(
            "{SSO}[profile admin]\nrole_arn = arn:aws:iam::444455556666:role/Admin\nsource_profile = sso\n{more}"
        );
        let lines = with_sso_token(fresh, &config, "admin");
        let assumed =
            "https://sts.us-east-1.amazonaws.com/ ASIASSO0000000000001 RoleArn=arn:aws:iam::444455556666:role/Admin ";
        assert!(lines.contains(PORTAL) && lines.contains(assumed), "{lines}");
        assert!(lines.ends_with(&calls_with("ASIAADMIN")), "{lines}");
    }
}

#[test]
fn a_credential_process_is_run() {
    let config = r#"[profile vault]
credential_process = sh -c 'echo {\"Version\":1,\"AccessKeyId\":\"ASIAPROCESS000000001\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\"}'
"#;
    let path = [("PATH", "/usr/bin:/bin")];
    assert_eq!(
        with_profile("vault", config, &path),
        format!("{CONNECTED}{}", calls_with("ASIAPROCESS000000001"))
    );
}

#[test]
fn a_web_identity_is_exchanged_for_a_role() {
    let directory = tempfile::tempdir().unwrap();
    let token = directory.path().join("token");
    let token = token.to_str().unwrap();
    let files = [("config", ""), ("token", "the-token-of-the-cluster")];
    let lines = outcome(
        directory.path(),
        &files,
        &[
            ("AWS_WEB_IDENTITY_TOKEN_FILE", token),
            ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/Pod"),
            ("AWS_ROLE_SESSION_NAME", "pod-1"),
        ],
    );
    let expected = format!(
        "{CONNECTED}https://sts.us-east-1.amazonaws.com/  RoleArn=arn:aws:iam::111122223333:role/Pod RoleSessionName=pod-1 WebIdentityToken=the-token-of-the-cluster\n{}",
        calls_with("ASIAPOD")
    );
    assert_eq!(lines, expected);
}

#[test]
fn a_container_gives_its_credentials() {
    let directory = tempfile::tempdir().unwrap();
    let lines = outcome(
        directory.path(),
        &[],
        &[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials")],
    );
    assert_eq!(
        lines,
        format!(
            "{CONNECTED}http://169.254.170.2/v2/credentials \n{}",
            calls_with("ASIACONTAINER0000001")
        )
    );
}
