//! The AWS Query protocol: a form goes in, an XML document comes out.

mod answer;
mod error;
mod params;
mod query;
mod time;
mod xml;

pub(crate) use answer::{Service, failure, success};
pub(crate) use error::AwsError;
pub(crate) use params::Params;
pub(crate) use query::Query;
pub(crate) use time::{http_date, iso_8601, to_the_second};
pub(crate) use xml::Xml;
