//! Whether an answer is all of it.
//!
//! The SDK's reader of XML takes what is there: of an answer that a proxy cut off, it returns half a secret, or a
//! listing without its end, as if that were all. What is cut off is an answer that was lost.

/// Tells whether a document ends with the end of what it begins with. What is no XML is for others to judge.
pub(crate) fn is_whole(body: &[u8]) -> bool {
    let text = body.trim_ascii();
    let text = match text.strip_prefix(b"<?xml") {
        Some(rest) => match rest.windows(2).position(|pair| pair == b"?>") {
            Some(end) if rest.len() > end + 2 => rest.get(end + 2..).unwrap_or_default().trim_ascii_start(),
            _ => return false,
        },
        None => text,
    };
    let Some(inside) = text.strip_prefix(b"<") else {
        return true;
    };
    let length = inside
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
    match length.and_then(|length| inside.get(..length)) {
        Some(name) if name.starts_with(b"!") => true,
        Some(name) => {
            let closing = [b"</", name, b">"].concat();
            text.ends_with(&closing) || (text.ends_with(b"/>") && !inside.contains(&b'<'))
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn a_document_that_is_cut_off_anywhere_is_not_whole() {
        for answer in [
            "<?xml version=\"1.0\"?>\n<A xmlns=\"x\"><S>wJalr</S></A>\n",
            "<A><S>wJalr</S></A>",
            "<A><A>x</A></A>",
            "<A/>",
        ] {
            assert!(is_whole(answer.as_bytes()), "{answer}");
            let end = answer.trim_end().len();
            for cut in 1..end {
                // What is inside may be named like the whole.
                let inner = &answer[..cut] == "<A><A>x</A>";
                assert_eq!(is_whole(answer[..cut].as_bytes()), inner, "{}", &answer[..cut]);
            }
        }
    }

    #[test]
    fn what_is_no_xml_is_not_judged() {
        for body in ["", "{\"a\":", "<!DOCTYPE html><html>"] {
            assert!(is_whole(body.as_bytes()), "{body}");
        }
    }
}
