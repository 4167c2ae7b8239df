//! Addresses: of the API, and of the pages where a person sees a place.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const CLOUD: &str = "https://circleci.com";

/// All but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where CircleCI is, without a slash at the end.
pub(super) struct Address(String);

impl Address {
    /// Takes what a person wrote: an address, with or without `/api/v2`, or the mere name of a host.
    pub(super) fn of(url: Option<&str>) -> Address {
        let url = url.unwrap_or(CLOUD).trim_end_matches('/');
        let url = url.strip_suffix("/api/v2").unwrap_or(url);
        if url.contains("://") {
            Address(url.to_owned())
        } else {
            Address(format!("https://{url}"))
        }
    }

    /// Returns the address of a resource.
    pub(super) fn of_resource(&self, resource: &Resource) -> String {
        format!("{}/api/v2{}", self.0, resource.0)
    }

    /// Returns the address of a page of the web application; only the public service's pages are known.
    pub(super) fn of_page(&self, segments: &[&str]) -> String {
        if self.0 == CLOUD {
            format!("https://app.circleci.com{}", Resource::new(segments).0)
        } else {
            format!("{}/api/v2", self.0)
        }
    }

    /// Tells whether requests travel in the clear to another machine.
    pub(super) fn is_exposed(&self) -> bool {
        let Some(rest) = self.0.strip_prefix("http://") else {
            return false;
        };
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        !(host == "localhost" || host == "[::1]" || host.starts_with("127."))
    }

    /// Returns the address as it is shown.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A resource of the API: path and query, encoded.
#[derive(Clone)]
pub(super) struct Resource(String);

impl Resource {
    /// Makes a path of segments, each encoded for itself.
    pub(super) fn new(segments: &[&str]) -> Resource {
        let mut path = String::new();
        for segment in segments {
            let _ = write!(path, "/{}", utf8_percent_encode(segment, ENCODED));
        }
        Resource(path)
    }

    /// Adds a query parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Resource {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        let _ = write!(self.0, "{separator}{name}={}", utf8_percent_encode(value, ENCODED));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_segment_and_parameter_is_encoded_for_itself() {
        let resource = Resource::new(&["project", "gh", "acme", "a b/c"]).with("page-token", "x&y=");
        let resource = resource.with("owner-id", "1");
        assert_eq!(
            Address::of(None).of_resource(&resource),
            "https://circleci.com/api/v2/project/gh/acme/a%20b%2Fc?page-token=x%26y%3D&owner-id=1"
        );
    }

    #[test]
    fn an_address_may_be_written_in_several_ways() {
        for same in [
            "https://ci.example.com",
            "https://ci.example.com/",
            "https://ci.example.com/api/v2/",
            "ci.example.com",
        ] {
            assert_eq!(Address::of(Some(same)).as_str(), "https://ci.example.com", "{same}");
        }
    }

    #[test]
    fn pages_are_known_of_the_public_service_only() {
        let page = ["settings", "organization", "github", "acme", "contexts"];
        assert_eq!(
            Address::of(None).of_page(&page),
            "https://app.circleci.com/settings/organization/github/acme/contexts"
        );
        assert_eq!(
            Address::of(Some("http://127.0.0.1:9000")).of_page(&page),
            "http://127.0.0.1:9000/api/v2"
        );
    }

    #[test]
    fn clear_text_is_fine_on_this_machine_only() {
        for (url, exposed) in [
            ("https://circleci.com", false),
            ("http://127.0.0.1:9000", false),
            ("http://localhost", false),
            ("http://[::1]:9000", false),
            ("http://ci.example.com", true),
        ] {
            assert_eq!(Address::of(Some(url)).is_exposed(), exposed, "{url}");
        }
    }
}
