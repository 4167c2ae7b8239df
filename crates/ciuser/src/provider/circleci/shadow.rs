//! Which value a job gets when a name is set in more than one place: a context's wins over the project's.
//!
//! Which contexts a job uses stands in the project's configuration, which is not read here; so this warns of what
//! may be, and never fails for what the token may not see. Of two contexts for one project, as for staging and
//! production, it says nothing: hardly a job uses both.

use ciuser_core::port::TargetError;
use ciuser_core::target::VariableNames;

use super::api::{Circleci, Context, Organization};
use super::restriction::may_let_in;
use super::variable::set_names;
use crate::rest::Trouble;

/// Each context costs a call.
const MOST_CONTEXTS: usize = 100;

/// Warns of contexts that the project may use and that set the same names. Old servers do not tell the project's id.
pub(super) async fn contexts_over_project(
    client: &Circleci<'_>,
    organization: &Organization,
    project: Option<&str>,
    names: &VariableNames,
) -> Result<Vec<String>, TargetError> {
    let contexts = match client.contexts(organization).await {
        Err(trouble) if trouble.is_hidden() || trouble.lacks_route() => {
            let warning = "the contexts of the organisation cannot be seen with this token; one that sets the same \
                           names wins over the project where a job uses it";
            return Ok(vec![warning.to_owned()]);
        }
        contexts => contexts?,
    };
    let (mut warnings, mut hidden) = (Vec::new(), Vec::new());
    for context in contexts.iter().take(MOST_CONTEXTS) {
        match names_for(client, context, project, names).await {
            Ok(set) if set.is_empty() => {}
            Ok(set) => warnings.push(format!(
                "context `{}` also sets {}; where a job uses it, it wins over the project's",
                context.name,
                set.join(", ")
            )),
            Err(trouble) if trouble.is_hidden() => hidden.push(format!("`{}`", context.name)),
            Err(trouble) => return Err(trouble.into()),
        }
    }
    if !hidden.is_empty() {
        warnings.push(format!(
            "context {} cannot be seen with this token; if it sets the same names, it wins over the project's",
            hidden.join(", ")
        ));
    }
    if contexts.len() > MOST_CONTEXTS {
        warnings.push(format!(
            "only {MOST_CONTEXTS} of {} contexts were looked at; where a job uses another one that sets the same names, \
             it wins over the project's",
            contexts.len()
        ));
    }
    Ok(warnings)
}

/// Returns the names of ours that a context sets for jobs of the project.
async fn names_for(
    client: &Circleci<'_>,
    context: &Context,
    project: Option<&str>,
    names: &VariableNames,
) -> Result<Vec<String>, Trouble> {
    let set = set_names(&client.context_variables(context).await?, names);
    if set.is_empty() {
        return Ok(set);
    }
    let restrictions = client.restrictions(context).await?;
    Ok(if may_let_in(&restrictions, project) {
        set
    } else {
        Vec::new()
    })
}

/// Mentions values of a project that the context hides.
pub(super) async fn project_under_context(
    client: &Circleci<'_>,
    slug: &str,
    names: &VariableNames,
) -> Result<Option<String>, TargetError> {
    let set = match client.project_variables(slug).await {
        Err(trouble) if trouble.is_hidden() => return Ok(None),
        variables => set_names(&variables?, names),
    };
    let listed = set.join(", ");
    let mention = format!("project `{slug}` has its own {listed}; the context wins where a job uses it");
    Ok((!set.is_empty()).then_some(mention))
}
