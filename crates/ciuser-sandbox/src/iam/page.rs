//! Paging, the same for every listing: sorted, `MaxItems` at a time, gone on from a `Marker`.
//!
//! A marker names the last item that was given, not a position: an item that is deleted meanwhile makes no other one
//! vanish from the listing.

use crate::iam::refusal;
use crate::wire::{AwsError, Params, Xml};

/// One page of a listing.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    marker: Option<String>,
}

impl<T> Page<T> {
    /// Sorts the items by a key that no two of them share, and takes the page that the request asks for.
    pub(super) fn of<K>(mut items: Vec<T>, params: &Params, key: K) -> Result<Page<T>, AwsError>
    where
        K: Fn(&T) -> String,
    {
        let most = params.max_items()?;
        items.sort_by_cached_key(&key);
        if let Some(marker) = params.get("Marker") {
            let last = hex::decode(marker).map_err(|_| refusal::invalid_marker())?;
            items.retain(|item| key(item).as_bytes() > last.as_slice());
        }
        let truncated = items.len() > most;
        items.truncate(most);
        let marker = items.last().filter(|_| truncated).map(|item| hex::encode(key(item)));
        Ok(Page { items, marker })
    }

    /// Returns whether there is more.
    pub(super) fn is_truncated(&self) -> bool {
        self.marker.is_some()
    }

    /// Writes `IsTruncated`, and `Marker` if there is more.
    pub(super) fn end(&self, xml: &mut Xml) {
        xml.flag("IsTruncated", self.is_truncated());
        xml.optional("Marker", self.marker.as_deref());
    }
}
