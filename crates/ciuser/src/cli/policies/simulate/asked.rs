//! What is asked: who makes requests, in which circumstances, and whether a text is an action or a resource at all.

use ciuser_policy::request::{Context, Principal, Request};

/// What every request has that does not say otherwise.
#[derive(Debug, Default)]
pub(super) struct Circumstances {
    /// Who asks.
    pub(super) principal: Option<Principal>,
    /// The account of the resource.
    pub(super) resource_account: Option<String>,
    /// Condition keys.
    pub(super) context: Context,
}

/// What one request says itself.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// Who asks.
    pub(super) principal: Option<Principal>,
    /// The account of the resource.
    pub(super) resource_account: Option<String>,
    /// Condition keys.
    pub(super) context: Context,
}

impl Circumstances {
    /// Makes a request. Condition keys that follow from who asks are added where nobody gives them.
    pub(super) fn request(&self, action: &str, resource: &str, own: Own) -> Request {
        let mut context = own.context;
        add_missing(&mut context, &self.context);
        let mut request = Request::new(action, resource);
        if let Some(principal) = own.principal.or_else(|| self.principal.clone()) {
            add_missing(&mut context, &principal.context());
            request = request.by(principal);
        }
        if let Some(account) = own.resource_account.as_ref().or(self.resource_account.as_ref()) {
            request = request.in_account(account);
        }
        request.with_context(context)
    }
}

fn add_missing(context: &mut Context, more: &Context) {
    for (key, values) in more.iter() {
        if context.values(key).is_empty() {
            for value in values {
                context.add(key, value.clone());
            }
        }
    }
}

/// Reads `KEY=VALUE`.
pub(super) fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("not of the form KEY=VALUE, as in `aws:RequestedRegion=eu-west-1`".to_owned()),
    }
}

/// Takes the name of one action.
pub(super) fn action(text: &str) -> Result<String, String> {
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    match text.split_once(':') {
        Some((service, action)) if is_name(service) && is_name(action) => Ok(text.to_owned()),
        _ if text.contains(['*', '?']) => Err("a pattern, not an action: requests name one action".to_owned()),
        _ => Err("no action, as `s3:GetObject` is one".to_owned()),
    }
}

/// Takes an ARN, or `*`.
pub(super) fn resource(text: &str) -> Result<String, String> {
    if text == "*" || text.starts_with("arn:") {
        Ok(text.to_owned())
    } else {
        Err("neither an ARN nor `*`".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_says_itself_wins_and_the_principals_keys_fill_the_gaps() {
        let circumstances = Circumstances {
            principal: Principal::from_arn("arn:aws:iam::111122223333:user/you").ok(),
            resource_account: None,
            context: [("aws:RequestedRegion", "eu-west-1"), ("aws:username", "me")]
                .into_iter()
                .collect(),
        };
        let own = Own {
            context: [("AWS:requestedregion", "us-east-1")].into_iter().collect(),
            ..Own::default()
        };
        let request = circumstances.request("s3:GetObject", "*", own);
        let context = request.context();
        assert_eq!(context.values("aws:RequestedRegion"), ["us-east-1"]);
        assert_eq!(context.values("aws:username"), ["me"]);
        assert_eq!(context.values("aws:PrincipalType"), ["User"]);
    }

    #[test]
    fn a_pattern_is_no_action() {
        assert_eq!(action("s3:GetObject").as_deref(), Ok("s3:GetObject"));
        for text in ["s3:*", "s3", "s3:", ":GetObject", "s3:Get Object", "a:b:c"] {
            assert!(action(text).is_err(), "{text}");
        }
    }
}
