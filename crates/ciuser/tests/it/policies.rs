//! `ciuser policies`: the policy engine on the command line.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::program::{Ended, Home};

const DEPLOY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Write",
      "Effect": "Allow",
      "Action": ["s3:PutObject", "s3:DeleteObject"],
      "Resource": "arn:aws:s3:::storefront/*",
      "Condition": { "StringEquals": { "aws:RequestedRegion": "eu-west-1" } }
    },
    { "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::storefront" },
    { "Sid": "Keep", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::storefront/legal/*" }
  ]
}"#;

/// What a pipeline of a static site does.
const FIVE: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Deploy", "Effect": "Allow", "Action": [
    "s3:ListBucket", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "cloudfront:CreateInvalidation"],
    "Resource": "*"}]}"#;

/// As short as it gets.
const SHORT: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;

/// Longer than it need be.
const LONG: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectAcl"], "Resource": "*" },
    { "Sid": "ReadAll", "Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": ["*", "arn:aws:s3:::a"] },
    { "Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:PurgeQueue"], "Resource": "*" }
  ]
}"#;

fn home(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    for (name, text) in files {
        fs::write(home.path(name), text).unwrap();
    }
    home
}

/// The arguments behind `ciuser policies`.
fn policies(line: &str) -> Vec<&str> {
    std::iter::once("policies").chain(line.split_whitespace()).collect()
}

/// Both streams and the exit code.
fn seen(ended: &Ended) -> String {
    format!("{}-- stderr\n{}-- exit code {}", ended.stdout, ended.stderr, ended.code)
}

#[test]
fn requests_are_decided_with_their_reasons() {
    let home = home(&[("deploy.json", DEPLOY)]);
    let ended = home.ciuser(&policies(
        "simulate --policy deploy.json --boundary AmazonS3ReadOnlyAccess
         --action s3:PutObject s3:DeleteObject s3:ListBucket
         --resource arn:aws:s3:::storefront arn:aws:s3:::storefront/legal/terms.html --expect denied",
    ));
    assert_snapshot!(seen(&ended), @r"
      arn:aws:s3:::storefront
      decision      action           why
      ImplicitDeny  s3:PutObject     not allowed by the identity-based policies nor by the permissions
                                     boundary; `Write` of `deploy.json` would, but for its resources
                                     and its condition on `aws:RequestedRegion`
      ImplicitDeny  s3:DeleteObject  not allowed by the identity-based policies nor by the permissions
                                     boundary; `Write` of `deploy.json` would, but for its resources
                                     and its condition on `aws:RequestedRegion`
      Allowed       s3:ListBucket    statement 2 of `deploy.json` and statement 1 of the boundary
                                     `AmazonS3ReadOnlyAccess`

      arn:aws:s3:::storefront/legal/terms.html
      decision      action           why
      ImplicitDeny  s3:PutObject     not allowed by the identity-based policies nor by the permissions
                                     boundary; `Write` of `deploy.json` would, but for its condition on
                                     `aws:RequestedRegion`
      ExplicitDeny  s3:DeleteObject  `Keep` of `deploy.json`
      ImplicitDeny  s3:ListBucket    not allowed by the identity-based policies; statement 2 of
                                     `deploy.json` would, but for its resources
    -- stderr

      1 Allowed, 1 ExplicitDeny, 4 ImplicitDeny
    ! warning: 1 of 6 requests are not denied
    -- exit code 4
    ");
}

#[test]
fn a_decision_in_json_names_statements_and_what_is_missing() {
    let home = home(&[("deploy.json", DEPLOY)]);
    let arguments = policies(
        "simulate --policy deploy.json --scp AdministratorAccess --scp ReadOnlyAccess --action s3:PutObject
         --resource arn:aws:s3:::storefront/a --context aws:RequestedRegion=eu-west-1",
    );
    let document = home.json(0, &arguments);
    let expected = json!({
        "format_version": 1,
        "kind": "simulate",
        "decisions": [{
            "decision": "ImplicitDeny",
            "action": "s3:PutObject",
            "resource": "arn:aws:s3:::storefront/a",
            "statements": [],
            "missing": [{ "layer": "service-control", "level": 1 }],
        }],
    });
    assert_eq!(document, expected);
}

#[test]
fn many_requests_are_decided_line_by_line_until_one_is_none() {
    let lines = [
        r#"{"action":"s3:ListBucket","resource":"arn:aws:s3:::storefront"}"#,
        r#"{"action":"s3:PutObject","resource":"arn:aws:s3:::storefront/a","context":{"aws:requestedregion":["eu-west-1"]}}"#,
        r#"{"action":"s3:*"}"#,
        r#"{"action":"s3:ListBucket"}"#,
    ];
    let home = home(&[("deploy.json", DEPLOY), ("asked.jsonl", &lines.join("\n"))]);
    let ended = home.ciuser(&policies("simulate --policy deploy.json --requests asked.jsonl"));
    assert_snapshot!(seen(&ended), @r#"
    {"decision":"Allowed","action":"s3:ListBucket","resource":"arn:aws:s3:::storefront","statements":[{"layer":"identity","policy":"deploy.json","number":2}],"missing":[]}
    {"decision":"Allowed","action":"s3:PutObject","resource":"arn:aws:s3:::storefront/a","statements":[{"layer":"identity","policy":"deploy.json","number":1,"sid":"Write"}],"missing":[]}
    -- stderr
    error: line 3 of `asked.jsonl`: `action` is `s3:*`: a pattern, not an action: requests name one
           action
    -- exit code 1
    "#);
}

#[test]
fn a_policy_within_two_others_is_proven_to_be() {
    let home = home(&[("five.json", FIVE)]);
    let ended = home.ciuser(&policies(
        "compare --old AmazonS3FullAccess CloudFrontFullAccess --new five.json",
    ));
    assert_snapshot!(seen(&ended), @r"
      ok proven: `five.json` grants nothing that `AmazonS3FullAccess` and `CloudFrontFullAccess` do not
    -- stderr
    -- exit code 0
    ");
}

#[test]
fn a_policy_that_grants_more_is_shown_to_by_a_request() {
    let home = home(&[("five.json", FIVE)]);
    let document = home.json(4, &policies("compare AmazonS3FullAccess five.json"));
    assert_eq!(
        (&document["proven"], &document["decided"]),
        (&json!(false), &json!(true))
    );
    let witness = &document["witness"];
    assert_eq!(witness["action"], "cloudfront:CreateInvalidation");
    assert_eq!(witness["confirmed"], true);
    let by = json!([{ "layer": "identity", "policy": "five.json", "number": 1, "sid": "Deploy" }]);
    assert_eq!(witness["statements"], by);
}

#[test]
fn policies_of_two_kinds_are_not_compared() {
    let trust =
        r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}"#;
    let home = home(&[("five.json", FIVE), ("trust.json", trust)]);
    let ended = home.ciuser(&policies("compare trust.json five.json"));
    assert_snapshot!(seen(&ended), @r"
    -- stderr
    error: policies of two kinds: `trust.json` (trust policy) and `five.json` (identity-based policy)
    hint: only policies of one kind compare; `--type` names it
    -- exit code 2
    ");
}

#[test]
fn a_policy_is_explained_by_service_and_by_statement() {
    let home = home(&[("deploy.json", DEPLOY)]);
    let ended = home.ciuser(&policies("explain deploy.json"));
    assert_snapshot!(seen(&ended), @r"
      deploy.json  identity-based policy, 403 characters

      service  on  when    allows
      s3       1   always  ListBucket
               1   if ...  DeleteObject, PutObject

      service  on  when    denies
      s3       1   always  DeleteObject

      1 Write allows
        actions   s3: DeleteObject, PutObject
        on        arn:aws:s3:::storefront/*
        if        `aws:RequestedRegion` is `eu-west-1`

      2 allows
        actions   s3: ListBucket
        on        arn:aws:s3:::storefront

      3 Keep denies
        actions   s3: DeleteObject
        on        arn:aws:s3:::storefront/legal/*
    -- stderr
    -- exit code 0
    ");
}

/// Harmless by itself each; together a way to more permissions.
fn two_halves() -> [(&'static str, &'static str); 2] {
    [
        (
            "pass.json",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::111122223333:role/admin",
    "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}]}"#,
        ),
        (
            "run.json",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}]}"#,
        ),
    ]
}

#[test]
fn all_faults_are_found_and_written_for_code_scanning() {
    let wrong = DEPLOY
        .replace("\"Effect\": \"Deny\", ", "")
        .replace("\"Write\"", "\"a b\"");
    let home = home(&[("deploy.json", DEPLOY), ("wrong.json", &wrong)]);
    let document = home.json(4, &policies("check deploy.json wrong.json --sarif found.sarif"));
    assert_eq!(document["policies"][0]["findings"], json!([]));
    let found = document["policies"][1]["findings"].as_array().unwrap();
    let ids: Vec<_> = found.iter().map(|finding| finding["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["MalformedPolicyDocument", "MalformedPolicyDocument"]);
    let sarif: Value = serde_json::from_str(&fs::read_to_string(home.path("found.sarif")).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let place = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!((&results[0]["level"], place), (&json!("error"), &json!("wrong.json")));
}

#[test]
fn a_finding_in_json_has_its_places_and_its_sources() {
    let text = FIVE.replace("s3:ListBucket", "s3:ListBuckets");
    let home = home(&[("five.json", &text)]);
    let document = home.json(4, &policies("check five.json"));
    let mut finding = document["policies"][0]["findings"][0].clone();
    assert!(finding["hint"].take().is_string());
    let expected = json!({
        "id": "unknown-action",
        "severity": "error",
        "message": "statement `Deploy`: unknown action `s3:ListBuckets`",
        "hint": null,
        "start": { "line": 2, "column": 5 },
        "end": { "line": 2, "column": 21 },
        "label": "no such action",
        "marks": [],
        "title": "An action, or a pattern of actions, is none that AWS has",
        "access_analyzer": ["Invalid action"],
        "benchmarks": [],
        "help": "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    });
    assert_eq!(finding, expected);
}

#[test]
fn what_policies_allow_together_is_found_within_the_boundary() {
    let home = home(&two_halves());
    assert_eq!(home.ciuser(&policies("check pass.json run.json")).code, 0);
    let ended = home.ciuser(&policies("check pass.json run.json --together"));
    assert_snapshot!(seen(&ended), @r#"
    security warning[escalate-instance]: `iam:PassRole` to `ec2.amazonaws.com` with `ec2:RunInstances`
                                         lets its holder run an instance of its own with any role that
                                         can be passed to EC2
     --> pass.json:1:71
      |
    1 | {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PassRole",
      |                                                                       ^^^^^^^^^^^^^^
      |
     ::: run.json:1:71
      |
    1 | ...ct": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}]}
      |                            ------------------ and `ec2:RunInstances`
      |
      = hint: allow one of them less: on named resources, under a condition, or not at all
              (pathfinding.cloud ec2-001)

    -- stderr
      2 policies checked: 1 security warning
    -- exit code 4
    "#);
    let bounded = home.ciuser(&policies(
        "check pass.json run.json --together --boundary AmazonS3FullAccess",
    ));
    assert_snapshot!(seen(&bounded), @r"
    -- stderr
      2 policies checked: nothing found
    -- exit code 0
    ");
}

#[test]
fn only_policies_that_a_user_can_have_are_taken_together() {
    let trust =
        r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}"#;
    let home = home(&[("trust.json", trust)]);
    let ended = home.ciuser(&policies("check trust.json --together"));
    assert_snapshot!(seen(&ended), @r"
    -- stderr
    error: `trust.json` is a trust policy: no user has it
    hint: `--together` is for identity-based policies
    -- exit code 2
    ");
}

#[test]
fn a_person_chooses_what_fails() {
    let home = home(&[]);
    for (fail_on, code) in [("error", 0), ("security-warning", 0), ("warning", 4), ("suggestion", 4)] {
        let line = format!("check AmazonS3FullAccess --fail-on {fail_on}");
        let ended = home.ciuser(&policies(&line));
        assert_eq!(
            (ended.code, ended.stderr.as_str()),
            (code, "  1 policy checked: 1 warning\n"),
            "{fail_on}"
        );
    }
}

#[test]
fn a_policy_is_printed_shorter_and_said_to_mean_the_same() {
    let home = home(&[("long.json", LONG)]);
    let ended = home.ciuser(&policies("minimise long.json"));
    assert_snapshot!(seen(&ended), @r#"
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": [
                "s3:Get*",
                "s3:List*",
                "sqs:SendMessage",
                "sqs:PurgeQueue"
            ],
            "Resource": "*"
        }
    }
    -- stderr

      ok long.json  310 -> 137 characters (56 % saved), proven to mean the same; 2 % of the 6,144 for a
                    managed policy, 7 % of the 2,048 for a user's inline policies
    -- exit code 0
    "#);
    let ended = home.ciuser(&policies("minimise long.json --allow-future --keep-sids"));
    assert_snapshot!(seen(&ended), @r#"
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadAll",
                "Effect": "Allow",
                "Action": [
                    "s3:Get*",
                    "s3:List*"
                ],
                "Resource": "*"
            },
            {
                "Effect": "Allow",
                "Action": [
                    "sqs:SendMessage",
                    "sqs:PurgeQueue"
                ],
                "Resource": "*"
            }
        ]
    }
    -- stderr

      ok long.json  310 -> 200 characters (35 % saved), proven to mean the same for the actions that
                    AWS has now; 3 % of the 6,144 for a managed policy, 10 % of the 2,048 for a user's
                    inline policies
    -- exit code 0
    "#);
}

#[test]
fn files_are_written_only_when_they_get_shorter() {
    let home = home(&[("long.json", LONG), ("short.json", SHORT)]);
    let check = home.ciuser(&policies("minimise long.json short.json --check"));
    assert_snapshot!(seen(&check), @r"
    -- stderr
      ok long.json  310 -> 137 characters (56 % saved), proven to mean the same; 2 % of the 6,144 for a
                    managed policy, 7 % of the 2,048 for a user's inline policies
      ok short.json  94 characters, as short as it gets; 2 % of the 6,144 for a managed policy, 5 % of
                     the 2,048 for a user's inline policies
      1 of 2 could be shorter
    -- exit code 4
    ");
    assert_eq!(fs::read_to_string(home.path("long.json")).unwrap(), LONG);
    let mode = |name: &str| fs::metadata(home.path(name)).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(home.path("long.json"), fs::Permissions::from_mode(0o640)).unwrap();
    let write = home.ciuser(&policies("minimise long.json short.json --write"));
    assert_snapshot!(seen(&write), @r"
    -- stderr
      ok long.json  310 -> 137 characters (56 % saved), proven to mean the same; 2 % of the 6,144 for a
                    managed policy, 7 % of the 2,048 for a user's inline policies
      ok short.json  94 characters, as short as it gets; 2 % of the 6,144 for a managed policy, 5 % of
                     the 2,048 for a user's inline policies
      1 of 2 rewritten
    -- exit code 0
    ");
    assert_eq!(mode("long.json"), 0o640);
    assert_eq!(fs::read_to_string(home.path("short.json")).unwrap(), SHORT);
    assert_eq!(home.ciuser(&policies("minimise long.json short.json --check")).code, 0);
}

#[test]
fn many_minimised_policies_need_files_or_json() {
    let home = home(&[("long.json", LONG), ("five.json", FIVE)]);
    assert_snapshot!(seen(&home.ciuser(&policies("minimise long.json five.json"))), @r"
    -- stderr
    error: several documents cannot be printed at once
    hint: `--write` rewrites the files; `--output json` prints all
    -- exit code 2
    ");
    assert_snapshot!(seen(&home.ciuser(&policies("minimise AmazonS3FullAccess long.json --write"))), @r"
    -- stderr
    error: `--write` rewrites files, and `AmazonS3FullAccess` is none
    -- exit code 2
    ");
    let document = home.json(0, &policies("minimise long.json five.json AmazonS3FullAccess"));
    let first = &document["policies"][0];
    assert_eq!((&first["size_before"], &first["size"]), (&json!(310), &json!(137)));
    assert_eq!(
        (&first["policy"], &first["proven"]),
        (&json!("long.json"), &json!("every-request"))
    );
    assert_eq!(document["policies"].as_array().map(Vec::len), Some(3));
}
