//! The patterns in which policies name actions.

/// Returns whether a pattern of `*` (anything) and `?` (any one character) covers the whole text. Case does not count.
///
/// Never tries more than the last `*` again: a hostile pattern costs no more than its length times the text's.
pub(super) fn covers(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.as_bytes(), text.as_bytes());
    let mut last_star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), text.split_first()) {
            (Some((b'*', after)), _) => {
                last_star = Some((after, text));
                pattern = after;
            }
            (Some((wanted, after)), Some((byte, rest))) if *wanted == b'?' || wanted.eq_ignore_ascii_case(byte) => {
                (pattern, text) = (after, rest);
            }
            (None, None) => return true,
            _ => {
                let Some((after, [_, rest @ ..])) = last_star else {
                    return false;
                };
                last_star = Some((after, rest));
                (pattern, text) = (after, rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_covers_the_whole_text_or_nothing() {
        for (pattern, text) in [
            ("*", ""),
            ("a*c", "abcbc"),
            ("a?c", "abc"),
            ("*a*b", "xxaybab"),
            ("", ""),
            ("S3:get*", "s3:GetObject"),
        ] {
            assert!(covers(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*c", "abcb"), ("a?c", "ac"), ("", "a"), ("a", ""), ("*a*b", "ba")] {
            assert!(!covers(pattern, text), "{pattern} {text}");
        }
        assert!(!covers(&"*a".repeat(200), &"a".repeat(199)));
    }
}
