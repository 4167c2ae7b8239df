//! The values of `Action`, `NotAction`, `Resource` and `NotResource`.

use crate::document::{Element, Strings, Version};
use crate::pattern::{Lookup, Pattern, as_written};
use crate::truth::Truth;

/// A set of texts: those that match one of the patterns, or all others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Texts {
    /// Whether all others are meant.
    pub(crate) negated: bool,
    /// The patterns, sorted, each once.
    pub(crate) patterns: Vec<Pattern>,
    /// Values that are not understood, as they are written; sorted.
    pub(crate) not_understood: Vec<String>,
}

impl Texts {
    /// Reads an element of a document in a language.
    pub(super) fn read(
        element: &Element<Strings>,
        language: Version,
        pattern: impl Fn(&str) -> Option<Pattern>,
    ) -> Self {
        let mut texts = Self {
            negated: element.negated,
            patterns: Vec::new(),
            not_understood: Vec::new(),
        };
        for value in element.value.iter() {
            match pattern(&value.value) {
                Some(pattern) => texts.patterns.push(pattern),
                None => texts.not_understood.push(as_written(&value.value, language)),
            }
        }
        texts.patterns.sort_unstable();
        texts.patterns.dedup();
        texts.not_understood.sort_unstable();
        texts.not_understood.dedup();
        texts
    }

    /// Returns whether a text is in the set.
    pub(crate) fn hold(&self, text: &str, request: &dyn Lookup) -> Truth {
        let matched = if self.patterns.iter().any(|pattern| pattern.matches(text, request)) {
            Truth::Yes
        } else if self.not_understood.is_empty() {
            Truth::No
        } else {
            Truth::Unknown
        };
        matched.negated_if(self.negated)
    }
}
