//! How the policies themselves spell condition keys and actions, in which case makes no difference: a reader looks for
//! what is written.

use std::collections::BTreeMap;

use ciuser_policy::document::Document;
use ciuser_policy::evaluate::{Miss, Part};

/// Spellings by what they are in lower case.
#[derive(Debug, Default)]
pub(super) struct Spelling(BTreeMap<String, String>);

impl Spelling {
    /// Collects the condition keys and the actions that documents name.
    pub(super) fn of<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Spelling {
        let mut spelling = Spelling::default();
        for statement in documents.into_iter().flat_map(|document| document.statements.iter()) {
            spelling.learn(statement.actions.value.iter().map(|action| &action.value));
            let blocks = statement.conditions.iter().flat_map(|written| &written.value);
            spelling.learn(blocks.flat_map(|block| block.keys.iter().map(|(key, _)| &key.value)));
        }
        spelling
    }

    fn learn<'a>(&mut self, texts: impl Iterator<Item = &'a String>) {
        for text in texts {
            self.0.entry(text.to_lowercase()).or_insert_with(|| text.clone());
        }
    }

    /// Returns how a text is spelt; as it is, if nobody spells it.
    pub(super) fn spelt(&self, text: &str) -> String {
        let known = self.0.get(&text.to_lowercase());
        known.map_or_else(|| text.to_owned(), Clone::clone)
    }

    /// Spells the condition keys of misses.
    pub(super) fn spell(&self, misses: &mut [Miss]) {
        let parts = misses
            .iter_mut()
            .flat_map(|miss| miss.fails.iter_mut().chain(&mut miss.not_understood));
        for part in parts {
            if let Part::Condition(key) = part {
                *key = self.spelt(key);
            }
        }
    }
}
