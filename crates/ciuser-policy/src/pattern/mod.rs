//! Texts with wildcards and variables: what actions, resources and the values of string conditions are.
//!
//! One meaning for everybody who asks: the evaluator matches a text against a pattern, the prover walks through the same
//! tokens as an automaton.

mod lexer;
mod matching;
mod resource;
mod variable;

pub(crate) use matching::takes;
pub(crate) use resource::is_incomplete;
pub(crate) use variable::{Lookup, Variable};

use std::sync::Arc;

use crate::document::Version;

/// One step of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Token {
    /// This character.
    Char(char),
    /// Any one character.
    AnyChar,
    /// Any text, the empty one included.
    AnyText,
    /// Any one character but a colon: the part of an ARN ends there.
    PartChar,
    /// Any text without a colon.
    PartText,
    /// Any one digit. No policy can say so; the prover does where it makes up an account.
    Digit,
    /// What the request has for a variable.
    Variable(Arc<Variable>),
}

/// A pattern: the texts that it matches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Pattern {
    tokens: Box<[Token]>,
    /// The characters before the first token that is not one: most texts are told apart here.
    literal: Box<str>,
    ignores_case: bool,
    has_variables: bool,
}

impl Pattern {
    fn of(tokens: Vec<Token>, ignores_case: bool) -> Self {
        let literal = tokens.iter().map_while(|token| match token {
            Token::Char(character) => Some(*character),
            _ => None,
        });
        Self {
            literal: literal.collect::<String>().into(),
            has_variables: tokens.iter().any(|token| matches!(token, Token::Variable(_))),
            tokens: tokens.into(),
            ignores_case,
        }
    }

    /// Makes a pattern of tokens.
    pub(crate) fn of_tokens(tokens: impl IntoIterator<Item = Token>) -> Self {
        Self::of(tokens.into_iter().collect(), false)
    }

    /// Reads an action. Case makes no difference: both pattern and requests are in lower case.
    pub(crate) fn action(text: &str) -> Self {
        Self::of(lexer::glob(&text.to_ascii_lowercase(), Version::V2008), false)
    }

    /// Reads a value of `StringLike`.
    pub(crate) fn like(text: &str, language: Version) -> Self {
        Self::of(lexer::glob(text, language), false)
    }

    /// Reads a value of `StringEquals`, in which only variables are more than themselves.
    pub(crate) fn equal(text: &str, language: Version, ignores_case: bool) -> Self {
        Self::of(lexer::exact(text, language), ignores_case)
    }

    /// Reads a value of `ArnLike` or `ArnEquals`, which mean the same. Nothing for a text that is not of six parts.
    pub(crate) fn arn(text: &str, language: Version) -> Option<Self> {
        resource::arn(text, language).map(|tokens| Self::of(tokens, false))
    }

    /// Reads a value of `Resource` as identity-based policies mean it, in which an incomplete ARN is completed. Nothing for a
    /// text that is neither `*` nor the beginning of an ARN.
    pub(crate) fn resource(text: &str, language: Version) -> Option<Self> {
        resource::resource(text, language).map(|tokens| Self::of(tokens, false))
    }

    /// Returns the tokens.
    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Returns the characters before the first wildcard or variable.
    pub(crate) fn literal(&self) -> &str {
        &self.literal
    }

    /// Returns whether the pattern matches one text only.
    pub(crate) fn is_literal(&self) -> bool {
        self.tokens.iter().all(|token| matches!(token, Token::Char(_)))
    }

    /// Returns a text that the pattern matches, and that few patterns match which do not match all that it does. Nothing for a
    /// pattern with variables.
    pub(crate) fn sample(&self) -> Option<String> {
        if self.has_variables {
            return None;
        }
        let texts = self.tokens.iter().map(|token| match token {
            Token::Char(character) => String::from(*character),
            Token::AnyChar | Token::PartChar => "q".to_owned(),
            Token::AnyText | Token::PartText => "qz7".to_owned(),
            Token::Digit => "7".to_owned(),
            Token::Variable(_) => String::new(),
        });
        Some(texts.collect())
    }

    /// Returns whether the pattern may match a text: with variables it may match any.
    pub(crate) fn may_match(&self, text: &str) -> bool {
        self.has_variables || self.matches_as_it_is(text)
    }

    /// Returns whether letters match in either case.
    pub(crate) fn ignores_case(&self) -> bool {
        self.ignores_case
    }

    /// Returns a pattern that matches all that this one can, whatever its variables stand for. Behind the first of them parts
    /// of an ARN are not told apart: matching needs it so, and a variable may have colons.
    pub(crate) fn widest(&self) -> Self {
        let mut is_behind = false;
        let any_text = self.tokens.iter().map(|token| match token {
            Token::Variable(_) => {
                is_behind = true;
                Token::AnyText
            }
            Token::PartText if is_behind => Token::AnyText,
            Token::PartChar if is_behind => Token::AnyChar,
            other => other.clone(),
        });
        Self::of(any_text.collect(), self.ignores_case)
    }

    /// Returns the pattern with any digit in the place of a character.
    pub(crate) fn with_digits(&self, placeholder: char) -> Self {
        let digits = self.tokens.iter().map(|token| match token {
            Token::Char(character) if *character == placeholder => Token::Digit,
            other => other.clone(),
        });
        Self::of(digits.collect(), self.ignores_case)
    }

    /// Returns the variables of the pattern.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Arc<Variable>> {
        self.tokens.iter().filter_map(|token| match token {
            Token::Variable(variable) => Some(variable),
            _ => None,
        })
    }
}

/// Returns a text that stands for what is not understood: the same text may mean something else in another language.
pub(crate) fn as_written(text: &str, language: Version) -> String {
    match language {
        Version::V2008 if text.contains("${") => format!("{text}, in which variables are none"),
        _ => text.to_owned(),
    }
}

/// Returns all characters that are the same as one when case makes no difference.
pub(crate) fn cases(character: char) -> Vec<char> {
    let lower = folded(character);
    let upper = lower.to_uppercase().filter(|upper| folded(*upper) == lower);
    let mut cases: Vec<char> = upper.chain([lower]).chain(further_case(lower)).collect();
    cases.sort_unstable();
    cases.dedup();
    cases
}

/// Returns the character whose lower case is this one, and which is not its upper case: title case, and signs that are letters.
fn further_case(lower: char) -> Option<char> {
    match lower {
        'k' => Some('\u{212a}'),
        'å' => Some('\u{212b}'),
        'ß' => Some('\u{1e9e}'),
        'θ' => Some('\u{3f4}'),
        'ω' => Some('\u{2126}'),
        'ǆ' | 'ǉ' | 'ǌ' | 'ǳ' => char::from_u32(u32::from(lower) - 1),
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            char::from_u32(u32::from(lower) + 8)
        }
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => char::from_u32(u32::from(lower) + 9),
        _ => None,
    }
}

/// Returns the character that stands for both cases of one; itself, if lower case is more than one character.
pub(crate) fn folded(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{cases, folded};

    #[test]
    fn no_case_of_a_character_is_left_out() {
        let mut all: BTreeMap<char, Vec<char>> = BTreeMap::new();
        for character in '\0'..=char::MAX {
            all.entry(folded(character)).or_default().push(character);
        }
        for same in all.values().filter(|same| same.len() > 1) {
            for character in same {
                assert_eq!(&cases(*character), same);
            }
        }
    }
}
