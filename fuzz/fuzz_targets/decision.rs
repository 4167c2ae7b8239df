//! Decides any request by any two policies, and compares them.
#![no_main]

#[path = "../../crates/ciuser-policy/tests/properties/decision.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| {
    properties::hold_for(text);
});
