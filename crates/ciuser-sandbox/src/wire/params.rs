//! The parameters of a Query request, by name.
//!
//! Says nothing about what a parameter may hold: that is `iam::constraint`.

use std::collections::BTreeMap;

use crate::Request;

/// The parameters of one request, from its query string and its form body.
pub(crate) struct Params {
    values: BTreeMap<String, String>,
}

impl Params {
    /// Reads the request's parameters; of a repeated one, the last counts.
    pub(crate) fn of(request: &Request) -> Params {
        let query = request.uri().query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(request.body()));
        Params {
            values: pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        }
    }

    /// Returns a parameter's value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Returns the numbers of a list's members (`NAME.member.N`), in order.
    pub(crate) fn member_numbers(&self, name: &str) -> Vec<u32> {
        let prefix = format!("{name}.member.");
        let mut numbers: Vec<u32> = self
            .values
            .keys()
            .filter_map(|key| key.strip_prefix(&prefix))
            .filter_map(|rest| rest.split('.').next())
            .filter_map(|number| number.parse().ok())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Returns a list of plain values, each with the number it was sent under.
    pub(crate) fn members(&self, name: &str) -> Vec<(u32, &str)> {
        let value = |number: u32| {
            self.get(&format!("{name}.member.{number}"))
                .map(|value| (number, value))
        };
        self.member_numbers(name).into_iter().filter_map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(body: &'static str) -> Params {
        Params::of(&Request::new(bytes::Bytes::from_static(body.as_bytes())))
    }

    #[test]
    fn values_are_percent_decoded() {
        assert_eq!(params("UserName=a%2Bb+c%C3%A9").get("UserName"), Some("a+b cé"));
    }

    #[test]
    fn members_come_in_the_order_of_their_numbers() {
        let params = params("TagKeys.member.10=c&TagKeys.member.2=b&TagKeys.member.1=a&TagKeysX.member.3=x");
        assert_eq!(params.members("TagKeys"), [(1, "a"), (2, "b"), (10, "c")]);
    }

    #[test]
    fn members_with_fields_are_counted_once() {
        let params = params("Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Key=c");
        assert_eq!(params.member_numbers("Tags"), [1, 2]);
    }
}
