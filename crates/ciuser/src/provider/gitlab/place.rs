//! The variables of a project or a group, for one environment scope. A project or group is there or not; it is never
//! made here.
//!
//! INVARIANT: nothing makes a variable that is there easier to get at: a protected one stays protected, a hidden one
//! hidden.

use async_trait::async_trait;
use ciuser_core::port::{Holdings, KeyOwner, Mark, PlaceState, Proof, Provider, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::{Variable, VariableNames};

use super::api::{Gitlab, NewVariable, told};
use super::holder::Holder;
use super::shadow::{narrower_scopes, projects_over_group};
use super::variable::{Shown, ShownVariable, note_of};
use crate::provider::values::values;
use crate::rest::Fate;

/// Before what was written is looked at once more, in seconds.
const PAUSES: [i64; 2] = [1, 2];

/// What is asked of a project or a group.
pub(in crate::provider) struct PlaceSpec {
    /// Which one.
    pub(in crate::provider) holder: Holder,
    /// The environments that get the key.
    pub(in crate::provider) scope: String,
    /// Only pipelines of protected branches and tags get it.
    pub(in crate::provider) protected: bool,
    /// GitLab hides a new secret.
    pub(in crate::provider) hidden: bool,
    /// The names of the variables.
    pub(in crate::provider) names: VariableNames,
}

/// A project or a group, as a place for an access key.
pub(in crate::provider) struct VariablesPlace<'a> {
    gitlab: Gitlab<'a>,
    spec: PlaceSpec,
}

impl<'a> VariablesPlace<'a> {
    /// Makes the place. Sends nothing yet.
    pub(in crate::provider) fn new(gitlab: Gitlab<'a>, spec: PlaceSpec) -> VariablesPlace<'a> {
        VariablesPlace { gitlab, spec }
    }

    /// Reads project or group, and makes sure that it can be written.
    async fn find_writable(&self) -> Result<(), TargetError> {
        let holder = &self.spec.holder;
        let found = self.gitlab.find(holder).await?;
        if found.archived {
            return Err(TargetError::new(format!("{holder} is archived"))
                .with_hint("nothing can be written to it until it is unarchived, in its settings"));
        }
        if found.is_out_of_reach() {
            let what = format!("the owner of the GitLab token may not write variables of {holder}");
            return Err(TargetError::new(what).with_hint("it takes the role Maintainer, or Owner"));
        }
        Ok(())
    }

    async fn variables(&self) -> Result<Vec<ShownVariable>, TargetError> {
        self.gitlab.variables(&self.spec.holder).await.map_err(told)
    }

    fn shown<'s>(&'s self, all: &'s [ShownVariable]) -> Shown<'s> {
        Shown {
            all,
            scope: &self.spec.scope,
            names: &self.spec.names,
        }
    }

    /// Warns of what is there and is not as it was asked; none of it is changed.
    fn misfits(&self, shown: &Shown<'_>) -> Vec<String> {
        let name = self.spec.names.name(Variable::SecretAccessKey);
        let Some(secret) = shown.find(Variable::SecretAccessKey) else {
            return Vec::new();
        };
        let mut warnings = Vec::new();
        if secret.protected && !self.spec.protected {
            warnings.push(format!(
                "`{name}` is protected, and stays so: only pipelines of protected branches and tags get it"
            ));
        }
        if self.spec.hidden && !secret.hidden {
            warnings.push(format!(
                "`{name}` is there and is not hidden; GitLab hides a variable only when it is made"
            ));
        }
        if !secret.masked {
            warnings.push(format!(
                "`{name}` is not masked: the log of a job can show it until it is written again"
            ));
        }
        warnings
    }

    /// Writes one variable.
    async fn put(&self, variable: Variable, value: &str, note: &str, exists: bool) -> Result<(), TargetError> {
        let is_key = matches!(variable, Variable::AccessKeyId | Variable::SecretAccessKey);
        let is_secret = variable == Variable::SecretAccessKey;
        let mut wanted = NewVariable {
            key: self.spec.names.name(variable),
            value,
            environment_scope: &self.spec.scope,
            variable_type: "env_var",
            raw: true,
            // A masked region would be struck out of every line of a log that names it.
            masked: is_key,
            protected: Some(self.spec.protected),
            masked_and_hidden: (is_secret && self.spec.hidden).then_some(true),
            description: is_secret.then_some(note),
        };
        if !exists && self.create(variable, &wanted).await? {
            return Ok(());
        }
        (wanted.masked_and_hidden, wanted.protected) = (None, self.spec.protected.then_some(true));
        self.gitlab.update(&self.spec.holder, &wanted).await.map_err(|trouble| {
            let invalid = trouble.is_invalid();
            explained(told(trouble), invalid)
        })
    }

    /// Makes a variable; tells whether it was made, and not found. One whose making was not answered is looked for.
    async fn create(&self, variable: Variable, wanted: &NewVariable<'_>) -> Result<bool, TargetError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let trouble = match self.gitlab.create(&self.spec.holder, wanted).await {
                Ok(()) => return Ok(true),
                Err(trouble) => trouble,
            };
            let invalid = trouble.is_invalid();
            if !invalid && trouble.fate != Fate::Unknown {
                return Err(told(trouble));
            }
            // Somebody else may have made it: that is a 400, as is all that GitLab does not take.
            let all = self.variables().await?;
            if self.shown(&all).find(variable).is_some() {
                return Ok(false);
            }
            match pauses.next() {
                Some(pause) if !invalid => self.gitlab.wait(pause).await,
                _ => return Err(explained(told(trouble), invalid)),
            }
        }
    }
}

fn explained(error: TargetError, invalid: bool) -> TargetError {
    if invalid {
        error.with_hint(
            "GitLab takes masked values of 8 characters or more, and scopes where its edition has them; the key is not \
             written unmasked",
        )
    } else {
        error
    }
}

#[async_trait(?Send)]
impl Provider for VariablesPlace<'_> {
    async fn check(&self, owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        self.find_writable().await?;
        let all = self.variables().await?;
        let shown = self.shown(&all);
        let mut warnings: Vec<_> = self.gitlab.exposure().into_iter().collect();
        warnings.extend(self.misfits(&shown));
        warnings.extend(narrower_scopes(&all, &self.spec.scope, &self.spec.names));
        if let Holder::Group(_) = self.spec.holder {
            warnings.extend(projects_over_group(&self.gitlab, &self.spec.holder, &self.spec.names).await?);
        }
        Ok(PlaceState {
            holdings: shown.holdings(owner),
            create: None,
            warnings,
        })
    }

    async fn create_place(&self) -> Result<(), TargetError> {
        Ok(())
    }

    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let all = self.variables().await?;
        let (shown, note) = (self.shown(&all), note_of(owner, key.id.as_str()));
        for (variable, value) in values(owner, key) {
            self.put(variable, value, &note, shown.find(variable).is_some()).await?;
        }
        Ok(())
    }

    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let all = self.variables().await?;
            match (self.shown(&all).judge(&values(owner, key)), pauses.next()) {
                (Err(_), Some(pause)) => self.gitlab.wait(pause).await,
                (judged, _) => return judged.map(|proof| (proof, None)),
            }
        }
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let now = self.shown(&self.variables().await?).holdings(owner);
        if now == Holdings::Nothing {
            return Ok(());
        }
        if now != *seen {
            return Err(TargetError::new("somebody else wrote there since it was looked at"));
        }
        let (holder, scope) = (&self.spec.holder, &self.spec.scope);
        for variable in [Variable::SecretAccessKey, Variable::AccessKeyId] {
            let name = self.spec.names.name(variable);
            self.gitlab.delete(holder, name, scope).await?;
        }
        match self.shown(&self.variables().await?).holdings(owner) {
            Holdings::Nothing => Ok(()),
            _ => {
                Err(TargetError::new("the key was removed, but there is one again")
                    .with_hint("see who else writes there"))
            }
        }
    }

    fn describe(&self) -> String {
        format!("{}{}/-/settings/ci_cd", self.gitlab.server(), self.spec.holder.page())
    }
}
