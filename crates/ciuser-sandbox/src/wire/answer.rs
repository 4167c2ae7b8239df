//! The envelopes of the AWS Query protocol.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;

use super::{AwsError, Xml, http_date};
use crate::Response;

/// An AWS service that the sandbox offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Iam,
    Sts,
}

impl Service {
    /// Returns the service whose API has this version: versions are dates, and no two of these services share one.
    pub(crate) fn of_version(version: &str) -> Option<Service> {
        match version {
            "2010-05-08" => Some(Service::Iam),
            "2011-06-15" => Some(Service::Sts),
            _ => None,
        }
    }

    /// Returns the service's prefix in actions, and its name in credential scopes.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Service::Iam => "iam",
            Service::Sts => "sts",
        }
    }

    fn namespace(self) -> &'static str {
        match self {
            Service::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Service::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        }
    }
}

/// Returns the answer to an applied request; operations without a result have no `...Result` element.
pub(crate) fn success(service: Service, action: &str, result: &Xml, request_id: &str, now: Timestamp) -> Response {
    let document = Xml::document(&format!("{action}Response"), service.namespace(), |xml| {
        if !result.is_empty() {
            xml.element(&format!("{action}Result"), |xml| xml.append(result));
        }
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", request_id));
    });
    response(StatusCode::OK, document, request_id, now)
}

/// Returns the answer to a refused request.
pub(crate) fn failure(service: Service, error: &AwsError, request_id: &str, now: Timestamp) -> Response {
    let document = Xml::document("ErrorResponse", service.namespace(), |xml| {
        xml.element("Error", |xml| {
            xml.text(
                "Type",
                if error.status.is_server_error() {
                    "Receiver"
                } else {
                    "Sender"
                },
            );
            xml.text("Code", error.code);
            xml.text("Message", &error.message);
        });
        xml.text("RequestId", request_id);
    });
    response(error.status, document, request_id, now)
}

fn response(status: StatusCode, document: String, request_id: &str, now: Timestamp) -> Response {
    let mut response = Response::new(Bytes::from(document));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    insert(headers, HeaderName::from_static("x-amzn-requestid"), request_id);
    insert(headers, DATE, &http_date(now));
    response
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
