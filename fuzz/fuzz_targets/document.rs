//! Reads anything as a policy document of every kind.
#![no_main]

#[path = "../../crates/ciuser-policy/tests/properties/document.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| properties::hold_for(text));
