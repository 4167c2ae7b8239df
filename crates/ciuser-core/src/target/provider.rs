//! The CI systems' places, as `[[user.deliver]]` describes them.

use serde::{Deserialize, Serialize};

use super::{VariableNames, tidy};

/// A CI system's place, as `[[user.deliver]]` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum ProviderSpec {
    /// A CircleCI context.
    CircleciContext {
        /// The organisation's slug, `gh/acme`.
        org: String,
        /// The context's name.
        context: String,
        /// The projects that may use a context that has to be made.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        restrict_to: Vec<String>,
        /// The condition that a job must fulfil to use a context that has to be made, in CircleCI's own language:
        /// `pipeline.git.branch == "main"`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expression: Option<String>,
        /// Leaves a new context open to every project, on purpose.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        open: bool,
        /// Where CircleCI answers; `https://circleci.com` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
    /// The variables of a CircleCI project.
    CircleciProject {
        /// The project's slug, `gh/acme/storefront`.
        project: String,
        /// Where CircleCI answers; `https://circleci.com` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
    /// The Actions secrets of a GitHub repository, or of one of its environments.
    Github {
        /// The repository, `acme/storefront`.
        repository: String,
        /// The environment; made if missing. The repository's own secrets if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        environment: Option<String>,
        /// Where GitHub answers; `https://github.com` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
    /// The Actions secrets of a GitHub organisation.
    GithubOrganization {
        /// The organisation, `acme`.
        organization: String,
        /// Which repositories may use them.
        #[serde(default)]
        visibility: GithubVisibility,
        /// The repositories, with `visibility = "selected"`: `storefront` or `acme/storefront`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        repositories: Vec<String>,
        /// Where GitHub answers; `https://github.com` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
    /// The CI/CD variables of a GitLab project.
    Gitlab {
        /// The project's path, `acme/shop/storefront`, or its number.
        project: String,
        /// The environments that get it, `production` or `review/*`; all if absent.
        #[serde(default = "every_environment")]
        environment_scope: String,
        /// Whether only pipelines of protected branches and tags get it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        protected: bool,
        /// Whether GitLab hides a secret that has to be made from everybody; it cannot be read back then.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hidden: bool,
        /// Where GitLab answers; `https://gitlab.com` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
    /// The CI/CD variables of a GitLab group.
    GitlabGroup {
        /// The group's path, `acme/shop`, or its number.
        group: String,
        /// The environments that get it, `production` or `review/*`; all if absent.
        #[serde(default = "every_environment")]
        environment_scope: String,
        /// Whether only pipelines of protected branches and tags get it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        protected: bool,
        /// Whether GitLab hides a secret that has to be made from everybody; it cannot be read back then.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hidden: bool,
        /// Where GitLab answers; `https://gitlab.com` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
    /// The Pipelines variables of a Bitbucket repository, or of one of its deployment environments.
    Bitbucket {
        /// The repository, `acme/storefront`.
        repository: String,
        /// The deployment environment's name. The repository's own variables if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deployment: Option<String>,
        /// Where Bitbucket answers; `https://api.bitbucket.org` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
    /// The Pipelines variables of a Bitbucket workspace.
    BitbucketWorkspace {
        /// The workspace, `acme`.
        workspace: String,
        /// Where Bitbucket answers; `https://api.bitbucket.org` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
    /// The secrets of a Buildkite cluster.
    Buildkite {
        /// The organisation's slug.
        organization: String,
        /// The cluster's name, or its id.
        cluster: String,
        /// Where Buildkite answers; `https://api.buildkite.com` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
}

/// Which repositories of an organisation may use a secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GithubVisibility {
    /// Those that are named.
    #[default]
    Selected,
    /// The private and internal ones.
    Private,
    /// All of them.
    All,
}

/// GitLab's word for all environments.
const EVERY_ENVIRONMENT: &str = "*";

fn every_environment() -> String {
    EVERY_ENVIRONMENT.to_owned()
}

impl ProviderSpec {
    /// Every kind, as `--deliver` spells it.
    pub const KINDS: [&str; 9] = [
        "circleci-context",
        "circleci-project",
        "github",
        "github-organization",
        "gitlab",
        "gitlab-group",
        "bitbucket",
        "bitbucket-workspace",
        "buildkite",
    ];

    /// Returns the kind, as `--deliver` spells it.
    pub fn kind(&self) -> &'static str {
        match self {
            ProviderSpec::CircleciContext { .. } => "circleci-context",
            ProviderSpec::CircleciProject { .. } => "circleci-project",
            ProviderSpec::Github { .. } => "github",
            ProviderSpec::GithubOrganization { .. } => "github-organization",
            ProviderSpec::Gitlab { .. } => "gitlab",
            ProviderSpec::GitlabGroup { .. } => "gitlab-group",
            ProviderSpec::Bitbucket { .. } => "bitbucket",
            ProviderSpec::BitbucketWorkspace { .. } => "bitbucket-workspace",
            ProviderSpec::Buildkite { .. } => "buildkite",
        }
    }

    /// Returns the place, as `--deliver` spells it.
    pub fn place(&self) -> String {
        let in_part = |whole: &str, part: &Option<String>| match part {
            Some(part) => format!("{whole}/{part}"),
            None => whole.to_owned(),
        };
        let in_scope = |whole: &str, scope: &str| match scope {
            EVERY_ENVIRONMENT => whole.to_owned(),
            scope => format!("{whole}:{scope}"),
        };
        match self {
            ProviderSpec::CircleciContext { org, context, .. } => format!("{org}/{context}"),
            ProviderSpec::CircleciProject { project, .. } => project.clone(),
            ProviderSpec::Github {
                repository,
                environment,
                ..
            } => in_part(repository, environment),
            ProviderSpec::GithubOrganization { organization, .. } => organization.clone(),
            ProviderSpec::Gitlab {
                project,
                environment_scope,
                ..
            } => in_scope(project, environment_scope),
            ProviderSpec::GitlabGroup {
                group,
                environment_scope,
                ..
            } => in_scope(group, environment_scope),
            ProviderSpec::Bitbucket {
                repository, deployment, ..
            } => in_part(repository, deployment),
            ProviderSpec::BitbucketWorkspace { workspace, .. } => workspace.clone(),
            ProviderSpec::Buildkite {
                organization, cluster, ..
            } => format!("{organization}/{cluster}"),
        }
    }

    /// Returns where the CI system answers, with the key that the file has, unless it is the one for everybody.
    pub(super) fn at(&self) -> Option<(&'static str, String)> {
        let everybodys: &[&str] = match self {
            ProviderSpec::CircleciContext { .. } | ProviderSpec::CircleciProject { .. } => &["circleci.com"],
            ProviderSpec::Github { .. } | ProviderSpec::GithubOrganization { .. } => &["github.com", "api.github.com"],
            ProviderSpec::Gitlab { .. } | ProviderSpec::GitlabGroup { .. } => &["gitlab.com"],
            ProviderSpec::Bitbucket { .. } | ProviderSpec::BitbucketWorkspace { .. } => &["api.bitbucket.org"],
            ProviderSpec::Buildkite { .. } => &["api.buildkite.com"],
        };
        let url = tidy(self.url()?);
        (!everybodys.contains(&url.as_str())).then_some(("url", url))
    }

    /// Returns the address that the description names.
    pub fn url(&self) -> Option<&str> {
        match self {
            ProviderSpec::CircleciContext { url, .. }
            | ProviderSpec::CircleciProject { url, .. }
            | ProviderSpec::Github { url, .. }
            | ProviderSpec::GithubOrganization { url, .. }
            | ProviderSpec::Gitlab { url, .. }
            | ProviderSpec::GitlabGroup { url, .. }
            | ProviderSpec::Bitbucket { url, .. }
            | ProviderSpec::BitbucketWorkspace { url, .. }
            | ProviderSpec::Buildkite { url, .. } => url.as_deref(),
        }
    }

    /// Returns the address that the description names, to be filled in.
    pub fn url_mut(&mut self) -> &mut Option<String> {
        match self {
            ProviderSpec::CircleciContext { url, .. }
            | ProviderSpec::CircleciProject { url, .. }
            | ProviderSpec::Github { url, .. }
            | ProviderSpec::GithubOrganization { url, .. }
            | ProviderSpec::Gitlab { url, .. }
            | ProviderSpec::GitlabGroup { url, .. }
            | ProviderSpec::Bitbucket { url, .. }
            | ProviderSpec::BitbucketWorkspace { url, .. }
            | ProviderSpec::Buildkite { url, .. } => url,
        }
    }

    /// Returns what contradicts itself in the description, if anything does.
    pub fn contradiction(&self) -> Option<&'static str> {
        let ProviderSpec::GithubOrganization {
            visibility,
            repositories,
            ..
        } = self
        else {
            return None;
        };
        match (visibility, repositories.is_empty()) {
            (GithubVisibility::Selected, true) => {
                Some("nothing says which repositories may use it: name them as `repositories`, or set `visibility`")
            }
            (GithubVisibility::Private | GithubVisibility::All, false) => {
                Some("`repositories` are for `visibility = \"selected\"`, the default, only")
            }
            _ => None,
        }
    }

    /// Returns the names of its variables.
    pub fn names(&self) -> &VariableNames {
        match self {
            ProviderSpec::CircleciContext { names, .. }
            | ProviderSpec::CircleciProject { names, .. }
            | ProviderSpec::Github { names, .. }
            | ProviderSpec::GithubOrganization { names, .. }
            | ProviderSpec::Gitlab { names, .. }
            | ProviderSpec::GitlabGroup { names, .. }
            | ProviderSpec::Bitbucket { names, .. }
            | ProviderSpec::BitbucketWorkspace { names, .. }
            | ProviderSpec::Buildkite { names, .. } => names,
        }
    }
}
