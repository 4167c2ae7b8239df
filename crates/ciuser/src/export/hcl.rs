//! Terraform's language, as much of it as is written here, in the layout of `terraform fmt`.

use std::fmt::Write as _;

use serde_json::Value;

/// An attribute of a block: its name and its expression.
pub(super) type Attribute = (String, String);

/// Returns a quoted string that means exactly this text.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Returns what stands in quotes for exactly this text.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' | '\\' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            // What follows would be an expression or a directive.
            '$' | '%' if rest.peek() == Some(&'{') => {
                escaped.push(c);
                escaped.push(c);
            }
            c if c.is_control() => {
                let _ = write!(escaped, "\\u{:04x}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// Returns the expression of a list: on one line if it is short.
pub(super) fn list(items: &[String]) -> String {
    const WIDTH: usize = 80;
    let line = format!("[{}]", items.join(", "));
    if line.len() <= WIDTH && !line.contains('\n') {
        return line;
    }
    let items: Vec<String> = items.iter().map(|item| format!("{},\n", indented(item))).collect();
    format!("[\n{}]", items.concat())
}

/// Returns the expression of an object, one attribute on each line.
pub(super) fn object(attributes: &[Attribute]) -> String {
    if attributes.is_empty() {
        return "{}".to_owned();
    }
    format!("{{\n{}\n}}", indented(&aligned(attributes)))
}

/// Returns the expression that is this JSON.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => list(&items.iter().map(json).collect::<Vec<_>>()),
        Value::Object(members) => {
            let members: Vec<Attribute> = members.iter().map(|(name, value)| (key(name), json(value))).collect();
            object(&members)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// Returns a key of an object: bare if it can be.
pub(super) fn key(text: &str) -> String {
    let bare = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && text != "for";
    if bare { text.to_owned() } else { quoted(text) }
}

/// Returns a block such as `resource "aws_iam_user" "ci" { ... }`; `inner` are blocks in it.
pub(super) fn block(head: &str, attributes: &[Attribute], inner: &[String]) -> String {
    let mut parts = Vec::new();
    if !attributes.is_empty() {
        parts.push(aligned(attributes));
    }
    parts.extend(inner.iter().cloned());
    if parts.is_empty() {
        return format!("{head} {{}}");
    }
    format!("{head} {{\n{}\n}}", indented(&parts.join("\n\n")))
}

/// Makes an attribute.
pub(super) fn attribute(name: &str, expression: impl Into<String>) -> Attribute {
    (name.to_owned(), expression.into())
}

/// Joins attributes; the signs of those that follow each other on single lines stand below each other.
fn aligned(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    let single = |(_, expression): &Attribute| !expression.contains('\n');
    for group in attributes.chunk_by(|one, next| single(one) && single(next)) {
        let width = group
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or_default();
        lines.extend(
            group
                .iter()
                .map(|(name, expression)| format!("{name:<width$} = {expression}")),
        );
    }
    lines.join("\n")
}

fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!("  {line}")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_would_be_an_expression_is_escaped() {
        assert_eq!(quoted("home/${aws:username}/*"), r#""home/$${aws:username}/*""#);
        assert_eq!(quoted("%{if} $$ 5% $${x}"), r#""%%{if} $$ 5% $$${x}""#);
        assert_eq!(quoted("a\"b\\c\n\t\u{1}é"), r#""a\"b\\c\n\t\u0001é""#);
    }

    #[test]
    fn json_is_written_as_terraform_fmt_lays_it_out() {
        let value = json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "NotAction": ["s3:*"], "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}],
        });
        insta::assert_snapshot!(json(&value), @r##"
        {
          Version = "2012-10-17"
          Statement = [
            {
              Effect    = "Allow"
              NotAction = ["s3:*"]
              Resource  = "*"
              Condition = {
                Bool = {
                  "aws:SecureTransport" = "true"
                }
              }
            },
          ]
        }
        "##);
    }
}
