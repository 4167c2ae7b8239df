//! What is decided about requests. Each case is a rule that a page of the IAM User Guide states, or one that AWS leaves open.

mod conditions;
mod elements;
mod layers;
mod principals;
mod set;
mod variables;

use ciuser_policy::document::Document;
use ciuser_policy::evaluate::{Decision, PolicySet};
use ciuser_policy::request::{Context, Request};

/// Compiles documents, whether or not IAM accepts what is in them.
pub(crate) fn set(documents: &[&str]) -> PolicySet {
    let documents: Vec<_> = documents.iter().map(|text| Document::read(text).unwrap()).collect();
    PolicySet::compile(documents.iter().map(|document| ("policy", document)))
}

/// Writes a document of one statement, in the language of 2012.
pub(crate) fn statement(effect: &str, members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}",{members}}}]}}"#)
}

/// Writes a document that allows everything.
pub(crate) fn everything() -> String {
    statement("Allow", r#""Action":"*","Resource":"*""#)
}

/// Decides a request by documents alone.
pub(crate) fn decide(documents: &[&str], request: &Request) -> Decision {
    set(documents).decide(request)
}

/// Makes circumstances.
pub(crate) fn context(pairs: &[(&str, &str)]) -> Context {
    pairs.iter().copied().collect()
}
