//! What a KeePass file holds that would not be in the one that we write.
//!
//! The crate reads into types of its own and writes those: what it has no type for is gone without a word, so is a text
//! of blanks only, and a line break that stands there as a number. No comparison of two databases of the crate can show
//! that. So the document of another program is compared with the one that the crate would write, element by element.
//!
//! Enciphered texts and attachments are not compared here: their bytes change with every save. Whether the crate wrote
//! what it had read of them, [`super::same`] tells.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::document::Element;

/// Texts that a person typed, in which a blank counts.
const TYPED: [&str; 11] = [
    "DatabaseDescription",
    "DatabaseName",
    "DefaultAutoTypeSequence",
    "DefaultSequence",
    "DefaultUserName",
    "Key",
    "KeystrokeSequence",
    "Name",
    "Notes",
    "OverrideURL",
    "Value",
];

/// What stands between two tags.
const TAG_SEPARATORS: [char; 3] = [';', ',', '\t'];

/// Returns where something is that the written document lacks, as `Root/Group/Entry/String[Notes]`; nothing when all of
/// the original is there.
pub(super) fn lost(original: &Element, written: &Element) -> Option<String> {
    if original.children.is_empty() {
        return (!same_leaf(original, written)).then(String::new);
    }
    for (place, child) in original.children.iter().enumerate() {
        if may_go(child, original) {
            continue;
        }
        let before = original.children.iter().take(place);
        let nth = before.filter(|other| is_twin(other, child)).count();
        let found = written.children.iter().filter(|other| is_twin(other, child)).nth(nth);
        let within = match found {
            Some(found) => lost(child, found),
            None => is_full(child).then(String::new),
        };
        if let Some(within) = within {
            return Some(joined(&spelt(child), &within));
        }
    }
    None
}

/// Tells whether an element may be missing: version 4 keeps it elsewhere or does without, or it is never seen.
fn may_go(child: &Element, parent: &Element) -> bool {
    match child.name.as_str() {
        "HeaderHash" | "Binaries" => parent.name == "Meta",
        // Beside an icon of one's own it is not seen, and KeePassXC does not keep it either.
        "IconID" => parent.child("CustomIconUUID").is_some(),
        _ => false,
    }
}

/// Tells whether an element holds anything.
fn is_full(element: &Element) -> bool {
    element.protected || !is_nothing(element) || element.children.iter().any(is_full)
}

/// Tells whether a text says nothing. KeePass writes `null` for what is inherited from the group above.
fn is_nothing(element: &Element) -> bool {
    match element.name.as_str() {
        name if TYPED.contains(&name) => element.text.is_empty(),
        "EnableAutoType" | "EnableSearching" if element.text == "null" => true,
        _ => element.text.trim().is_empty(),
    }
}

/// Tells whether two elements are the same thing before and after: fields go by their keys, icons by their ids, all
/// others by their place among those of the same name.
fn is_twin(one: &Element, other: &Element) -> bool {
    one.name == other.name && title(one) == title(other)
}

fn title(element: &Element) -> Option<&str> {
    let by = match element.name.as_str() {
        "String" | "Binary" | "Item" => "Key",
        "Icon" | "DeletedObject" => "UUID",
        _ => return None,
    };
    element.child(by).map(|key| key.text.as_str())
}

fn same_leaf(original: &Element, written: &Element) -> bool {
    original.protected == written.protected
        && (original.protected || is_nothing(original) || same_text(original, written))
}

fn same_text(original: &Element, written: &Element) -> bool {
    let name = original.name.as_str();
    let (one, other) = (original.text.as_str(), written.text.as_str());
    match name {
        _ if TYPED.contains(&name) => one == other,
        "Tags" => tags(one).eq(tags(other)),
        _ if name.ends_with("Time") || name.ends_with("Changed") => instant(one) == instant(other),
        _ if ["true", "false"].iter().any(|word| one.eq_ignore_ascii_case(word)) || one.starts_with('#') => {
            one.eq_ignore_ascii_case(other)
        }
        _ => one.trim() == other.trim(),
    }
}

fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.split(TAG_SEPARATORS).map(str::trim)
}

/// Returns the seconds since the beginning of year 1: version 3 writes a date, version 4 that number.
fn instant(text: &str) -> Option<i64> {
    const YEAR_1: i64 = -62_135_596_800;
    let text = text.trim();
    match text.parse::<Timestamp>() {
        Ok(date) => date.as_second().checked_sub(YEAR_1),
        Err(_) => {
            let bytes = STANDARD.decode(text).ok()?;
            Some(i64::from_le_bytes(bytes.try_into().ok()?))
        }
    }
}

fn spelt(element: &Element) -> String {
    match title(element) {
        Some(title) => format!("{}[{title}]", element.name),
        None => element.name.clone(),
    }
}

fn joined(outer: &str, inner: &str) -> String {
    match inner {
        "" => outer.to_owned(),
        inner => format!("{outer}/{inner}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost_of(original: &str, written: &str) -> Option<String> {
        let [original, written] = [original, written].map(|part| {
            let document = format!("<KeePassFile>{part}</KeePassFile>");
            Element::read(document.as_bytes()).unwrap()
        });
        lost(&original, &written)
    }

    #[test]
    fn another_notation_or_order_of_the_same_is_no_loss() {
        for (original, written) in [
            (
                "<CreationTime>2020-01-02T03:04:05Z</CreationTime>",
                "<CreationTime>pVSf1Q4AAAA=</CreationTime>",
            ),
            ("<Tags>a,b;c d</Tags>", "<Tags>a;b;c d</Tags>"),
            ("<Notes/><Tags></Tags><History>\n</History>", ""),
            ("<EnableAutoType>null</EnableAutoType>", ""),
            (
                "<Color>#ff00aa</Color><Expires>true</Expires>",
                "<Color>#FF00AA</Color><Expires>True</Expires>",
            ),
            (
                "<String><Key>a</Key><Value>1</Value></String><String><Key>b</Key><Value>2</Value></String>",
                "<String><Key>b</Key><Value>2</Value></String><String><Key>a</Key><Value>1</Value></String>",
            ),
            (
                "<Entry><IconID>3</IconID><CustomIconUUID>yM==</CustomIconUUID></Entry>",
                "<Entry><CustomIconUUID>yM==</CustomIconUUID><QualityCheck>True</QualityCheck></Entry>",
            ),
            (
                "<Meta><HeaderHash>x</HeaderHash><Binaries><Binary>y</Binary></Binaries></Meta>",
                "<Meta/>",
            ),
            (
                "<Value Protected=\"True\">abc=</Value>",
                "<Value Protected=\"True\">xyz=</Value>",
            ),
        ] {
            assert_eq!(lost_of(original, written), None, "{original}");
        }
    }

    #[test]
    fn what_is_missing_or_different_is_named_by_its_place() {
        for (original, written, place) in [
            ("<Plugin>x</Plugin>", "", "Plugin"),
            ("<Plugin><Part>x</Part></Plugin>", "", "Plugin"),
            ("<Notes> </Notes>", "<Notes/>", "Notes"),
            ("<Notes>a&#13;b</Notes>", "<Notes>a\rb</Notes>", "Notes"),
            ("<Tags>a;b</Tags>", "<Tags>a</Tags>", "Tags"),
            ("<UUID>yM==</UUID>", "<UUID>ym==</UUID>", "UUID"),
            (
                "<ExpiryTime>2020-01-02T03:04:05Z</ExpiryTime>",
                "<ExpiryTime>plSf1Q4AAAA=</ExpiryTime>",
                "ExpiryTime",
            ),
            (
                "<Group><Entry><String><Key>PIN</Key><Value> </Value></String></Entry></Group>",
                "<Group><Entry><String><Key>PIN</Key><Value></Value></String></Entry></Group>",
                "Group/Entry/String[PIN]/Value",
            ),
            (
                "<String><Key>PIN</Key><Value>1</Value></String><String><Key>PIN</Key><Value>2</Value></String>",
                "<String><Key>PIN</Key><Value>1</Value></String>",
                "String[PIN]",
            ),
            ("<String><Key>PIN</Key><Value/></String>", "", "String[PIN]"),
            (
                "<Entry><UUID>a</UUID></Entry><Entry><UUID>b</UUID></Entry>",
                "<Entry><UUID>b</UUID></Entry><Entry><UUID>a</UUID></Entry>",
                "Entry/UUID",
            ),
            ("<Value Protected=\"True\">abc=</Value>", "<Value>abc=</Value>", "Value"),
            (
                "<Binary><Key>a.txt</Key><Value Ref=\"0\"/></Binary>",
                "",
                "Binary[a.txt]",
            ),
        ] {
            assert_eq!(lost_of(original, written).as_deref(), Some(place), "{original}");
        }
    }
}
