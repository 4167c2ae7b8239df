//! Organisations, and the slugs that name them and their projects.

use serde::{Deserialize, Serialize};

/// Where an organisation's repositories are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Vcs {
    Github,
    Bitbucket,
    /// An organisation of CircleCI's own (GitHub App, GitLab, Bitbucket Data Center); its slugs are made of ids.
    Circleci,
}

impl Vcs {
    /// Reads the first part of a slug, in its short or its long form.
    pub(super) fn of(word: &str) -> Option<Vcs> {
        match word {
            "gh" | "github" => Some(Vcs::Github),
            "bb" | "bitbucket" => Some(Vcs::Bitbucket),
            "circleci" => Some(Vcs::Circleci),
            _ => None,
        }
    }

    /// Returns the first part of a slug.
    pub(super) fn short_name(self) -> &'static str {
        match self {
            Vcs::Github => "gh",
            Vcs::Bitbucket => "bb",
            Vcs::Circleci => "circleci",
        }
    }

    /// Returns the `vcs_type` of the API's answers.
    pub(super) fn long_name(self) -> &'static str {
        match self {
            Vcs::Github => "github",
            Vcs::Bitbucket => "bitbucket",
            Vcs::Circleci => "circleci",
        }
    }

    /// Returns the `provider` of the API's answers.
    pub(super) fn provider(self) -> &'static str {
        match self {
            Vcs::Github => "GitHub",
            Vcs::Bitbucket => "Bitbucket",
            Vcs::Circleci => "CircleCI",
        }
    }

    /// Returns where a repository's address begins.
    pub(super) fn host(self) -> &'static str {
        match self {
            Vcs::Github => "https://github.com",
            Vcs::Bitbucket => "https://bitbucket.org",
            Vcs::Circleci => "//circleci.com",
        }
    }
}

/// An organisation.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) vcs: Vcs,
    pub(super) name: String,
}

impl Organization {
    /// Returns `gh/acme`, or `circleci/` and the id.
    pub(super) fn slug(&self) -> String {
        format!("{}/{}", self.vcs.short_name(), self.slug_name())
    }

    /// Returns the second part of the slug.
    pub(super) fn slug_name(&self) -> &str {
        match self.vcs {
            Vcs::Circleci => &self.id,
            Vcs::Github | Vcs::Bitbucket => &self.name,
        }
    }

    /// Tells whether a slug's first two parts name this organisation; `circleci/` and its id always do.
    pub(super) fn is_named(&self, vcs: Vcs, name: &str) -> bool {
        match vcs {
            Vcs::Circleci => self.id == name,
            Vcs::Github | Vcs::Bitbucket => self.vcs == vcs && self.name == name,
        }
    }
}
