//! Listings, complete: all pages or an error.
//!
//! Not the SDK's paginators, because they cannot be asked for the `Date` header of an answer, take a truncated page
//! without a marker for the last one, and notice a repeated marker only when it is the one just used.

use std::collections::BTreeSet;

use ciuser_core::port::IamError;

use crate::error;

/// As many items as IAM gives in one page.
pub(crate) const LARGEST: i32 = 1000;

/// One page of a listing.
pub(crate) struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> Page<T> {
    /// Reads where the next page begins.
    pub(crate) fn new(items: Vec<T>, truncated: bool, marker: Option<String>) -> Result<Page<T>, IamError> {
        let next = marker.filter(|marker| !marker.is_empty());
        if truncated && next.is_none() {
            return Err(error::unusable(
                "the listing is cut off and does not say where it goes on",
            ));
        }
        Ok(Page { items, next })
    }
}

/// Asks for page after page; `page` gets the marker of the page before.
pub(crate) async fn all<T>(
    mut page: impl AsyncFnMut(Option<String>) -> Result<Page<T>, IamError>,
) -> Result<Vec<T>, IamError> {
    let (mut all, mut seen, mut marker) = (Vec::new(), BTreeSet::new(), None);
    loop {
        let Page { items, next } = page(marker).await?;
        all.extend(items);
        match next {
            None => return Ok(all),
            Some(next) if !seen.insert(next.clone()) => {
                return Err(error::unusable(
                    "the listing goes round in a circle: a page marker came twice",
                ));
            }
            next => marker = next,
        }
    }
}
