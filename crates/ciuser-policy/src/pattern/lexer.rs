//! From the text of a pattern to its tokens.

use std::sync::Arc;

use super::{Token, Variable};
use crate::document::Version;

/// Reads a text in which `*` and `?` are wildcards.
pub(super) fn glob(text: &str, language: Version) -> Vec<Token> {
    read(text, language, |character| match character {
        '*' => Token::AnyText,
        '?' => Token::AnyChar,
        other => Token::Char(other),
    })
}

/// Reads a text in which `*` and `?` stand for themselves.
pub(super) fn exact(text: &str, language: Version) -> Vec<Token> {
    read(text, language, Token::Char)
}

/// Reads a text. In the language of 2012 `${key}` is a variable, and `${*}`, `${?}` and `${$}` are the characters (IAM
/// User Guide, "IAM policy elements: Variables and tags"). What is never closed is no variable.
fn read(text: &str, language: Version, plain: impl Fn(char) -> Token) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some((inside, behind)) = variable(rest, language) {
            tokens.push(match inside {
                "*" => Token::Char('*'),
                "?" => Token::Char('?'),
                "$" => Token::Char('$'),
                key => Token::Variable(Arc::new(Variable::read(key))),
            });
            rest = behind;
        } else {
            let token = plain(character);
            // Two stars are one.
            if token != Token::AnyText || tokens.last() != Some(&Token::AnyText) {
                tokens.push(token);
            }
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        }
    }
    tokens
}

/// Returns what is inside of the variable that the text starts with, and what comes behind.
fn variable(text: &str, language: Version) -> Option<(&str, &str)> {
    if language == Version::V2008 {
        return None;
    }
    text.strip_prefix("${")?.split_once('}')
}
