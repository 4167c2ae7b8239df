//! How a call of IAM or STS fails: what it means, how far the request came, what a person can do.

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

    /// Returns what a person can do about it, where that does not depend on what was asked.
    pub fn hint(&self) -> Option<&'static str> {
        match self.kind {
            IamErrorKind::AccessDenied => Some("the caller needs this permission; `--profile` chooses another caller"),
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
        }
    }

    /// Tells whether the service says that the thing does not exist.
    pub fn is_no_such_entity(&self) -> bool {
        self.kind == IamErrorKind::NoSuchEntity
    }
}
