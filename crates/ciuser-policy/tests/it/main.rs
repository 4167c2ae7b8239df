//! The catalogue as a whole, and documents of every kind.
#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails here has failed"
)]

#[path = "../properties/document.rs"]
mod properties;
#[path = "../properties/decision.rs"]
mod properties_of_decisions;

mod catalogue;
mod catalogue_reference;
mod catalogue_versions;
mod conformance;
mod contain;
mod document;
mod document_accepted;
mod document_corpus;
mod evaluate;
mod lint;
mod minimise;
mod rewrite;
mod search;
