//! Does a pattern match a text?

use super::{Lookup, Pattern, Token, folded};

impl Pattern {
    /// Returns whether the pattern matches the text. A pattern with a variable that the request does not have matches
    /// nothing; what a variable stands for is compared as it is, its wildcard characters too.
    pub(crate) fn matches(&self, text: &str, request: &dyn Lookup) -> bool {
        if !self.has_variables {
            return self.matches_as_it_is(text);
        }
        let mut tokens = Vec::with_capacity(self.tokens.len());
        for token in &self.tokens {
            match token {
                Token::Variable(variable) => match variable.value(request) {
                    Some(value) => tokens.extend(value.chars().map(Token::Char)),
                    None => return false,
                },
                other => tokens.push(other.clone()),
            }
        }
        walk(&tokens, text, self.ignores_case)
    }

    /// Returns whether a pattern without variables matches the text.
    pub(crate) fn matches_as_it_is(&self, text: &str) -> bool {
        if self.ignores_case {
            return walk(&self.tokens, text, true);
        }
        let Some(rest) = text.strip_prefix(&*self.literal) else {
            return false;
        };
        let tokens = self.tokens.get(self.literal.chars().count()..).unwrap_or_default();
        match tokens {
            [] => rest.is_empty(),
            [Token::AnyText] => true,
            tokens => walk(tokens, rest, false),
        }
    }
}

/// Where a match goes on when it failed: behind the last wildcard for texts, which takes one character more.
struct Retry {
    token: usize,
    text: usize,
    crosses_colons: bool,
}

/// Matches from left to right. On a failure only the last wildcard for texts is tried again: what an earlier one could
/// take more, the last one can take as well. That holds for wildcards that stop at a colon, because none of them stands
/// behind one that does not.
fn walk(tokens: &[Token], text: &str, ignores_case: bool) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut retry: Option<Retry> = None;
    loop {
        let next = text.get(at..).and_then(|rest| rest.chars().next());
        match tokens.get(token) {
            Some(wildcard @ (Token::AnyText | Token::PartText)) => {
                token += 1;
                let crosses_colons = *wildcard == Token::AnyText;
                if crosses_colons && token == tokens.len() {
                    return true;
                }
                retry = Some(Retry {
                    token,
                    text: at,
                    crosses_colons,
                });
                continue;
            }
            Some(single) => {
                if let Some(character) = next.filter(|character| takes(single, *character, ignores_case)) {
                    token += 1;
                    at += character.len_utf8();
                    continue;
                }
            }
            None if next.is_none() => return true,
            None => {}
        }
        let Some(last) = &mut retry else { return false };
        let taken = text.get(last.text..).and_then(|rest| rest.chars().next());
        match taken {
            Some(':') if !last.crosses_colons => return false,
            Some(character) => last.text += character.len_utf8(),
            None => return false,
        }
        (token, at) = (last.token, last.text);
    }
}

/// Returns whether a token for one character takes this one.
pub(crate) fn takes(token: &Token, character: char, ignores_case: bool) -> bool {
    match token {
        Token::Char(wanted) if ignores_case => folded(*wanted) == folded(character),
        Token::Char(wanted) => *wanted == character,
        Token::AnyChar => true,
        Token::PartChar => character != ':',
        Token::Digit => character.is_ascii_digit(),
        Token::AnyText | Token::PartText | Token::Variable(_) => false,
    }
}
