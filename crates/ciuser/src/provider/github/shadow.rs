//! Which value a job gets when a name is set at more than one level: the nearest, environment, repository, organisation.
//!
//! Which environment a job names stands in its workflow, which is not read here; so this warns of what may be, and never
//! fails for what the token may not see.

use ciuser_core::port::TargetError;
use ciuser_core::target::VariableNames;

use super::api::Github;
use super::held::Held;
use super::level::{Level, Slug};
use super::server::told;
use crate::rest::Trouble;

/// Each place costs two calls.
pub(super) const MOST: usize = 30;

/// Warns of environments of a repository that set the same names, and mentions what it hides of the organisation's.
pub(super) async fn around_repository(
    github: &Github<'_>,
    slug: &Slug,
    names: &VariableNames,
) -> Result<Vec<String>, TargetError> {
    let mut warnings = Vec::new();
    let environments = seen(github.environments(slug).await)?.unwrap_or_default();
    for environment in environments.iter().take(MOST) {
        let level = Level::Environment(slug.clone(), environment.name.clone());
        if let Some(set) = set_at(github, &level, names).await? {
            warnings.push(format!(
                "{level} also sets {set}; in jobs that name it, it wins over the repository"
            ));
        }
    }
    if environments.len() > MOST {
        let count = environments.len();
        warnings.push(format!(
            "only {MOST} of {count} environments were looked at; one that sets the same names wins"
        ));
    }
    warnings.extend(shared(github, slug, names, "the repository").await?);
    Ok(warnings)
}

/// Mentions what an environment hides: jobs that do not name it get that.
pub(super) async fn below_environment(
    github: &Github<'_>,
    slug: &Slug,
    names: &VariableNames,
) -> Result<Vec<String>, TargetError> {
    let level = Level::Repository(slug.clone());
    let set = set_at(github, &level, names).await?;
    let set = set.map(|set| format!("{level} also sets {set}; jobs that do not name the environment get that"));
    let shared = shared(github, slug, names, "the environment").await?;
    Ok(set.into_iter().chain(shared).collect())
}

/// Warns when a repository sets names of its organisation itself.
pub(super) async fn over_organization(
    github: &Github<'_>,
    slug: &Slug,
    names: &VariableNames,
) -> Result<Option<String>, TargetError> {
    let level = Level::Repository(slug.clone());
    let set = set_at(github, &level, names).await?;
    Ok(set.map(|set| format!("{level} sets {set} itself; there it wins over the organisation")))
}

async fn shared(
    github: &Github<'_>,
    slug: &Slug,
    names: &VariableNames,
    winner: &str,
) -> Result<Option<String>, TargetError> {
    let secrets = seen(github.shared_secrets(slug).await)?.unwrap_or_default();
    let held = Held {
        secrets,
        variables: Vec::new(),
    };
    let set = in_words(&held, names);
    Ok(set.map(|set| format!("the organisation shares {set} with `{slug}`; {winner} wins")))
}

/// Returns in words which of our names a level sets, if it sets any and the token may see it.
async fn set_at(github: &Github<'_>, level: &Level, names: &VariableNames) -> Result<Option<String>, TargetError> {
    let Some(secrets) = seen(github.secrets(level).await)? else {
        return Ok(None);
    };
    let variables = seen(github.variables(level).await)?.unwrap_or_default();
    Ok(in_words(&Held { secrets, variables }, names))
}

fn in_words(held: &Held, names: &VariableNames) -> Option<String> {
    let set = held.set_names(names);
    (!set.is_empty()).then(|| set.join(", "))
}

fn seen<T>(listed: Result<T, Trouble>) -> Result<Option<T>, TargetError> {
    match listed {
        Ok(listed) => Ok(Some(listed)),
        Err(trouble) if trouble.is_hidden() => Ok(None),
        Err(trouble) => Err(told(trouble)),
    }
}
