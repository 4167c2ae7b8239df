//! Compares refusals with those that AWS gave to recorded calls.
//!
//! The recordings are not part of this repository: `CIUSER_CONFORMANCE_DATA` names the directory that holds
//! `iam-recorded-responses.json`. Without it, the cases are counted and not run.
#![allow(clippy::print_stdout, reason = "says how many cases did not run")]

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::client::{Client, Refused};

/// One recorded refusal, and the call that provokes it.
struct Case {
    test: &'static str,
    step: &'static str,
    action: &'static str,
    params: &'static [(&'static str, &'static str)],
}

const fn case(
    test: &'static str,
    step: &'static str,
    action: &'static str,
    params: &'static [(&'static str, &'static str)],
) -> Case {
    Case {
        test,
        step,
        action,
        params,
    }
}

const CODECOMMIT: (&str, &str) = ("ServiceName", "codecommit.amazonaws.com");
const USER: (&str, &str) = ("UserName", "ci");
const NOBODY: (&str, &str) = ("UserName", "non-existent-user");
const WRONG_ID: (&str, &str) = (
    "ServiceSpecificCredentialId",
    "totally-wrong-credential-id-with-hyphens",
);
const UNKNOWN_ID: (&str, &str) = ("ServiceSpecificCredentialId", "satisfiesregexbutstillinvalid");

/// In all of them there is a user `ci`, who has a service-specific credential, and a policy `deploy`.
const CASES: &[Case] = &[
    case(
        "test_user_attach_policy",
        "non_existent_malformed_policy_arn",
        "AttachUserPolicy",
        &[USER, ("PolicyArn", "longpolicynamebutnoarn")],
    ),
    case(
        "test_user_attach_policy",
        "valid_arn_not_existent",
        "AttachUserPolicy",
        &[USER, ("PolicyArn", "arn:aws:iam::ACCOUNT:policy/deploy123")],
    ),
    case(
        "test_delete_non_existent_policy_returns_no_such_entity",
        "delete-non-existent-policy-exc",
        "DeletePolicy",
        &[("PolicyArn", "arn:aws:iam::ACCOUNT:policy/non-existent-policy")],
    ),
    case(
        "test_create_service_specific_credential_invalid_user",
        "invalid-user-name-exception",
        "CreateServiceSpecificCredential",
        &[NOBODY, CODECOMMIT],
    ),
    case(
        "test_create_service_specific_credential_invalid_user",
        "invalid-user-and-service-exception",
        "CreateServiceSpecificCredential",
        &[NOBODY, ("ServiceName", "nonexistentservice.amazonaws.com")],
    ),
    case(
        "test_create_service_specific_credential_invalid_service",
        "invalid-service-exception",
        "CreateServiceSpecificCredential",
        &[USER, ("ServiceName", "nonexistentservice.amazonaws.com")],
    ),
    case(
        "test_create_service_specific_credential_invalid_service",
        "invalid-service-completely-malformed-exception",
        "CreateServiceSpecificCredential",
        &[USER, ("ServiceName", "o3on3n3onosneo")],
    ),
    case(
        "test_create_service_specific_credential_invalid_service",
        "invalid-service-existing-but-unsupported-exception",
        "CreateServiceSpecificCredential",
        &[USER, ("ServiceName", "lambda.amazonaws.com")],
    ),
    case(
        "test_list_service_specific_credential_different_service",
        "list-service-specific-credentials-invalid-service",
        "ListServiceSpecificCredentials",
        &[USER, ("ServiceName", "nonexistentservice.amazonaws.com")],
    ),
    case(
        "test_delete_user_after_service_credential_created",
        "delete-user-existing-credential",
        "DeleteUser",
        &[USER],
    ),
    case(
        "test_user_match_id_mismatch[totally-wrong-credential-id-with-hyphens]",
        "delete-wrong-id",
        "DeleteServiceSpecificCredential",
        &[USER, WRONG_ID],
    ),
    case(
        "test_user_match_id_mismatch[satisfiesregexbutstillinvalid]",
        "delete-wrong-id",
        "DeleteServiceSpecificCredential",
        &[USER, UNKNOWN_ID],
    ),
    case(
        "test_id_match_user_mismatch",
        "delete-wrong-user-name",
        "DeleteServiceSpecificCredential",
        &[("UserName", "wrong-user-name"), UNKNOWN_ID],
    ),
    case(
        "test_invalid_update_parameters",
        "update-invalid-status",
        "UpdateAccessKey",
        &[USER, ("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"), ("Status", "Invalid")],
    ),
];

#[test]
fn refusals_are_worded_as_aws_worded_them() {
    let Some(recorded) = recordings() else {
        println!(
            "{} recorded cases did not run: no iam-recorded-responses.json",
            CASES.len()
        );
        return;
    };
    for case in CASES {
        let mut client = Client::new();
        let account = client.engine.state().account_id().to_owned();
        client.user("ci");
        client.ok("CreateServiceSpecificCredential", &[USER, CODECOMMIT]);
        let params: Vec<(&str, String)> = case
            .params
            .iter()
            .map(|(name, value)| (*name, value.replace("ACCOUNT", &account)))
            .collect();
        let params: Vec<(&str, &str)> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let found = client.refused(case.action, &params);
        assert_eq!(
            found,
            expected(&recorded, case, &account),
            "{} {}",
            case.test,
            case.step
        );
    }
}

fn recordings() -> Option<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let dir = std::env::var_os("CIUSER_CONFORMANCE_DATA").map_or(beside, PathBuf::from);
    let text = std::fs::read_to_string(dir.join("iam-recorded-responses.json")).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

/// Returns what was recorded, with this account and these names in the place of the recording's placeholders.
fn expected(recorded: &Value, case: &Case, account: &str) -> Refused {
    let tests = recorded["recorded"].as_object().unwrap();
    let (_, test) = tests
        .iter()
        .find(|(name, _)| name.ends_with(&format!("::{}", case.test)))
        .unwrap();
    let step = &test["recorded-content"][case.step];
    let message = step["Error"]["Message"].as_str().unwrap();
    let message = message.replace("<partition>", "aws").replace("111111111111", account);
    Refused {
        status: u16::try_from(step["ResponseMetadata"]["HTTPStatusCode"].as_u64().unwrap()).unwrap(),
        code: step["Error"]["Code"].as_str().unwrap().to_owned(),
        message: message.replace("<policy-name:1>", "deploy"),
    }
}
