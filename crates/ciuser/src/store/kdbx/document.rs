//! The XML document in a KeePass file, as a tree.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// An element of the document.
#[derive(Default)]
pub(super) struct Element {
    pub(super) name: String,
    /// Whether its text is enciphered a second time.
    pub(super) protected: bool,
    /// All text that stands in it, without that of its children.
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// Reads a document and returns its outermost element; nothing when it is not XML, or names an entity of its own.
    pub(super) fn read(document: &[u8]) -> Option<Element> {
        let mut reader = Reader::from_reader(document);
        let mut buffer = Vec::new();
        let mut open = vec![Element::default()];
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).ok()? {
                Event::Start(tag) => open.push(Element::of(&tag)?),
                Event::Empty(tag) => open.last_mut()?.children.push(Element::of(&tag)?),
                Event::End(_) => {
                    let ended = open.pop()?;
                    open.last_mut()?.children.push(ended);
                }
                Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
                Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                    Some(character) => open.last_mut()?.text.push(character),
                    None => {
                        let meant = quick_xml::escape::resolve_xml_entity(&reference)?;
                        open.last_mut()?.text.push_str(meant);
                    }
                },
                Event::Eof => break,
                _ => {}
            }
        }
        let mut outermost = open.pop().filter(|_| open.is_empty())?.children;
        outermost.pop().filter(|_| outermost.is_empty())
    }

    fn of(tag: &BytesStart<'_>) -> Option<Element> {
        let protected = tag.try_get_attribute("Protected").ok()?;
        let protected = match protected {
            Some(attribute) => attribute.normalized_value(XmlVersion::Implicit1_0).ok()?,
            None => "".into(),
        };
        Some(Element {
            name: tag.name().as_ref().to_owned(),
            protected: protected.eq_ignore_ascii_case("true"),
            ..Element::default()
        })
    }

    /// Returns the first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(document: &str) -> Option<String> {
        Element::read(document.as_bytes()).map(|element| element.text)
    }

    #[test]
    fn text_is_what_an_xml_reader_makes_of_it() {
        for (document, expected) in [
            ("<a> b </a>", " b "),
            ("<a>&lt;&amp;&#65;&#x42;<![CDATA[<c>]]></a>", "<&AB<c>"),
            (
                "<?xml version=\"1.0\"?><!-- x --><a>1\r\n2\r3<b>not here</b></a>",
                "1\n2\n3",
            ),
            ("<a>1&#13;2</a>", "1\r2"),
            ("<a/>", ""),
        ] {
            assert_eq!(text(document).as_deref(), Some(expected), "{document}");
        }
    }

    #[test]
    fn what_is_not_one_whole_document_is_none() {
        for document in ["<a></b>", "<a>", "", "<a/><b/>", "<a>&secret;</a>"] {
            assert_eq!(text(document), None, "{document}");
        }
    }

    #[test]
    fn children_and_protection_are_found() {
        let document = "<a><b Protected=\"True\">x</b><b Protected='False'/><c>y</c></a>";
        let read = Element::read(document.as_bytes()).unwrap();
        let seen: Vec<_> = read
            .children
            .iter()
            .map(|child| (child.name.as_str(), child.protected))
            .collect();
        assert_eq!(seen, [("b", true), ("b", false), ("c", false)]);
        assert_eq!(read.child("c").unwrap().text, "y");
    }
}
