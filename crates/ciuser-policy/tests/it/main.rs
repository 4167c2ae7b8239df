//! The catalogue as a whole, and documents of every kind.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails here has failed"
)]

mod catalogue;
mod catalogue_reference;
mod catalogue_versions;
mod document;
mod search;
