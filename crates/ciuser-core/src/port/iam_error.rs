//! How a call of IAM or STS fails: what it means, how far the request came, what a person can do.

use std::borrow::Cow;

/// How far a request came: what decides whether it may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It failed before the first byte was sent: nothing happened.
    NotSent,
    /// The service answered with an error: it was refused, nothing happened.
    Refused,
    /// The answer was lost, or was a 5xx: it may have been carried out.
    Unknown,
}

/// What an error of IAM or STS means to ciuser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IamErrorKind {
    /// `NoSuchEntity`.
    NoSuchEntity,
    /// `EntityAlreadyExists`.
    EntityAlreadyExists,
    /// `LimitExceeded`.
    LimitExceeded,
    /// `AccessDenied`.
    AccessDenied,
    /// `Throttling` and its kin.
    Throttling,
    /// `InvalidClientTokenId` and its kin: the key is not known (yet), or is inactive.
    InvalidClientTokenId,
    /// The endpoint does not know the operation.
    InvalidAction,
    /// No answer, or one that could not be read.
    NoAnswer,
    /// No credentials, or expired ones.
    Credentials,
    /// Anything else; the code says what.
    Other,
}

/// An error of IAM or STS: code, message and request id, never a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct IamError {
    /// What it means.
    pub kind: IamErrorKind,
    /// How far the request came.
    pub reached: Reached,
    /// The service's code, if it answered.
    pub code: Option<String>,
    /// The service's message, or what went wrong on the way.
    pub message: String,
    /// The request id, if there was an answer.
    pub request_id: Option<String>,
}

impl IamError {
    fn sentence(&self) -> String {
        let code = self.code.as_deref().map(|code| format!("{code}: ")).unwrap_or_default();
        let id = self
            .request_id
            .as_deref()
            .map(|id| format!(" (request id {id})"))
            .unwrap_or_default();
        format!("{code}{}{id}", self.message.trim_end_matches('.'))
    }

    /// Returns the permission that is missing, as AWS names it when it denies: `iam:TagUser` for a `CreateUser` with tags.
    ///
    /// Source: IAM User Guide, "Troubleshoot access denied error messages".
    pub fn missing_permission(&self) -> Option<&str> {
        let (_, rest) = self.message.split_once("is not authorized to perform: ")?;
        rest.split_whitespace().next()
    }

    /// Returns what a person can do about it, where that does not depend on what was asked.
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        let hint = match self.kind {
            IamErrorKind::AccessDenied => return Some(self.hint_of_denial().into()),
            IamErrorKind::Throttling => Some("AWS asks for fewer requests; wait a minute"),
            IamErrorKind::NoAnswer if self.reached == Reached::NotSent => {
                Some("check the network, and the endpoint if one is set")
            }
            IamErrorKind::NoAnswer => Some("check the network, and what stands between, such as a proxy"),
            IamErrorKind::InvalidAction => Some("the endpoint does not serve this call; is it AWS?"),
            IamErrorKind::NoSuchEntity
            | IamErrorKind::EntityAlreadyExists
            | IamErrorKind::LimitExceeded
            | IamErrorKind::InvalidClientTokenId
            | IamErrorKind::Credentials
            | IamErrorKind::Other => None,
        };
        hint.map(Cow::Borrowed)
    }

    fn hint_of_denial(&self) -> String {
        if self.message.contains("with an explicit deny") {
            return "a policy denies it, whatever others allow; `--profile` chooses another caller".to_owned();
        }
        let permission = match self.missing_permission() {
            Some(permission) => format!("the permission `{permission}`"),
            None => "this permission".to_owned(),
        };
        format!("the caller needs {permission}; `--profile` chooses another caller")
    }

    /// Tells whether the service says that the thing does not exist.
    pub fn is_no_such_entity(&self) -> bool {
        self.kind == IamErrorKind::NoSuchEntity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(message: &str) -> IamError {
        IamError {
            kind: IamErrorKind::AccessDenied,
            reached: Reached::Refused,
            code: Some("AccessDenied".to_owned()),
            message: message.to_owned(),
            request_id: None,
        }
    }

    #[test]
    fn the_missing_permission_is_the_one_that_aws_names() {
        let error = denied(
            "User: arn:aws:iam::111122223333:user/me is not authorized to perform: iam:TagUser on resource: \
             arn:aws:iam::111122223333:user/CI_USER because no identity-based policy allows the iam:TagUser action",
        );
        assert_eq!(error.missing_permission(), Some("iam:TagUser"));
        let hint = "the caller needs the permission `iam:TagUser`; `--profile` chooses another caller";
        assert_eq!(error.hint().as_deref(), Some(hint));
    }

    #[test]
    fn a_denial_without_words_names_nothing() {
        let error = denied("Access denied");
        assert_eq!(error.missing_permission(), None);
        let hint = "the caller needs this permission; `--profile` chooses another caller";
        assert_eq!(error.hint().as_deref(), Some(hint));
    }

    #[test]
    fn no_permission_helps_against_an_explicit_deny() {
        let error = denied(
            "User: arn:aws:iam::111122223333:user/me is not authorized to perform: iam:CreateUser on resource: \
             arn:aws:iam::111122223333:user/CI_USER with an explicit deny in a permissions boundary",
        );
        let hint = "a policy denies it, whatever others allow; `--profile` chooses another caller";
        assert_eq!(error.hint().as_deref(), Some(hint));
    }
}
