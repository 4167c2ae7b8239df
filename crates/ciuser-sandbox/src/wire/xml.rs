//! Writes the XML of the AWS Query protocol.
//!
//! What must stay true: whatever the text, the document is well-formed, and a parser gives the text back. The one
//! exception are characters that XML 1.0 cannot carry in any form; they become U+FFFD.

use jiff::Timestamp;

use super::iso_8601;

/// An XML document or a part of one, while it is written.
#[derive(Default)]
pub(crate) struct Xml {
    out: String,
}

impl Xml {
    /// Writes an element with text inside.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.start(name);
        for character in value.chars() {
            self.character(character);
        }
        self.end(name);
    }

    /// Writes an element with text inside, if there is a text.
    pub(crate) fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// Writes an element with a number inside.
    pub(crate) fn number(&mut self, name: &str, value: usize) {
        self.text(name, &value.to_string());
    }

    /// Writes an element with `true` or `false` inside.
    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.text(name, if value { "true" } else { "false" });
    }

    /// Writes an element with a time inside.
    pub(crate) fn time(&mut self, name: &str, value: Timestamp) {
        self.text(name, &iso_8601(value));
    }

    /// Writes an element with elements inside.
    pub(crate) fn element(&mut self, name: &str, content: impl FnOnce(&mut Xml)) {
        self.start(name);
        content(self);
        self.end(name);
    }

    /// Writes a list: one `member` element per item, also when there is none.
    pub(crate) fn members<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut content: impl FnMut(&mut Xml, T),
    ) {
        self.element(name, |xml| {
            for item in items {
                xml.element("member", |xml| content(xml, item));
            }
        });
    }

    /// Writes a list of texts.
    pub(crate) fn text_members<'a>(&mut self, name: &str, items: impl IntoIterator<Item = &'a str>) {
        self.element(name, |xml| {
            for item in items {
                xml.text("member", item);
            }
        });
    }

    /// Writes the document's outermost element, with its namespace.
    pub(crate) fn document(name: &str, namespace: &str, content: impl FnOnce(&mut Xml)) -> String {
        let mut xml = Xml::default();
        xml.out.push('<');
        xml.out.push_str(name);
        xml.out.push_str(" xmlns=\"");
        xml.out.push_str(namespace);
        xml.out.push_str("\">");
        content(&mut xml);
        xml.end(name);
        xml.out
    }

    /// Writes what `part` holds.
    pub(crate) fn append(&mut self, part: &Xml) {
        self.out.push_str(&part.out);
    }

    /// Returns whether nothing was written.
    pub(crate) fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    fn start(&mut self, name: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn character(&mut self, character: char) {
        match character {
            '<' => self.out.push_str("&lt;"),
            '>' => self.out.push_str("&gt;"),
            '&' => self.out.push_str("&amp;"),
            '"' => self.out.push_str("&quot;"),
            '\'' => self.out.push_str("&apos;"),
            // A parser turns a bare carriage return into a line feed.
            '\r' => self.out.push_str("&#xD;"),
            '\t' | '\n' => self.out.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.out.push('\u{fffd}'),
            _ => self.out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_so_that_a_parser_gives_it_back() {
        let mut xml = Xml::default();
        xml.text("Value", "a<b & \"c\" 'd'>\r\n\u{1}é");
        assert_eq!(
            xml.out,
            "<Value>a&lt;b &amp; &quot;c&quot; &apos;d&apos;&gt;&#xD;\n\u{fffd}é</Value>"
        );
    }

    #[test]
    fn an_empty_list_is_still_written() {
        let mut xml = Xml::default();
        xml.text_members("PolicyNames", []);
        assert_eq!(xml.out, "<PolicyNames></PolicyNames>");
    }
}
