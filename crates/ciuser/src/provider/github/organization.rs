//! An organisation: its secrets, and which of its repositories may use them.
//!
//! Each write says anew who may use a secret, so the review says when that would change for one that is there.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use async_trait::async_trait;
use ciuser_core::port::{Holdings, KeyOwner, Mark, PlaceState, Proof, Provider, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::{GithubVisibility, Variable, VariableNames};

use super::api::{Audience, Github, Repository};
use super::held::Held;
use super::level::{Level, Slug};
use super::place::Place;
use super::server::told;
use super::shadow::{MOST, over_organization};

/// What is asked of an organisation.
pub(in crate::provider) struct OrganizationSpec {
    /// Its name.
    pub(in crate::provider) login: String,
    /// Which repositories may use the key.
    pub(in crate::provider) visibility: GithubVisibility,
    /// Those that may, where they are selected.
    pub(in crate::provider) repositories: Vec<String>,
    /// The names of the variables.
    pub(in crate::provider) names: VariableNames,
}

/// An organisation, as a place for an access key.
pub(in crate::provider) struct OrganizationPlace<'a> {
    login: String,
    visibility: GithubVisibility,
    repositories: Vec<String>,
    selected: OnceCell<Vec<Repository>>,
    place: Place<'a>,
}

impl<'a> OrganizationPlace<'a> {
    /// Makes the place. Sends nothing yet.
    pub(in crate::provider) fn new(github: Github<'a>, spec: OrganizationSpec) -> OrganizationPlace<'a> {
        let level = Level::Organization(spec.login.clone());
        OrganizationPlace {
            place: Place::new(github, level, spec.names),
            login: spec.login,
            visibility: spec.visibility,
            repositories: spec.repositories,
            selected: OnceCell::new(),
        }
    }

    /// Returns the repositories that are named, each by both of its names.
    fn slugs(&self) -> Result<Vec<Slug>, TargetError> {
        let slug = |text: &String| match Slug::of(text) {
            None => Ok(Slug {
                owner: self.login.clone(),
                name: text.clone(),
            }),
            Some(slug) if slug.owner.eq_ignore_ascii_case(&self.login) => Ok(slug),
            Some(slug) => Err(TargetError::new(format!(
                "repository `{slug}` is not one of organisation `{}`",
                self.login
            ))
            .with_hint("an organisation's secrets can be given to its own repositories only")),
        };
        self.repositories.iter().map(slug).collect()
    }

    /// Finds the repositories that may use the key.
    async fn selected(&self) -> Result<&[Repository], TargetError> {
        if let Some(known) = self.selected.get() {
            return Ok(known);
        }
        let mut found = Vec::new();
        for slug in self.slugs()? {
            found.push(self.place.github.repository(&slug).await?);
        }
        Ok(self.selected.get_or_init(|| found))
    }

    async fn audience(&self) -> Result<Audience, TargetError> {
        let selected = match self.visibility {
            GithubVisibility::Selected => Some(self.selected().await?.iter().map(|one| one.id).collect()),
            GithubVisibility::Private | GithubVisibility::All => None,
        };
        Ok(Audience {
            visibility: Some(word(self.visibility)),
            selected_repository_ids: selected,
        })
    }

    /// Warns when a secret that is there is for others than was asked.
    async fn misfit(&self, held: &Held) -> Result<Option<String>, TargetError> {
        let name = self.place.names.name(Variable::SecretAccessKey);
        let Some(there) = held.secret(name).and_then(|secret| secret.visibility.as_deref()) else {
            return Ok(None);
        };
        let (now, same) = if there == "selected" {
            let level = &self.place.level;
            let listed = self.place.github.selected(level, name).await.map_err(told)?;
            let ids = |all: &[Repository]| all.iter().map(|one| one.id).collect::<BTreeSet<_>>();
            let same = self.visibility == GithubVisibility::Selected && ids(&listed) == ids(self.selected().await?);
            (named(&listed), same)
        } else {
            (format!("{there} repositories"), there == word(self.visibility))
        };
        let asked = match self.visibility {
            GithubVisibility::Selected => named(self.selected().await?),
            other => format!("{} repositories", word(other)),
        };
        let warning = format!("`{name}` can be used by {now} now; writing it gives it to {asked}, as asked");
        Ok((!same).then_some(warning))
    }
}

fn named(repositories: &[Repository]) -> String {
    match repositories {
        [] => "no repository".to_owned(),
        some => some
            .iter()
            .map(|one| one.full_name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Returns the word that GitHub has for it.
fn word(visibility: GithubVisibility) -> &'static str {
    match visibility {
        GithubVisibility::Selected => "selected",
        GithubVisibility::Private => "private",
        GithubVisibility::All => "all",
    }
}

#[async_trait(?Send)]
impl Provider for OrganizationPlace<'_> {
    async fn check(&self, _owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        let selected = self.slugs()?;
        self.selected().await?;
        let held = self.place.held().await?;
        let mut warnings: Vec<_> = self.place.github.exposure().into_iter().collect();
        if self.visibility == GithubVisibility::All {
            warnings.push(format!(
                "jobs of every repository of organisation `{}` can use the key, of public ones too",
                self.login
            ));
        }
        warnings.extend(self.misfit(&held).await?);
        for slug in selected.iter().take(MOST) {
            warnings.extend(over_organization(&self.place.github, slug, &self.place.names).await?);
        }
        Ok(PlaceState {
            holdings: held.holdings(&self.place.names),
            create: None,
            warnings,
        })
    }

    async fn create_place(&self) -> Result<(), TargetError> {
        Ok(())
    }

    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let audience = self.audience().await?;
        self.place.write(owner, key, &audience).await
    }

    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        self.place.proof(owner, key).await
    }

    async fn clear(&self, _owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        self.place.clear(seen).await
    }

    fn describe(&self) -> String {
        let page = ["organizations", &self.login, "settings", "secrets", "actions"];
        self.place.github.page(&page)
    }
}
