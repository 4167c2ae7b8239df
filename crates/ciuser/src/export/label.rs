//! Names of resources: what the tools allow, made from names that IAM allows.

/// Hands out names, each once, ignoring case.
#[derive(Default)]
pub(super) struct Labels(Vec<String>);

impl Labels {
    /// Returns a name for this text: a letter, then letters, digits and, for `joint`, that character; numbered when
    /// another text has it already.
    pub(super) fn label(&mut self, prefix: &str, text: &str, joint: Option<char>) -> String {
        let mut base: String = prefix.to_owned();
        for c in text.chars() {
            if c.is_ascii_alphanumeric() {
                base.push(c);
            } else if let Some(joint) = joint {
                base.push(joint);
            }
        }
        if !base.starts_with(|c: char| c.is_ascii_alphabetic()) {
            base.insert_str(0, "user");
        }
        let numbered = (2..).map(|number| match joint {
            Some(joint) => format!("{base}{joint}{number}"),
            None => format!("{base}N{number}"),
        });
        let free = |name: &String| !self.0.iter().any(|other| other.eq_ignore_ascii_case(name));
        let name = std::iter::once(base.clone())
            .chain(numbered)
            .find(free)
            .unwrap_or_default();
        self.0.push(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_sanitised_and_unique_ignoring_case() {
        let mut labels = Labels::default();
        let mut label = |text| labels.label("", text, Some('_'));
        assert_eq!(label("CI_USER"), "CI_USER");
        assert_eq!(label("ci.user"), "ci_user_2");
        assert_eq!(label("ci@user"), "ci_user_3");
        assert_eq!(label("1st"), "user1st");
        assert_eq!(label("+"), "user_");
        let mut labels = Labels::default();
        assert_eq!(labels.label("User", "ci-user.1", None), "Userciuser1");
        assert_eq!(labels.label("User", "ci_user1", None), "Userciuser1N2");
    }
}
