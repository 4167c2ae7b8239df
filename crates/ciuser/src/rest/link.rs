//! `Link` headers, by which a page of a listing names the next one.

use http::HeaderMap;
use http::header::LINK;

/// Returns the address of the next page.
pub(super) fn next(headers: &HeaderMap) -> Option<&str> {
    let links = headers.get_all(LINK).iter().filter_map(|header| header.to_str().ok());
    links.flat_map(|header| header.split(',')).find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = |parameter: &str| matches!(parameter.trim(), r#"rel="next""# | "rel=next");
        parameters.split(';').any(is_next).then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        for (header, expected) in [
            (r#"<https://a/x?page=3>; rel="next""#, Some("https://a/x?page=3")),
            (
                r#"<https://a/x?page=1>; rel="prev", <https://a/x?page=3>; rel="next", <https://a/x?page=9>; rel="last""#,
                Some("https://a/x?page=3"),
            ),
            (r#"<https://a/x?page=1>; rel="first""#, None),
            ("nonsense", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(LINK, header.parse().unwrap())]);
            assert_eq!(next(&headers), expected, "{header}");
        }
    }
}
