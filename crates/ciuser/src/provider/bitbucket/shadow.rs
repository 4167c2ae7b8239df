//! Which value a step gets when a name is set in more than one place: a deployment environment's wins over the
//! repository's, which wins over the workspace's.

use ciuser_core::port::TargetError;
use ciuser_core::target::VariableNames;

use super::api::{Bitbucket, Repository, Variables};
use super::variable::set_names;

/// Each environment costs a call.
const MOST_ENVIRONMENTS: usize = 50;

/// Warns of deployment environments that set the same names as their repository.
pub(super) async fn deployments_over_repository(
    client: &Bitbucket<'_>,
    repository: &Repository<'_>,
    names: &VariableNames,
) -> Result<Vec<String>, TargetError> {
    let hidden = "cannot be seen with this token; one that sets the same names wins over the repository in its steps";
    let environments = match client.environments(repository).await {
        Err(trouble) if trouble.is_hidden() => return Ok(vec![format!("the deployment environments {hidden}")]),
        environments => environments?,
    };
    let mut warnings = Vec::new();
    for environment in environments.iter().take(MOST_ENVIRONMENTS) {
        let name = &environment.name;
        match client
            .variables(&Variables::of_deployment(repository, environment))
            .await
        {
            Err(trouble) if trouble.is_hidden() => {
                warnings.push(format!("the variables of deployment `{name}` {hidden}"));
            }
            variables => {
                let set = set_names(&variables?, names);
                if !set.is_empty() {
                    warnings.push(format!(
                        "deployment `{name}` also sets {}; in its steps it wins over the repository's",
                        set.join(", ")
                    ));
                }
            }
        }
    }
    if environments.len() > MOST_ENVIRONMENTS {
        warnings.push(format!(
            "only {MOST_ENVIRONMENTS} of {} deployment environments were looked at",
            environments.len()
        ));
    }
    Ok(warnings)
}
