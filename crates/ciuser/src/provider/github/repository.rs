//! A repository, or one of its environments. A missing environment is made; a repository never is.
//!
//! An environment that is in use belongs to those who use it: the review says whom it lets in, and nothing but our
//! secrets and variables is changed.

use async_trait::async_trait;
use ciuser_core::port::{Holdings, KeyOwner, Mark, PlaceState, Proof, Provider, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::VariableNames;

use super::api::{Audience, Environment, Github, Repository};
use super::level::{Level, Slug};
use super::place::Place;
use super::server::told;
use super::shadow::{around_repository, below_environment};
use crate::rest::Fate;

/// Before an environment whose making was not answered is looked for, in seconds.
const PAUSES: [i64; 3] = [0, 1, 2];

/// A repository or an environment of it, as a place for an access key.
pub(in crate::provider) struct RepositoryPlace<'a> {
    slug: Slug,
    environment: Option<String>,
    place: Place<'a>,
}

impl<'a> RepositoryPlace<'a> {
    /// Makes the place. Sends nothing yet.
    ///
    /// # Errors
    /// When the repository is not named as `OWNER/NAME`.
    pub(in crate::provider) fn new(
        github: Github<'a>,
        repository: &str,
        environment: Option<String>,
        names: VariableNames,
    ) -> Result<RepositoryPlace<'a>, TargetError> {
        let slug = Slug::of(repository)
            .ok_or_else(|| TargetError::new(format!("`{repository}` is not a repository, as `acme/storefront` is")))?;
        let level = match &environment {
            Some(name) => Level::Environment(slug.clone(), name.clone()),
            None => Level::Repository(slug.clone()),
        };
        Ok(RepositoryPlace {
            place: Place::new(github, level, names),
            slug,
            environment,
        })
    }

    fn github(&self) -> &Github<'a> {
        &self.place.github
    }

    /// Reads the repository, and makes sure that it can be written.
    async fn writable(&self) -> Result<Repository, TargetError> {
        let (repository, slug) = (self.github().repository(&self.slug).await?, &self.slug);
        if repository.archived {
            return Err(TargetError::new(format!("repository `{slug}` is archived"))
                .with_hint("nothing can be written to it until it is unarchived, in its settings"));
        }
        if !repository.may_be_written() {
            return Err(TargetError::new(format!(
                "the owner of the GitHub token may not write to repository `{slug}`"
            ))
            .with_hint("let somebody with the role Write or above do it, or be given the role"));
        }
        Ok(repository)
    }

    async fn state_of(&self) -> Result<PlaceState, TargetError> {
        Ok(PlaceState {
            holdings: self.place.held().await?.holdings(&self.place.names),
            create: None,
            warnings: Vec::new(),
        })
    }

    /// Says how a missing environment is made.
    fn creation(&self, name: &str, repository: &Repository) -> Result<PlaceState, TargetError> {
        if repository.permissions.as_ref().is_some_and(|may| !may.admin) {
            let slug = &self.slug;
            let what =
                format!("environment `{name}` of repository `{slug}` does not exist, and only its admins make one");
            return Err(TargetError::new(what)
                .with_hint("let an admin make it, with the rules that it needs, or use the token of one"));
        }
        Ok(PlaceState {
            holdings: Holdings::Nothing,
            create: Some(
                "creates the environment, which jobs of any branch can use until it is given rules".to_owned(),
            ),
            warnings: Vec::new(),
        })
    }
}

/// Warns when nothing keeps jobs of any branch from using an environment.
fn openness(environment: &Environment) -> Option<String> {
    let guards = ["required_reviewers", "branch_policy"];
    let guarded = environment
        .protection_rules
        .iter()
        .any(|rule| guards.contains(&rule.kind.as_str()));
    let warning = || {
        format!(
            "environment `{}` has no rules about branches or reviewers; jobs of any branch can use the key",
            environment.name
        )
    };
    (!guarded).then(warning)
}

#[async_trait(?Send)]
impl Provider for RepositoryPlace<'_> {
    async fn check(&self, _owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        let repository = self.writable().await?;
        let mut state = match &self.environment {
            None => self.state_of().await?,
            Some(name) => match self.github().environment(&self.slug, name).await? {
                None => self.creation(name, &repository)?,
                Some(environment) => PlaceState {
                    warnings: openness(&environment).into_iter().collect(),
                    ..self.state_of().await?
                },
            },
        };
        state.warnings.extend(self.github().exposure());
        let names = &self.place.names;
        state.warnings.extend(match &self.environment {
            None => around_repository(self.github(), &self.slug, names).await?,
            Some(_) => below_environment(self.github(), &self.slug, names).await?,
        });
        Ok(state)
    }

    async fn create_place(&self) -> Result<(), TargetError> {
        let Some(name) = &self.environment else {
            return Ok(());
        };
        for pause in PAUSES {
            self.github().wait(pause).await;
            if self.github().environment(&self.slug, name).await?.is_some() {
                return Ok(());
            }
            match self.github().make_environment(&self.slug, name).await {
                Err(trouble) if trouble.fate != Fate::Unknown => return Err(told(trouble)),
                Ok(()) | Err(_) => {}
            }
        }
        match self.github().environment(&self.slug, name).await? {
            Some(_) => Ok(()),
            None => Err(
                TargetError::new(format!("environment `{name}` was made, but is not to be seen"))
                    .with_hint("look into the settings of the repository, then run `ciuser resume`"),
            ),
        }
    }

    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        self.place.write(owner, key, &Audience::default()).await
    }

    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        self.place.proof(owner, key).await
    }

    async fn clear(&self, _owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        if let Some(name) = &self.environment
            && self.github().environment(&self.slug, name).await?.is_none()
        {
            return Ok(());
        }
        self.place.clear(seen).await
    }

    fn describe(&self) -> String {
        let rest: &[&str] = match self.environment {
            None => &["settings", "secrets", "actions"],
            Some(_) => &["settings", "environments"],
        };
        self.github()
            .page(&[&[self.slug.owner.as_str(), &self.slug.name], rest].concat())
    }
}
