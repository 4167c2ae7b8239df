//! The variables of one level, looked at, written and read back.

use async_trait::async_trait;
use ciuser_core::port::{Holdings, KeyOwner, Mark, PlaceState, Proof, Provider, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::{Variable, VariableNames};

use super::api::{Bitbucket, NewVariable, Repository, Variables};
use super::shadow::deployments_over_repository;
use super::variable::{ShownVariable, find, holdings, judge, remarks};
use crate::provider::values::values;
use crate::rest::{Fate, Trouble};

/// Before what was written is looked at once more, in seconds.
const PAUSES: [i64; 2] = [1, 2];

/// Before a variable whose making is in doubt is looked for, in seconds.
const DOUBTS: [i64; 3] = [1, 2, 4];

/// Whose variables they are.
pub(in crate::provider) enum Level {
    /// A repository's, `acme/storefront`.
    Repository(String),
    /// Those of a deployment environment of a repository.
    Deployment {
        /// The repository.
        repository: String,
        /// The environment's name.
        name: String,
    },
    /// A workspace's.
    Workspace(String),
}

/// Variables, as a place for an access key.
pub(in crate::provider) struct VariablesPlace<'a> {
    client: Bitbucket<'a>,
    level: Level,
    names: VariableNames,
}

impl<'a> VariablesPlace<'a> {
    /// Makes the place. Sends nothing yet.
    pub(in crate::provider) fn new(client: Bitbucket<'a>, level: Level, names: VariableNames) -> VariablesPlace<'a> {
        VariablesPlace { client, level, names }
    }

    /// Finds where the variables are: an environment is known by its name, and addressed by its id.
    async fn find(&self) -> Result<Variables, TargetError> {
        match &self.level {
            Level::Workspace(workspace) => Ok(Variables::of_workspace(workspace)),
            Level::Repository(repository) => Ok(Variables::of_repository(&Repository::of(repository)?)),
            Level::Deployment { repository, name } => {
                let repository = Repository::of(repository)?;
                let known = self
                    .client
                    .environments(&repository)
                    .await
                    .map_err(|trouble| self.seen(trouble))?;
                let found = known.iter().find(|one| one.name == *name);
                let environment = found.ok_or_else(|| {
                    let names: Vec<_> = known.iter().map(|one| format!("`{}`", one.name)).collect();
                    let missing = TargetError::new(format!("the repository has no deployment environment `{name}`"));
                    if names.is_empty() {
                        missing.with_hint("make it in the repository's settings under Pipelines, Deployments")
                    } else {
                        missing.with_hint(format!(
                            "it has {}; others are made in its settings under Pipelines, Deployments",
                            names.join(", ")
                        ))
                    }
                })?;
                Ok(Variables::of_deployment(&repository, environment))
            }
        }
    }

    async fn shown(&self, at: &Variables) -> Result<Vec<ShownVariable>, TargetError> {
        self.client.variables(at).await.map_err(|trouble| self.seen(trouble))
    }

    /// Bitbucket says of what the token may not see that it is not there.
    fn seen(&self, trouble: Trouble) -> TargetError {
        let hidden = trouble.is_not_found();
        let error = TargetError::from(trouble);
        let whose = match &self.level {
            Level::Workspace(workspace) => format!("workspace `{workspace}`"),
            Level::Repository(repository) | Level::Deployment { repository, .. } => {
                format!("repository `{repository}`")
            }
        };
        if hidden {
            error.with_hint(format!(
                "check the name of {whose}, and that the token may read and write its Pipelines variables"
            ))
        } else {
            error
        }
    }

    /// Makes or replaces a variable. One whose making is in doubt is looked for before it is made again.
    async fn set(&self, at: &Variables, shown: &[ShownVariable], variable: NewVariable<'_>) -> Result<(), TargetError> {
        let (mut anew, mut doubts) = (None, DOUBTS.into_iter());
        loop {
            let shown = anew.as_deref().unwrap_or(shown);
            if let Some(there) = find(shown, variable.key) {
                // What somebody chose to hide is not shown from now on.
                let secured = variable.secured || there.secured;
                let variable = NewVariable { secured, ..variable };
                return Ok(self.client.put_variable(at, &there.uuid, &variable).await?);
            }
            match self.client.post_variable(at, &variable).await {
                Ok(()) => return Ok(()),
                Err(trouble) if trouble.fate == Fate::Unknown || trouble.is_conflict() => {
                    let Some(pause) = doubts.next() else {
                        return Err(trouble.into());
                    };
                    self.client.wait(pause).await;
                    anew = Some(self.shown(at).await?);
                }
                Err(trouble) => return Err(trouble.into()),
            }
        }
    }

    async fn warnings(&self) -> Result<Vec<String>, TargetError> {
        match &self.level {
            Level::Deployment { .. } => Ok(Vec::new()),
            Level::Repository(repository) => {
                deployments_over_repository(&self.client, &Repository::of(repository)?, &self.names).await
            }
            Level::Workspace(workspace) => Ok(vec![format!(
                "every repository of workspace `{workspace}` can use the key; one that sets the same names has its own"
            )]),
        }
    }
}

/// The id tells which key is there, so it is written last where a secret is there already: being cut in between must
/// not make an old secret look like the new one. Where there is none, an id alone is known to be half of a key.
fn in_order(mut values: Vec<(Variable, &str)>, secret_is_there: bool) -> Vec<(Variable, &str)> {
    if secret_is_there {
        values.sort_by_key(|(variable, _)| match variable {
            Variable::SecretAccessKey => 0,
            Variable::AccessKeyId => 1,
            Variable::Region | Variable::DefaultRegion => 2,
        });
    }
    values
}

#[async_trait(?Send)]
impl Provider for VariablesPlace<'_> {
    async fn check(&self, _owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        let shown = self.shown(&self.find().await?).await?;
        let mut warnings: Vec<_> = self.client.exposure().into_iter().collect();
        warnings.extend(remarks(&shown, &self.names));
        warnings.extend(self.warnings().await?);
        Ok(PlaceState {
            holdings: holdings(&shown, &self.names),
            create: None,
            warnings,
        })
    }

    async fn holdings(&self, _owner: &KeyOwner) -> Result<Holdings, TargetError> {
        Ok(holdings(&self.shown(&self.find().await?).await?, &self.names))
    }

    async fn create_place(&self) -> Result<(), TargetError> {
        Ok(())
    }

    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let at = self.find().await?;
        let shown = self.shown(&at).await?;
        let secret_is_there = find(&shown, self.names.name(Variable::SecretAccessKey)).is_some();
        for (variable, value) in in_order(values(owner, key), secret_is_there) {
            let new = NewVariable {
                key: self.names.name(variable),
                value,
                secured: variable == Variable::SecretAccessKey,
            };
            self.set(&at, &shown, new).await?;
        }
        Ok(())
    }

    async fn proof(&self, _owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        let at = self.find().await?;
        let mut pauses = PAUSES.into_iter();
        loop {
            let judged = judge(&self.shown(&at).await?, &self.names, &key.id);
            match (judged, pauses.next()) {
                (Err(_), Some(pause)) => self.client.wait(pause).await,
                (judged, _) => return judged.map(|()| (Proof::Accepted, None)),
            }
        }
    }

    async fn clear(&self, _owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let at = self.find().await?;
        let shown = self.shown(&at).await?;
        let now = holdings(&shown, &self.names);
        if now != Holdings::Nothing && now != *seen {
            return Err(TargetError::new("somebody else wrote there since it was looked at"));
        }
        let ours = [Variable::SecretAccessKey, Variable::AccessKeyId].map(|half| self.names.name(half));
        for there in ours.iter().filter_map(|name| find(&shown, name)) {
            self.client.delete_variable(&at, there).await?;
        }
        let left = self.shown(&at).await?;
        match ours.iter().find(|name| find(&left, name).is_some()) {
            Some(name) => Err(TargetError::new(format!("`{name}` was removed, but is there again"))
                .with_hint("see who else writes there")),
            None => Ok(()),
        }
    }

    fn describe(&self) -> String {
        self.client.page(&match &self.level {
            Level::Repository(repository) | Level::Deployment { repository, .. } => format!("{repository}/admin"),
            Level::Workspace(workspace) => format!("{workspace}/workspace/settings"),
        })
    }
}
