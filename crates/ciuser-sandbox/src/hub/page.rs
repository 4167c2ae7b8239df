//! Paging: `page` and `per_page`, and a `Link` header that names the next page.

use http::HeaderValue;
use http::header::LINK;
use serde_json::Value;

use super::Call;
use crate::Response;

const LONGEST: usize = 100;

/// Answers with one page: `wrap` makes the body of the items of the page and of the number of all of them.
pub(crate) fn page(
    call: &Call<'_>,
    usual: usize,
    items: &[Value],
    wrap: impl FnOnce(&[Value], usize) -> Response,
) -> Response {
    let number = |name: &str| call.param(name).and_then(|value| value.parse::<usize>().ok());
    let length = number("per_page").unwrap_or(usual).clamp(1, LONGEST);
    let page = number("page").unwrap_or(1).max(1);
    let start = (page - 1).saturating_mul(length).min(items.len());
    let end = start.saturating_add(length).min(items.len());
    let mut response = wrap(items.get(start..end).unwrap_or_default(), items.len());
    if end < items.len()
        && let Ok(link) = HeaderValue::from_str(&next(call, page + 1))
    {
        response.headers_mut().insert(LINK, link);
    }
    response
}

fn next(call: &Call<'_>, page: usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(call.params().iter().filter(|(name, _)| name != "page"));
    query.append_pair("page", &page.to_string());
    format!(r#"<{}>; rel="next""#, call.address_with(&query.finish()))
}
