//! One value out of the YAML that command line programs keep their tokens in: mappings, by their indentation.

/// Returns the value under these keys, or nothing where it is empty or missing. Reads no lists, no anchors and no values
/// of several lines: none of these programs writes its token so.
pub(super) fn value_at<'t>(text: &'t str, keys: &[&str]) -> Option<&'t str> {
    let (key, deeper) = keys.split_first()?;
    let (value, block) = entry(text, key)?;
    if !deeper.is_empty() {
        return value_at(block, deeper);
    }
    let value = scalar(value);
    (!matches!(value, "" | "~" | "null")).then_some(value)
}

/// Returns what stands after a key of the outermost mapping, and the lines below it.
fn entry<'t>(text: &'t str, key: &str) -> Option<(&'t str, &'t str)> {
    let edge = text.lines().find(|line| has_content(line)).map(indent)?;
    let mut rest = text;
    while !rest.is_empty() {
        let (line, below) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = below;
        let named = line
            .trim_start()
            .split_once(':')
            .filter(|(name, _)| scalar(name) == key);
        if let (true, Some((_, value))) = (indent(line) == edge, named) {
            return Some((value, below.get(..end_of_block(below, edge)).unwrap_or_default()));
        }
    }
    None
}

/// Returns where the lines end that are further in than the edge.
fn end_of_block(text: &str, edge: usize) -> usize {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        if has_content(line) && indent(line) <= edge {
            break;
        }
        end += line.len();
    }
    end
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn has_content(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

/// Returns the text of a YAML value that stands on one line: quoted, or plain up to a comment.
fn scalar(value: &str) -> &str {
    let value = value.trim();
    // `glab` writes this tag before tokens.
    let value = value.strip_prefix("!!null").map_or(value, str::trim_start);
    for quote in ['"', '\''] {
        if let Some((quoted, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return quoted;
        }
    }
    if value.starts_with('#') {
        return "";
    }
    value.split_once(" #").map_or(value, |(plain, _)| plain.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# comment
version: 1
hosts:
    # another comment
    \"one.example\":
        nested:
            token: wrong

        token: 'right'
    two.example:
        token: !!null tagged # mine
    three.example:
        token: !!null
token: outermost
";

    #[test]
    fn a_value_is_found_by_its_whole_path_only() {
        for (keys, expected) in [
            (&["token"][..], Some("outermost")),
            (&["hosts", "one.example", "token"], Some("right")),
            (&["hosts", "one.example", "nested", "token"], Some("wrong")),
            (&["hosts", "two.example", "token"], Some("tagged")),
            (&["hosts", "three.example", "token"], None),
            (&["hosts", "four.example", "token"], None),
            (&["hosts", "token"], None),
            (&["nested", "token"], None),
        ] {
            assert_eq!(value_at(FILE, keys), expected, "{keys:?}");
        }
    }
}
