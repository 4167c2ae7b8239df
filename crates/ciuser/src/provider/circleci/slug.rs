//! Slugs: `gh/acme` names an organisation, `gh/acme/storefront` a project; after `circleci/` come opaque ids.

/// The parts of a slug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slug<'s>(Vec<&'s str>);

impl<'s> Slug<'s> {
    /// Splits the slug of an organisation; `None` when it has another form.
    pub(super) fn of_organization(text: &'s str) -> Option<Slug<'s>> {
        Slug::of(text, 2)
    }

    /// Splits the slug of a project; `None` when it has another form.
    pub(super) fn of_project(text: &'s str) -> Option<Slug<'s>> {
        Slug::of(text, 3)
    }

    fn of(text: &'s str, length: usize) -> Option<Slug<'s>> {
        let parts: Vec<_> = text.split('/').collect();
        let named = parts.iter().all(|part| !matches!(*part, "" | "." | ".."));
        (named && parts.len() == length).then_some(Slug(parts))
    }

    /// Returns the parts as they were written.
    pub(super) fn parts(&self) -> &[&'s str] {
        &self.0
    }

    /// Returns the parts as the web application's addresses have them.
    pub(super) fn web_parts(&self) -> Vec<&'s str> {
        let (first, rest) = self.0.split_first().unwrap_or((&"", &[]));
        std::iter::once(long(first)).chain(rest.iter().copied()).collect()
    }

    /// Returns the id of the organisation, where that is what the slug is made of.
    pub(super) fn id(&self) -> Option<&'s str> {
        match self.0.as_slice() {
            ["circleci", id, ..] => Some(id),
            _ => None,
        }
    }

    /// Tells whether both name the same: `gh` is `github`, and `bb` is `bitbucket`.
    pub(super) fn same_as(&self, other: &Slug<'_>) -> bool {
        self.web_parts() == other.web_parts()
    }
}

fn long(vcs: &str) -> &str {
    match vcs {
        "gh" => "github",
        "bb" => "bitbucket",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_and_the_long_form_name_the_same() {
        let slug = |text| Slug::of_organization(text).unwrap();
        assert!(slug("gh/acme").same_as(&slug("github/acme")));
        assert!(slug("bb/acme").same_as(&slug("bitbucket/acme")));
        assert!(!slug("gh/acme").same_as(&slug("bb/acme")));
        assert!(!slug("gh/acme").same_as(&slug("gh/acme2")));
    }

    #[test]
    fn what_would_lead_to_another_resource_is_no_slug() {
        for bad in ["gh", "gh/", "gh//x", "gh/acme/..", "gh/acme/x/y", ""] {
            assert_eq!(Slug::of_project(bad), None, "{bad}");
        }
    }
}
