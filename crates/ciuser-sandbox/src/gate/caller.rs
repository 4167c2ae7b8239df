//! Who asks, as policies see them: the policies and the condition keys of a caller.
//!
//! Not set, as AWS does not set them for such callers: `aws:MultiFactorAuthPresent` for long-term keys, the keys of
//! organisations, of VPC endpoints and of federation. Sources: IAM User Guide, "AWS global condition context keys".

use std::borrow::Cow;

use ciuser_policy::request::{self, Context};
use http::header::USER_AGENT;
use jiff::Timestamp;

use super::{WrittenPolicies, WrittenPolicy};
use crate::Request;
use crate::principal::Principal;
use crate::state::State;

/// What the role of the administrator's session has: `AdministratorAccess`, written out so that a command of the
/// administrator does not unpack the catalogue for it.
const ADMINISTRATOR: WrittenPolicy<'static> = WrittenPolicy {
    name: Cow::Borrowed("arn:aws:iam::aws:policy/AdministratorAccess"),
    text: Cow::Borrowed(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#),
};

impl Principal {
    /// Returns the caller as the policy engine knows it.
    pub(super) fn as_in_policies(&self, account_id: &str) -> request::Principal {
        let account = account_id.to_owned();
        match self {
            Principal::Root => request::Principal::Root {
                partition: "aws".to_owned(),
                account,
            },
            Principal::AdminSession { .. } => request::Principal::RoleSession {
                arn: self.arn(account_id),
                role_arn: format!("arn:aws:iam::{account_id}:role/SandboxAdmin"),
                account,
            },
            Principal::User { .. } => request::Principal::User {
                arn: self.arn(account_id),
                account,
            },
        }
    }

    /// Returns the policies that decide what the caller may do; root needs none.
    pub(super) fn policies<'a>(&self, state: &'a State) -> WrittenPolicies<'a> {
        match self {
            Principal::Root => WrittenPolicies::default(),
            Principal::AdminSession { .. } => WrittenPolicies {
                identity: vec![ADMINISTRATOR],
                boundary: None,
            },
            Principal::User { name, .. } => state.iam.policies_of(name, &state.account_id),
        }
    }
}

/// Returns the condition keys that a request has whatever it asks for.
pub(super) fn context(state: &State, now: Timestamp, request: &Request, caller: &Principal) -> Context {
    let mut context = caller.as_in_policies(&state.account_id).context();
    context.add("aws:userid", caller.user_id(&state.account_id));
    context.add("aws:PrincipalIsAWSService", "false");
    context.add("aws:ViaAWSService", "false");
    if let Principal::User { name, .. } = caller {
        for (key, value) in state.iam.tags_of_user(name) {
            context.add(&format!("aws:PrincipalTag/{key}"), value);
        }
    }
    context.add("aws:CurrentTime", now.to_string());
    context.add("aws:EpochTime", now.as_second().to_string());
    // The sandbox stands for an endpoint that takes HTTPS only, and whoever asks it is on this machine.
    context.add("aws:SecureTransport", "true");
    context.add("aws:SourceIp", "127.0.0.1");
    // IAM has one endpoint, and it is there.
    context.add("aws:RequestedRegion", "us-east-1");
    if let Some(agent) = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()) {
        context.add("aws:UserAgent", agent);
    }
    context
}

#[cfg(test)]
mod tests {
    use ciuser_policy::catalogue::Catalogue;
    use ciuser_policy::document::PolicyDocument;

    use super::ADMINISTRATOR;

    #[test]
    fn the_administrators_policy_is_the_one_of_the_catalogue() {
        let policy = Catalogue::embedded().by_name("AdministratorAccess").unwrap();
        let written = PolicyDocument::parse(&ADMINISTRATOR.text).unwrap();
        assert_eq!(policy.arn("aws"), ADMINISTRATOR.name);
        assert!(written.same_as_text(policy.document()));
    }
}
