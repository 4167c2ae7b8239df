//! What a spec means for the pipeline: which users deploy what, and what their jobs use.

use ciuser_core::name::UserName;
use ciuser_core::spec::{PolicyRef, Spec, UserSpec};
use ciuser_core::target::{ProviderSpec, VariableNames};
use ciuser_policy::document::allowed_actions;

/// A service that there is a deploy job for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Service {
    /// A static site in a bucket
    S3,
    /// CloudFront in front of it
    Cloudfront,
    /// An application of Elastic Beanstalk
    Elasticbeanstalk,
}

impl Service {
    const ALL: [Service; 3] = [Service::S3, Service::Cloudfront, Service::Elasticbeanstalk];

    /// Returns the service's prefix in IAM actions.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Service::S3 => "s3",
            Service::Cloudfront => "cloudfront",
            Service::Elasticbeanstalk => "elasticbeanstalk",
        }
    }
}

/// What was said of the jobs beside the spec.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The services of every user; told from its policies if empty.
    pub(crate) services: Vec<Service>,
    pub(crate) bucket: Option<String>,
    pub(crate) distribution: Option<String>,
    pub(crate) site_directory: String,
    pub(crate) application: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) app_directory: String,
    pub(crate) branch: String,
    pub(crate) workflow: String,
    /// Jobs of the workflow that come first, and leave what they built in its workspace.
    pub(crate) requires: Vec<String>,
    pub(crate) canary: bool,
    pub(crate) image: String,
}

/// What a user deploys, and how its jobs get the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deploy {
    pub(crate) user: UserName,
    /// Whether there are other users, so that its jobs need names of their own.
    pub(super) is_one_of_many: bool,
    /// The services that there is a job for.
    pub(crate) services: Vec<Service>,
    /// The contexts that have the key; none where the project has it.
    pub(crate) contexts: Vec<String>,
    /// The names of the variables there.
    pub(super) names: VariableNames,
    /// How the ARN of the caller must end.
    pub(super) caller: String,
}

/// Returns the deploys of all users whose key goes to CircleCI.
pub(crate) fn deploys(spec: &Spec, settings: &Settings) -> Vec<Deploy> {
    let users = spec.users.iter().filter(|user| user.deliver.iter().any(is_circleci));
    let users: Vec<&UserSpec> = users.collect();
    let deploy = |user: &&UserSpec| Deploy {
        user: user.name.clone(),
        is_one_of_many: users.len() > 1,
        services: if settings.services.is_empty() {
            services_of(user)
        } else {
            settings.services.clone()
        },
        contexts: user.deliver.iter().filter_map(context_of).collect(),
        names: names_of(user),
        caller: end_of_arn(spec, user),
    };
    users.iter().map(deploy).collect()
}

fn is_circleci(place: &ProviderSpec) -> bool {
    matches!(
        place,
        ProviderSpec::CircleciContext { .. } | ProviderSpec::CircleciProject { .. }
    )
}

fn context_of(place: &ProviderSpec) -> Option<String> {
    match place {
        ProviderSpec::CircleciContext { context, .. } => Some(context.clone()),
        _ => None,
    }
}

/// Returns the names under which a job finds the key: those of the last context win over those of the project.
fn names_of(user: &UserSpec) -> VariableNames {
    let places = || user.deliver.iter().filter(|place| is_circleci(place));
    let last = places()
        .rfind(|place| context_of(place).is_some())
        .or_else(|| places().next());
    last.map(|place| place.names().clone()).unwrap_or_default()
}

/// Tells the services from the names of the policies, and from the actions of inline ones.
fn services_of(user: &UserSpec) -> Vec<Service> {
    let mut names: Vec<String> = user.policies.iter().map(name_of).collect();
    for document in user.inline.values() {
        let actions = allowed_actions(document.text()).into_iter();
        names.extend(actions.filter_map(|action| Some(action.split_once(':')?.0.to_lowercase())));
    }
    let has = |service: &Service| names.iter().any(|name| name.contains(service.word()));
    Service::ALL.into_iter().filter(has).collect()
}

fn name_of(policy: &PolicyRef) -> String {
    let text = policy.to_string();
    text.rsplit('/').next().unwrap_or_default().to_lowercase()
}

/// Returns how the ARN of the caller must end. It goes into a shell command; a path with odd letters is left out.
fn end_of_arn(spec: &Spec, user: &UserSpec) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/_+=,.@-".contains(letter);
    let name = match user.path.to_string() {
        path if path.chars().all(is_plain) => format!(":user{path}{}", user.name),
        _ => return format!("/{}", user.name),
    };
    match &spec.account {
        Some(account) => format!("iam::{account}{name}"),
        None => name,
    }
}
