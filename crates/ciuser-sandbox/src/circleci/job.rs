//! What a job would see: the variables of its project and of the contexts that it asks for.
//!
//! Fails closed: a context with an expression or group restriction is refused, because neither is evaluated here.

use std::collections::BTreeMap;

use super::context::Context;
use super::project::{Project, ProjectSlug};
use super::restriction::RestrictionType;
use super::state::State;

/// Why a job would not start.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// There is no project with this slug.
    #[error("project `{0}` does not exist")]
    NoSuchProject(String),
    /// The project's organisation has no context with this name.
    #[error("context `{0}` does not exist")]
    NoSuchContext(String),
    /// The restrictions of the context keep the project's jobs out.
    #[error("the restrictions of context `{0}` do not let this project in")]
    Unauthorized(String),
}

impl State {
    /// Returns the variables that a job of the project would get, if it asks for these contexts by name.
    ///
    /// A context counts before the project, and a later context before an earlier one.
    pub fn job_environment(&self, slug: &str, contexts: &[&str]) -> Result<BTreeMap<String, String>, JobError> {
        let project = ProjectSlug::of(slug).and_then(|slug| self.project(slug).ok());
        let project = project.ok_or_else(|| JobError::NoSuchProject(slug.to_owned()))?;
        let own = project
            .variables
            .iter()
            .map(|(name, variable)| (name.clone(), variable.value.clone()));
        let mut environment: BTreeMap<_, _> = own.collect();
        for name in contexts {
            let context = self
                .context_of(project, name)
                .ok_or_else(|| JobError::NoSuchContext((*name).to_owned()))?;
            if !lets_in(context, project) {
                return Err(JobError::Unauthorized((*name).to_owned()));
            }
            environment.extend(
                context
                    .variables
                    .iter()
                    .map(|(name, variable)| (name.clone(), variable.value.clone())),
            );
        }
        Ok(environment)
    }

    fn context_of(&self, project: &Project, name: &str) -> Option<&Context> {
        let mut siblings = self
            .contexts
            .iter()
            .filter(|known| known.organization_id == project.organization_id);
        siblings.find(|known| known.name == name)
    }
}

/// One of the project restrictions must name the project, if there are any.
fn lets_in(context: &Context, project: &Project) -> bool {
    let restrictions = &context.restrictions;
    restrictions
        .iter()
        .all(|restriction| restriction.kind == RestrictionType::Project)
        && (restrictions.is_empty() || restrictions.iter().any(|restriction| restriction.value == project.id))
}
