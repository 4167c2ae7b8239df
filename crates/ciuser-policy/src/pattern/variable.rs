//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`.

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Variable {
    /// The condition key whose value is meant, in lower case.
    pub(crate) key: String,
    /// What it stands for when the request has no such key.
    pub(crate) default: Option<String>,
}

impl Variable {
    /// Reads what is between the braces.
    pub(super) fn read(inside: &str) -> Self {
        let (key, default) = match inside.split_once(',') {
            Some((key, default)) => (key, Some(unquoted(default.trim()).to_owned())),
            None => (inside, None),
        };
        Self {
            key: key.trim().to_lowercase(),
            default,
        }
    }
}

fn unquoted(text: &str) -> &str {
    let inside = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    inside.unwrap_or(text)
}

/// What a request has for variables.
pub(crate) trait Lookup {
    /// Returns the one value that the request has for a condition key, in lower case; nothing for none or several.
    fn one_value(&self, key: &str) -> Option<&str>;
}

impl Variable {
    /// Returns what the variable stands for in a request.
    pub(crate) fn value<'a>(&'a self, request: &'a dyn Lookup) -> Option<&'a str> {
        request.one_value(&self.key).or(self.default.as_deref())
    }
}
