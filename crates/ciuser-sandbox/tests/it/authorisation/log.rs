//! What the log says about decisions.

use ciuser_sandbox::{Check, Decision, Denial, LogEntry, Statement};

use super::Me;

fn last(me: &Me) -> LogEntry {
    me.admin.engine.state().log().last().unwrap().clone()
}

fn check(action: &str, resource: &str, statement: Option<(&str, Option<&str>, usize)>) -> Check {
    let statement = statement.map(|(policy, sid, number)| Statement {
        policy: policy.to_owned(),
        sid: sid.map(str::to_owned),
        number,
    });
    Check {
        action: action.to_owned(),
        resource: resource.to_owned(),
        statement,
    }
}

#[test]
fn the_log_says_which_statement_allowed_each_thing() {
    let mut me = Me::with(
        r#"{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"},{"Sid":"Tags","Effect":"Allow","Action":"iam:Tag*","Resource":"*"}"#,
    );
    let tag = [("Tags.member.1.Key", "env"), ("Tags.member.1.Value", "test")];
    me.ok("CreateUser", &[&[("UserName", "ada")], &tag[..]].concat());
    let entry = last(&me);
    let arn = format!("arn:aws:iam::{}:user/ada", me.admin.account());
    assert_eq!(
        (entry.action.as_str(), entry.decision),
        ("iam:CreateUser", Decision::Allowed)
    );
    assert_eq!(
        entry.checks,
        [
            check("iam:CreateUser", &arn, Some(("user me: test", None, 1))),
            check("iam:TagUser", &arn, Some(("user me: test", Some("Tags"), 2))),
        ]
    );
}

#[test]
fn the_log_says_what_was_denied_and_by_what() {
    let mut me = Me::new();
    me.denied("ListUsers", &[]);
    let entry = last(&me);
    assert_eq!(entry.decision, Decision::Denied(Denial::ImplicitDeny));
    assert_eq!(entry.checks, [check("iam:ListUsers", "*", None)]);

    let arn = "arn:aws:iam::aws:policy/AWSDenyAll";
    me.admin
        .ok("AttachUserPolicy", &[("UserName", "me"), ("PolicyArn", arn)]);
    me.denied("ListUsers", &[]);
    let entry = last(&me);
    assert_eq!(entry.decision, Decision::Denied(Denial::ExplicitDeny));
    assert_eq!(
        entry.checks,
        [check("iam:ListUsers", "*", Some((arn, Some("DenyAll"), 1)))]
    );
}

#[test]
fn the_administrators_session_is_allowed_by_its_policy_too() {
    let mut me = Me::new();
    me.admin.ok("ListUsers", &[]);
    let policy = ("arn:aws:iam::aws:policy/AdministratorAccess", None, 1);
    assert_eq!(last(&me).checks, [check("iam:ListUsers", "*", Some(policy))]);
}

#[test]
fn an_invalid_request_was_asked_of_no_policy() {
    let mut me = Me::new();
    me.call("DeleteUser", &[]).unwrap_err();
    let entry = last(&me);
    assert_eq!(entry.decision, Decision::Invalid("ValidationError".to_owned()));
    assert_eq!(entry.checks, []);
}
