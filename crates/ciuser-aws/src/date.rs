//! The `Date` header of an answer: the service's own clock.

use std::sync::{Arc, OnceLock};

use aws_sdk_iam::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_iam::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use jiff::Timestamp;

use crate::iam::timestamp;

/// Notes the `Date` header of the first answer it sees.
#[derive(Debug, Clone, Default)]
pub(crate) struct DateHeader(Arc<OnceLock<Timestamp>>);

impl DateHeader {
    /// Returns the date, if there was an answer with one that can be read.
    pub(crate) fn get(&self) -> Option<Timestamp> {
        self.0.get().copied()
    }
}

impl Intercept for DateHeader {
    fn name(&self) -> &'static str {
        "DateHeader"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let text = context.response().headers().get("date");
        let date = text.and_then(|text| DateTime::from_str(text, Format::HttpDate).ok());
        if let Some(date) = date.and_then(|date| timestamp(&date)) {
            // A later page does not matter: the listing is at least as old as its first answer.
            let _ = self.0.set(date);
        }
        Ok(())
    }
}
