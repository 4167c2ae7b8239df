//! The order of passwords in a KeePass file.
//!
//! Passwords are enciphered by one running stream, so they must be deciphered in the order of the document. The crate
//! takes an entry's own fields first and its history after them, wherever they stand. KeePass and KeePassXC write them
//! so; libraries that edit the document in place may not, and then the crate reads nonsense without noticing.

use super::document::Element;

/// Tells whether every entry of the document has its fields before its history.
pub(super) fn is_in_order(element: &Element) -> bool {
    let mut behind_history = element.children.iter().skip_while(|child| child.name != "History");
    behind_history.all(|child| child.name != "String") && element.children.iter().all(is_in_order)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "<History><Entry><String><Key>Password</Key></String></Entry></History>";
    const FIELD: &str = "<String><Key>Password</Key><Value Protected=\"True\">eA==</Value></String>";

    fn in_order(entries: &[String]) -> bool {
        let entries: String = entries.iter().map(|entry| format!("<Entry>{entry}</Entry>")).collect();
        let document =
            format!("<KeePassFile><Root><Group><Group/>{entries}<Group></Group></Group></Root></KeePassFile>");
        is_in_order(&Element::read(document.as_bytes()).unwrap())
    }

    #[test]
    fn fields_before_the_history_are_in_order_in_every_entry() {
        let good = format!("{FIELD}{FIELD}{OLD}");
        assert!(in_order(&[good.clone(), format!("{FIELD}<History/>"), good]));
    }

    #[test]
    fn a_field_behind_the_history_is_noticed() {
        for bad in [format!("{OLD}{FIELD}"), format!("{FIELD}<History/>{FIELD}")] {
            assert!(!in_order(&[FIELD.to_owned(), bad.clone()]), "{bad}");
        }
    }
}
