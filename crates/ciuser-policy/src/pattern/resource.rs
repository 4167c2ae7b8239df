//! ARNs as patterns: each of the first five parts is compared by itself, so that no wildcard in them crosses a colon.
//!
//! Sources: IAM User Guide, "IAM JSON policy elements: Resource" and "ARN condition operators". For an ARN of six parts
//! AWS's own verdicts need this; that a wildcard at the end of a shorter one reaches beyond its part is documented
//! (`arn:aws:s3*`), and that another shorter one is completed with wildcards in an identity-based policy (IAM User Guide,
//! "IAM identifiers", "IAM ARNs").

use super::Token;
use super::lexer;
use crate::document::Version;

/// The parts of an ARN before the resource itself.
const PARTS: usize = 5;

/// Reads a value of `ArnLike`.
pub(super) fn arn(text: &str, language: Version) -> Option<Vec<Token>> {
    let tokens = lexer::glob(text, language);
    let colons = tokens.iter().filter(|token| **token == Token::Char(':')).count();
    (colons >= PARTS).then(|| by_parts(tokens))
}

/// Reads a value of `Resource`. Variables are such in the last part only; elsewhere their characters are meant. What an
/// incomplete ARN lacks may be anything.
pub(super) fn resource(text: &str, language: Version) -> Option<Vec<Token>> {
    if !text.is_empty() && text.chars().all(|character| character == '*') {
        return Some(vec![Token::AnyText]);
    }
    if !text.starts_with("arn:") {
        return None;
    }
    match text.match_indices(':').nth(PARTS - 1) {
        Some((fifth, _)) => {
            let (head, tail) = text.split_at_checked(fifth + 1)?;
            let mut tokens = by_parts(lexer::glob(head, Version::V2008));
            tokens.extend(lexer::glob(tail, language));
            Some(tokens)
        }
        None => {
            let mut tokens = by_parts(lexer::glob(text, Version::V2008));
            match tokens.last_mut() {
                Some(last @ Token::PartText) => *last = Token::AnyText,
                _ => complete(&mut tokens),
            }
            Some(tokens)
        }
    }
}

/// Returns whether an ARN lacks parts, and has no wildcard at its end that could stand for them.
pub(crate) fn is_incomplete(arn: &str) -> bool {
    arn.starts_with("arn:") && !arn.ends_with('*') && arn.matches(':').count() < PARTS
}

/// Adds the parts that an ARN lacks.
fn complete(tokens: &mut Vec<Token>) {
    let colons = tokens.iter().filter(|token| **token == Token::Char(':')).count();
    for _ in colons..PARTS {
        tokens.extend([Token::Char(':'), Token::PartText]);
    }
    if let Some(last) = tokens.last_mut() {
        *last = Token::AnyText;
    }
}

/// Confines the wildcards before the fifth colon to their parts.
fn by_parts(mut tokens: Vec<Token>) -> Vec<Token> {
    let mut colons = 0;
    for token in &mut tokens {
        match token {
            Token::Char(':') => colons += 1,
            Token::AnyText => *token = Token::PartText,
            Token::AnyChar => *token = Token::PartChar,
            _ => {}
        }
        if colons == PARTS {
            break;
        }
    }
    tokens
}
