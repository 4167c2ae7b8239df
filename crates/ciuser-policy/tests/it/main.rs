//! The catalogue as a whole, and documents of every kind.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails here has failed"
)]

#[path = "../properties/document.rs"]
mod properties;

mod catalogue;
mod document;
mod document_accepted;
mod document_corpus;
mod search;
