//! IAM over the SDK: one method, one operation.
//!
//! Reads and idempotent writes are sent again by the SDK when an answer was lost, so a removal may answer
//! `NoSuchEntity` because an earlier attempt of the same call did it. The three that create are sent by
//! [`crate::attempt::once`].

mod answer;
mod calls;
mod credentials;

use std::rc::Rc;

use aws_sdk_iam::Client;
use aws_sdk_iam::config::Builder;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ciuser_core::port::{Clock, IamError};

pub(crate) use answer::timestamp;

use crate::error;
use crate::session::Session;
use crate::too_many::TooManyRequests;

/// IAM of the account that a session belongs to.
pub struct AwsIam {
    sdk: Client,
    clock: Rc<dyn Clock>,
    profile: Option<String>,
}

impl AwsIam {
    pub(crate) fn new(session: &Session, clock: Rc<dyn Clock>) -> AwsIam {
        let config = Builder::from(session.config()).retry_classifier(TooManyRequests);
        AwsIam {
            sdk: Client::from_conf(config.build()),
            clock,
            profile: session.profile().map(str::to_owned),
        }
    }

    fn error<E>(&self, error: SdkError<E, HttpResponse>) -> IamError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        error::translate(error, self.profile.as_deref())
    }
}
