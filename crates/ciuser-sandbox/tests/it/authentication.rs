//! Who may ask: signatures, keys, session tokens, and what the log says about it.

use bytes::Bytes;
use ciuser_sandbox::{Decision, Request};

use crate::client::{Client, read, refused, sign};

const INVALID: &str = "The security token included in the request is invalid.";

#[test]
fn the_administrator_is_a_role_session() {
    let mut client = Client::new();
    let account = client.engine.state().account_id().to_owned();
    let caller = client.caller().unwrap();
    assert_eq!(
        caller.text("Arn"),
        format!("arn:aws:sts::{account}:assumed-role/SandboxAdmin/you")
    );
    assert_eq!(caller.text("Account"), account);
    let id = caller.text("UserId");
    assert!(id.starts_with("AROA") && id.ends_with(":you"), "{id}");
}

#[test]
fn a_new_key_is_its_users_identity_in_every_region() {
    let mut client = Client::new();
    client.ok("CreateUser", &[("UserName", "CI_USER"), ("Path", "/ci/")]);
    let id = client.ok("GetUser", &[("UserName", "CI_USER")]).text("User/UserId");
    client.credentials = client.key_of("CI_USER");
    let account = client.engine.state().account_id().to_owned();
    for region in ["us-east-1", "eu-west-1"] {
        client.region = region.to_owned();
        let caller = client.caller().unwrap();
        assert_eq!(caller.text("Arn"), format!("arn:aws:iam::{account}:user/ci/CI_USER"));
        assert_eq!(caller.text("UserId"), id);
    }
}

#[test]
fn the_answer_has_the_envelope_and_headers_of_aws() {
    let mut client = Client::new();
    let request = client.request("iam", "2010-05-08", "ListUsers", &[]);
    let response = client.response(&request);
    let id = response.headers()["x-amzn-requestid"].to_str().unwrap();
    assert_eq!(response.headers()["content-type"], "text/xml");
    assert_eq!(response.headers()["date"], "Mon, 23 Nov 2026 10:00:00 GMT");
    let expected = format!(
        "<ListUsersResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListUsersResult><Users></Users>\
         <IsTruncated>false</IsTruncated></ListUsersResult><ResponseMetadata><RequestId>{id}</RequestId>\
         </ResponseMetadata></ListUsersResponse>"
    );
    assert_eq!(response.body(), &expected);
}

#[test]
fn an_operation_without_result_has_no_result_element() {
    let mut client = Client::new();
    client.user("ci");
    let request = client.request("iam", "2010-05-08", "DeleteUser", &[("UserName", "ci")]);
    let response = client.response(&request);
    let id = response.headers()["x-amzn-requestid"].to_str().unwrap();
    let expected = format!(
        "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata><RequestId>{id}\
         </RequestId></ResponseMetadata></DeleteUserResponse>"
    );
    assert_eq!(response.body(), &expected);
}

#[test]
fn a_refusal_has_the_envelope_of_aws() {
    let mut client = Client::new();
    let request = client.request("iam", "2010-05-08", "GetUser", &[("UserName", "x")]);
    let response = client.response(&request);
    let id = response.headers()["x-amzn-requestid"].to_str().unwrap();
    let expected = format!(
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
         <Code>NoSuchEntity</Code><Message>The user with name x cannot be found.</Message></Error>\
         <RequestId>{id}</RequestId></ErrorResponse>"
    );
    assert_eq!(
        (response.status().as_u16(), response.body().as_ref()),
        (404, expected.as_bytes())
    );
}

#[test]
fn an_unsigned_request_is_refused() {
    let mut client = Client::new();
    let body = Bytes::from_static(b"Action=ListUsers&Version=2010-05-08");
    let request = http::Request::post("/").body(body).unwrap();
    let expected = refused(
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
    assert_eq!(client.send(&request).unwrap_err(), expected);
}

#[test]
fn an_unknown_key_is_refused() {
    let mut client = Client::new();
    client.credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE".to_owned();
    assert_eq!(
        client.caller().unwrap_err(),
        refused(403, "InvalidClientTokenId", INVALID)
    );
}

#[test]
fn a_session_key_needs_its_own_token() {
    let mut client = Client::new();
    let expected = refused(403, "InvalidClientTokenId", INVALID);
    for token in [None, Some("FwoGZXIvYXdzEXAMPLE".to_owned())] {
        client.credentials.session_token = token;
        assert_eq!(client.caller().unwrap_err(), expected);
    }
    client.user_key_with_a_token_is_refused();
}

impl Client {
    fn user_key_with_a_token_is_refused(&mut self) {
        self.credentials = self.engine.state().admin_session().clone();
        self.user("ci");
        self.credentials = self.key_of("ci");
        self.credentials.session_token = Some("FwoGZXIvYXdzEXAMPLE".to_owned());
        assert_eq!(
            self.caller().unwrap_err(),
            refused(403, "InvalidClientTokenId", INVALID)
        );
    }
}

#[test]
fn a_wrong_secret_is_refused() {
    let mut client = Client::new();
    client.credentials.secret_access_key.push('x');
    let message = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                   Access Key and signing method. Consult the service documentation for details.";
    assert_eq!(
        client.caller().unwrap_err(),
        refused(403, "SignatureDoesNotMatch", message)
    );
}

#[test]
fn a_body_changed_after_signing_is_refused_and_not_applied() {
    let mut client = Client::new();
    let request = client.request("iam", "2010-05-08", "CreateUser", &[("UserName", "ci")]);
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(body.to_vec())
        .unwrap()
        .replace("UserName=ci", "UserName=me");
    let changed = Request::from_parts(parts, Bytes::from(body));
    assert_eq!(client.send(&changed).unwrap_err().code, "SignatureDoesNotMatch");
    assert!(client.ok("ListUsers", &[]).texts("Users/member").is_empty());
}

#[test]
fn a_signature_made_for_another_service_is_refused() {
    let mut client = Client::new();
    let body = "Action=ListUsers&Version=2010-05-08".to_owned();
    let request = sign(&client.credentials, "us-east-1", "sts", client.now, body);
    let message = "Credential should be scoped to correct service: 'iam'.";
    assert_eq!(
        client.send(&request).unwrap_err(),
        refused(403, "SignatureDoesNotMatch", message)
    );
}

#[test]
fn a_signature_of_more_than_five_minutes_ago_has_expired() {
    let mut client = Client::new();
    let request = client.request("iam", "2010-05-08", "ListUsers", &[]);
    client.wait(301_000);
    let message =
        "Signature expired: 20261123T100000Z is now earlier than 20261123T100001Z (20261123T100501Z - 5 min.)";
    assert_eq!(
        client.send(&request).unwrap_err(),
        refused(403, "SignatureDoesNotMatch", message)
    );
}

#[test]
fn an_authorization_header_without_its_parts_is_incomplete() {
    let mut client = Client::new();
    let request = http::Request::post("/")
        .header("authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e")
        .body(Bytes::from_static(b"Action=ListUsers&Version=2010-05-08"))
        .unwrap();
    let message = "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' \
                   parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
    assert_eq!(
        client.send(&request).unwrap_err(),
        refused(400, "IncompleteSignature", message)
    );
}

#[test]
fn unknown_actions_and_versions_are_refused() {
    let mut client = Client::new();
    let message = "Could not find operation CreateRole for version 2010-05-08";
    assert_eq!(
        client.refused("CreateRole", &[]),
        refused(400, "InvalidAction", message)
    );
    let request = client.request("iam", "2009-01-01", "ListUsers", &[]);
    let message = "Could not find operation ListUsers for version 2009-01-01";
    assert_eq!(
        client.send(&request).unwrap_err(),
        refused(400, "InvalidAction", message)
    );
    let request = client.request("sts", "2011-06-15", "AssumeRole", &[]);
    let message = "Could not find operation AssumeRole for version 2011-06-15";
    assert_eq!(
        client.send(&request).unwrap_err(),
        refused(400, "InvalidAction", message)
    );
}

#[test]
fn every_request_is_in_the_log_with_what_the_gate_said() {
    let mut client = Client::new();
    client.caller().unwrap();
    client.credentials.secret_access_key.push('x');
    client.caller().unwrap_err();
    let account = client.engine.state().account_id().to_owned();
    let log: Vec<_> = client.engine.state().log().cloned().collect();
    let admin = format!("arn:aws:sts::{account}:assumed-role/SandboxAdmin/you");
    assert_eq!(
        (log[0].action.as_str(), &log[0].decision),
        ("sts:GetCallerIdentity", &Decision::Allowed)
    );
    assert_eq!(log[0].principal, Some(admin));
    assert_eq!(
        log[1].decision,
        Decision::NotAuthenticated("SignatureDoesNotMatch".to_owned())
    );
    assert_eq!((log.len(), &log[1].principal), (2, &None));
}

#[test]
fn the_log_keeps_the_latest_500_requests() {
    let mut client = Client::new();
    for number in 0..501 {
        let service = if number == 0 {
            ("sts", "2011-06-15")
        } else {
            ("iam", "2010-05-08")
        };
        let request = client.request(service.0, service.1, "ListUsers", &[]);
        client.answer(&request);
    }
    let log: Vec<_> = client.engine.state().log().collect();
    assert_eq!((log.len(), log[0].action.as_str()), (500, "iam:ListUsers"));
}

#[test]
fn no_debug_output_contains_a_secret() {
    let client = Client::new();
    let session = client.engine.state().admin_session();
    let shown = format!("{session:?}");
    assert!(!shown.contains(&session.secret_access_key) && !shown.contains(session.session_token.as_ref().unwrap()));
}

#[test]
fn serve_gets_a_real_user_with_a_key_and_makes_it_only_once() {
    let mut client = Client::new();
    let first = client.engine.ensure_admin_user(client.now, &mut |bytes| bytes.fill(7));
    let second = client.engine.ensure_admin_user(client.now, &mut |bytes| bytes.fill(8));
    assert!(first == second);
    assert_eq!(
        client.ok("ListUsers", &[]).texts("Users/member/UserName"),
        ["sandbox-admin"]
    );
    client.credentials = first;
    assert!(client.caller().unwrap().text("Arn").ends_with(":user/sandbox-admin"));
}

#[test]
fn a_presigned_request_passes_until_it_expires() {
    let mut client = Client::new();
    let url = presigned(&client);
    let request = http::Request::get(&url).body(Bytes::new()).unwrap();
    assert!(read(&client.response(&request)).unwrap().text("Arn").ends_with("/you"));
    client.wait(61_000);
    let message =
        "Signature expired: 20261123T100000Z is now earlier than 20261123T100001Z (20261123T100101Z - 60 sec.)";
    assert_eq!(
        client.send(&request).unwrap_err(),
        refused(403, "SignatureDoesNotMatch", message)
    );
}

fn presigned(client: &Client) -> String {
    use crate::client::{encoded, signature};
    use sha2::{Digest, Sha256};
    let credentials = &client.credentials;
    let scope = "20261123/eu-west-1/sts/aws4_request";
    let query = format!(
        "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}\
         &X-Amz-Date=20261123T100000Z&X-Amz-Expires=60&X-Amz-Security-Token={}&X-Amz-SignedHeaders=host",
        encoded(&format!("{}/{scope}", credentials.access_key_id)),
        encoded(credentials.session_token.as_deref().unwrap()),
    );
    let canonical = format!(
        "GET\n/\n{query}\nhost:sts.eu-west-1.amazonaws.com\n\nhost\n{}",
        hex::encode(Sha256::digest(""))
    );
    let signature = signature(&credentials.secret_access_key, "20261123T100000Z", scope, &canonical);
    format!("https://sts.eu-west-1.amazonaws.com/?{query}&X-Amz-Signature={signature}")
}
