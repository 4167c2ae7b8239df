//! Addresses of services and of their resources.

use std::fmt::Write as _;

use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a service is: a root without a slash at the end, and what every resource begins with.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    root: String,
    prefix: &'static str,
}

impl Address {
    /// Takes what a person wrote: an address, with or without the prefix, or the mere name of a host.
    pub(crate) fn of(url: &str, prefix: &'static str) -> Address {
        let url = url.trim_end_matches('/');
        let url = url.strip_suffix(prefix).unwrap_or(url);
        let root = if url.contains("://") {
            url.to_owned()
        } else {
            format!("https://{url}")
        };
        Address { root, prefix }
    }

    /// Returns the resource that an address of the service names. Only its path counts: nobody else gets the token,
    /// whatever host it names, and a server behind another often names itself wrongly.
    pub(crate) fn resource_at(&self, url: &str) -> Option<Resource> {
        let url: Uri = url.parse().ok()?;
        let root: Uri = self.root.parse().ok()?;
        let path = url.path_and_query()?.as_str();
        let path = path
            .strip_prefix(root.path().trim_end_matches('/'))?
            .strip_prefix(self.prefix)?;
        path.starts_with('/').then(|| Resource(path.to_owned()))
    }

    /// Returns the address of a resource.
    pub(crate) fn of_resource(&self, resource: &Resource) -> String {
        format!("{}{}{}", self.root, self.prefix, resource.0)
    }

    /// Tells whether requests travel in the clear to another machine.
    pub(crate) fn is_exposed(&self) -> bool {
        let Some(rest) = self.root.strip_prefix("http://") else {
            return false;
        };
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        !(host == "localhost" || host == "[::1]" || host.starts_with("127."))
    }

    /// Returns the address as it is shown.
    pub(crate) fn as_str(&self) -> &str {
        &self.root
    }
}

/// A resource of the API: path and query, encoded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Resource(String);

impl Resource {
    /// Makes a path of segments, each encoded for itself.
    pub(crate) fn new(segments: &[&str]) -> Resource {
        let mut path = String::new();
        for segment in segments {
            let _ = write!(path, "/{}", utf8_percent_encode(segment, ENCODED));
        }
        Resource(path)
    }

    /// Returns path and query as they are sent, without the prefix.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds a query parameter.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Resource {
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
            Address::of("circleci.com", "/api/v2").of_resource(&resource),
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
            assert_eq!(
                Address::of(same, "/api/v2").as_str(),
                "https://ci.example.com",
                "{same}"
            );
        }
    }

    #[test]
    fn of_the_address_of_a_next_page_only_the_path_counts() {
        let page = |root: &str, url: &str| {
            let address = Address::of(root, "/api/v4");
            address.resource_at(url).map(|resource| address.of_resource(&resource))
        };
        let here = "https://git.example.com";
        let next = Some("https://git.example.com/api/v4/groups?page=2".to_owned());
        assert_eq!(page(here, "https://git.example.com/api/v4/groups?page=2"), next);
        assert_eq!(page(here, "http://elsewhere.example/api/v4/groups?page=2"), next);
        assert_eq!(page(here, "/api/v4/groups?page=2"), next);
        assert_eq!(page(here, "https://git.example.com/elsewhere?page=2"), None);
        assert_eq!(page(here, "https://git.example.com/api/v40/groups"), None);
        assert_eq!(
            page(
                "https://example.com/git",
                "https://example.com/git/api/v4/groups?page=2"
            ),
            Some("https://example.com/git/api/v4/groups?page=2".to_owned())
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
            assert_eq!(Address::of(url, "").is_exposed(), exposed, "{url}");
        }
    }
}
