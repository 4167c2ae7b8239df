//! The header `Link`, in which services name the next page of a listing (RFC 8288).

use http::{HeaderMap, header};

/// Returns the address of the next page, if there is one.
pub(crate) fn next_page(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all(header::LINK).into_iter();
    let links = values.filter_map(|value| value.to_str().ok()).flat_map(links_in);
    links
        .into_iter()
        .find_map(|(url, relation)| (relation == "next").then_some(url))
}

/// Splits `<URL>; rel="next", <URL>; rel="last"` at the brackets: an address may have commas.
fn links_in(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value.split('<').skip(1).filter_map(|link| {
        let (url, parameters) = link.split_once('>')?;
        let relation = parameters
            .split([';', ','])
            .find_map(|parameter| parameter.trim().strip_prefix("rel="))?;
        Some((url, relation.trim_matches('"')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_others() {
        let next = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::LINK, value.parse().unwrap());
            next_page(&headers).map(str::to_owned)
        };
        let prev_and_next = "<https://x/a?page=1>; rel=\"prev\", <https://x/a?b=1,2&page=3>; title=\"n\"; rel=\"next\"";
        assert_eq!(next(prev_and_next), Some("https://x/a?b=1,2&page=3".to_owned()));
        assert_eq!(
            next("<https://x/a?page=3>;rel=next"),
            Some("https://x/a?page=3".to_owned())
        );
        assert_eq!(next("<https://x/a?page=1>; rel=\"last\""), None);
        assert_eq!(next("nonsense"), None);
    }
}
