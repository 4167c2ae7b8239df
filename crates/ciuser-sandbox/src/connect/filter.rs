//! Filters of listings: one comparison in the language of SCIM, `title eq "..."`.

use super::answer::Refusal;
use crate::hub::Call;

/// An attribute, and the value that it must have.
pub(super) struct Filter {
    attribute: String,
    value: String,
}

impl Filter {
    /// Reads the filter of a call, if it has one; of these attributes only.
    pub(super) fn of(call: &Call<'_>, attributes: &[&str]) -> Result<Option<Filter>, Refusal> {
        let Some(text) = call.param("filter") else {
            return Ok(None);
        };
        let filter = parse(&text).filter(|filter| attributes.contains(&filter.attribute.as_str()));
        filter.map(Some).ok_or_else(|| Refusal::invalid("Invalid filter"))
    }

    /// Tells whether one of the values of an attribute is the one that is asked for.
    pub(super) fn takes<'v>(&self, attribute: &str, mut values: impl Iterator<Item = &'v str>) -> bool {
        self.attribute == attribute && values.any(|value| value == self.value)
    }
}

fn parse(text: &str) -> Option<Filter> {
    let (attribute, rest) = text.trim().split_once(' ')?;
    let (operator, rest) = rest.trim_start().split_once(' ')?;
    let quoted = rest.trim().strip_prefix('"')?.strip_suffix('"')?;
    operator.eq_ignore_ascii_case("eq").then(|| Filter {
        attribute: attribute.to_ascii_lowercase(),
        value: quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comparison_is_understood() {
        let read = |text| parse(text).map(|filter| (filter.attribute, filter.value));
        let of = |attribute: &str, value: &str| Some((attribute.to_owned(), value.to_owned()));
        assert_eq!(read(r#"title eq "a b""#), of("title", "a b"));
        assert_eq!(read(r#" Tag  EQ  "x" "#), of("tag", "x"));
        assert_eq!(read(r#"name eq "a \"b\" c""#), of("name", r#"a "b" c"#));
        for wrong in ["title", "title eq", "title eq x", r#"title ne "x""#, r#"title eq "x"#] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
