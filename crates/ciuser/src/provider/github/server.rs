//! Which GitHub is spoken to: where it answers, what it is told with every call, and what its tokens need.

use ciuser_core::port::TargetError;
use http::HeaderName;
use http::header::AUTHORIZATION;

use crate::rest::{Address, Service, Trouble};

/// What a token needs, for those that lack it.
pub(super) const RIGHTS: &str = "a fine-grained token needs to read and write Secrets, Variables and Environments (to make an \
                      environment, Administration too), a classic one the scope `repo`, for an organisation \
                      `admin:org`; the GITHUB_TOKEN that a workflow gets cannot write secrets at all";

/// The version whose answers are read here.
static HEADERS: [(HeaderName, &str); 1] = [(HeaderName::from_static("x-github-api-version"), "2022-11-28")];

/// What all calls have in common.
pub(super) static SERVICE: Service = Service {
    name: "GitHub",
    token_header: AUTHORIZATION,
    scheme: "Bearer ",
    headers: &HEADERS,
    renew: "make a new access token in GitHub's developer settings, set GH_TOKEN (for a server of your own \
            GH_ENTERPRISE_TOKEN) to it and run the same again",
    address_from: "`url` in the file, `,url=` in the flag, or GH_HOST",
};

/// Returns the host that an address names, as tokens are kept for it.
pub(in crate::provider) fn host_of(url: Option<&str>) -> &str {
    let url = url.unwrap_or("github.com");
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    match host.split('/').next().unwrap_or(host) {
        "api.github.com" => "github.com",
        host => host,
    }
}

/// Returns where the API answers, and where people look.
pub(super) fn addresses(url: Option<&str>) -> (Address, String) {
    match host_of(url) {
        "github.com" => (Address::of("api.github.com", ""), "https://github.com".to_owned()),
        host if host.ends_with(".ghe.com") => (Address::of(&format!("api.{host}"), ""), format!("https://{host}")),
        host => {
            let server = Address::of(url.unwrap_or(host), "/api/v3");
            let web = server.as_str().to_owned();
            (server, web)
        }
    }
}

/// Tells a person what went wrong; of a right that is lacking, which one.
pub(super) fn told(trouble: Trouble) -> TargetError {
    let lacking = trouble.is_forbidden();
    let error = TargetError::from(trouble);
    if lacking { error.with_hint(RIGHTS) } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::Resource;

    #[test]
    fn each_kind_of_github_has_its_own_address() {
        for (url, api, web) in [
            (None, "https://api.github.com/user", "https://github.com"),
            (Some("github.com"), "https://api.github.com/user", "https://github.com"),
            (
                Some("https://api.github.com/"),
                "https://api.github.com/user",
                "https://github.com",
            ),
            (
                Some("https://acme.ghe.com"),
                "https://api.acme.ghe.com/user",
                "https://acme.ghe.com",
            ),
            (
                Some("https://github.example.com/api/v3"),
                "https://github.example.com/api/v3/user",
                "https://github.example.com",
            ),
            (
                Some("http://127.0.0.1:80"),
                "http://127.0.0.1:80/api/v3/user",
                "http://127.0.0.1:80",
            ),
        ] {
            let (address, shown) = addresses(url);
            let user = address.of_resource(&Resource::new(&["user"]));
            assert_eq!((user.as_str(), shown.as_str()), (api, web), "{url:?}");
        }
    }
}
