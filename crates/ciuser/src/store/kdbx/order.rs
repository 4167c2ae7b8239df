//! The order of passwords in a KeePass file.
//!
//! Passwords are enciphered by one running stream, so they must be deciphered in the order of the document. The crate
//! takes an entry's own fields first and its history after them, wherever they stand. KeePass and KeePassXC write them
//! so; libraries that edit the document in place may not, and then the crate reads nonsense without noticing.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Tells whether every entry of the document has its fields before its history.
pub(super) fn is_in_order(document: &[u8]) -> bool {
    let mut reader = Reader::from_reader(document);
    let mut buffer = Vec::new();
    // For each open element, whether its history has been seen.
    let mut open = vec![false];
    loop {
        buffer.clear();
        let Ok(event) = reader.read_event_into(&mut buffer) else {
            return false;
        };
        let (element, stays_open) = match &event {
            Event::Start(element) => (element, true),
            Event::Empty(element) => (element, false),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Eof => return true,
            _ => continue,
        };
        let Some(after_history) = open.last_mut() else {
            return false;
        };
        match element.name().as_ref() {
            "History" => *after_history = true,
            "String" if *after_history => return false,
            _ => {}
        }
        if stays_open {
            open.push(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "<History><Entry><String><Key>Password</Key></String></Entry></History>";
    const FIELD: &str = "<String><Key>Password</Key><Value Protected=\"True\">eA==</Value></String>";

    fn group(entries: &[String]) -> String {
        let entries: String = entries.iter().map(|entry| format!("<Entry>{entry}</Entry>")).collect();
        format!("<KeePassFile><Root><Group><Group/>{entries}<Group></Group></Group></Root></KeePassFile>")
    }

    #[test]
    fn fields_before_the_history_are_in_order_in_every_entry() {
        let good = format!("{FIELD}{FIELD}{OLD}");
        assert!(is_in_order(
            group(&[good.clone(), format!("{FIELD}<History/>"), good]).as_bytes()
        ));
    }

    #[test]
    fn a_field_behind_the_history_is_noticed() {
        for bad in [format!("{OLD}{FIELD}"), format!("{FIELD}<History/>{FIELD}")] {
            assert!(
                !is_in_order(group(&[FIELD.to_owned(), bad.clone()]).as_bytes()),
                "{bad}"
            );
        }
        assert!(!is_in_order(b"<a></b>"));
    }
}
