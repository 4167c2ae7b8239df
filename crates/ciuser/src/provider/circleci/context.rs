//! A context of an organisation: found by its name, looked at, written and read back. `make` makes a missing one.
//!
//! A context that is in use belongs to those who use it: the review shows how it is restricted, and nothing but our
//! variables is changed.

mod make;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;

use async_trait::async_trait;
use ciuser_core::port::{Holdings, KeyOwner, Mark, PlaceState, Proof, Provider, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::VariableNames;

use super::api::{Circleci, Context, Organization, Project};
use super::restriction::{Restriction, in_words, is_open, projects};
use super::shadow::project_under_context;
use super::slug::Slug;
use super::variable::{ShownVariable, holdings, insist_gone, judge, to_clear};
use crate::provider::values::values;

/// Before what was written is looked at once more, in seconds.
const PAUSES: [i64; 2] = [1, 2];

/// What is asked of a context.
pub(crate) struct ContextSpec {
    /// The slug of the organisation.
    pub(crate) org: String,
    /// The name of the context.
    pub(crate) name: String,
    /// The projects that may use it.
    pub(crate) restrict_to: Vec<String>,
    /// Every project may use it, on purpose.
    pub(crate) open: bool,
    /// The names of the variables.
    pub(crate) names: VariableNames,
}

/// A context, as a place for an access key.
pub(crate) struct ContextPlace<'a> {
    client: Circleci<'a>,
    spec: ContextSpec,
    organization: OnceCell<Organization>,
    context: RefCell<Option<Context>>,
    /// What was shown before the last write.
    before: RefCell<Option<Vec<ShownVariable>>>,
}

impl<'a> ContextPlace<'a> {
    /// Makes the place. Sends nothing yet.
    pub(crate) fn new(client: Circleci<'a>, spec: ContextSpec) -> ContextPlace<'a> {
        ContextPlace {
            client,
            spec,
            organization: OnceCell::new(),
            context: RefCell::new(None),
            before: RefCell::new(None),
        }
    }

    async fn organization(&self) -> Result<&Organization, TargetError> {
        if let Some(known) = self.organization.get() {
            return Ok(known);
        }
        let found = self.client.organization(&self.spec.org).await?;
        Ok(self.organization.get_or_init(|| found))
    }

    /// Finds the projects that the context is to be restricted to.
    async fn wanted_projects(&self) -> Result<Vec<Project>, TargetError> {
        let owner = self.organization().await?;
        let mut wanted = Vec::new();
        for slug in &self.spec.restrict_to {
            let project = self.client.project(slug).await?;
            let elsewhere = match (&project.organization_id, &owner.id) {
                (Some(theirs), Some(ours)) => theirs != ours,
                _ => false,
            };
            if elsewhere {
                let message = format!("project `{slug}` is not one of organisation `{}`", self.spec.org);
                return Err(TargetError::new(message)
                    .with_hint("a context can be restricted to projects of its own organisation only"));
            }
            wanted.push(project);
        }
        Ok(wanted)
    }

    async fn find(&self) -> Result<Option<Context>, TargetError> {
        let contexts = self.client.contexts(self.organization().await?).await?;
        let found = contexts.into_iter().find(|one| one.name == self.spec.name);
        self.context.replace(found.clone());
        Ok(found)
    }

    async fn known(&self) -> Result<Context, TargetError> {
        let known = self.context.borrow().clone();
        let found = match known {
            Some(known) => Some(known),
            None => self.find().await?,
        };
        found.ok_or_else(|| {
            TargetError::new(format!("context `{}` is not there any more", self.spec.name))
                .with_hint("plan again: a missing context is made as a step of the plan")
        })
    }

    async fn state_of(&self, context: &Context, wanted: &[Project]) -> Result<PlaceState, TargetError> {
        let shown = self.client.context_variables(context).await?;
        let (mut create, mut warnings) = (None, Vec::new());
        match self.client.restrictions(context).await {
            Err(trouble) if trouble.is_hidden() => warnings.push(format!(
                "the restrictions of context `{}` cannot be seen with this token; it may be open to every project",
                context.name
            )),
            Err(trouble) => return Err(trouble.into()),
            Ok(there) if shown.is_empty() && can_be_restricted(&there, wanted) => {
                let slugs = self.spec.restrict_to.join(", ");
                create = Some(format!("restricts the context, which is empty, to {slugs}"));
            }
            Ok(there) => warnings.extend(self.misfit(&there, wanted)),
        }
        Ok(PlaceState {
            holdings: holdings(&shown, &self.spec.names),
            create,
            warnings,
        })
    }

    /// Warns when the context lets in others than was asked.
    fn misfit(&self, there: &[Restriction], wanted: &[Project]) -> Option<String> {
        let name = &self.spec.name;
        if is_open(there) {
            let open = format!(
                "context `{name}` is open to every project of the organisation; any of their jobs can use the key"
            );
            return (!self.spec.open).then_some(open);
        }
        let differs = !wanted.is_empty() && projects(there) != ids(wanted);
        differs.then(|| {
            format!(
                "context `{name}` is restricted to {}, and not to {} as asked; that is left as it is",
                in_words(there),
                self.spec.restrict_to.join(", ")
            )
        })
    }
}

/// Tells whether adding restrictions leads to what is asked, and has not yet.
fn can_be_restricted(there: &[Restriction], wanted: &[Project]) -> bool {
    let (there, wanted) = (projects(there), ids(wanted));
    there != wanted && there.is_subset(&wanted)
}

/// Returns the ids of projects, to be compared with those of restrictions.
fn ids(projects: &[Project]) -> BTreeSet<&str> {
    projects.iter().map(|project| project.id.as_str()).collect()
}

#[async_trait(?Send)]
impl Provider for ContextPlace<'_> {
    async fn check(&self, _owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        let wanted = self.wanted_projects().await?;
        let mut state = match self.find().await? {
            Some(context) => self.state_of(&context, &wanted).await?,
            None => PlaceState {
                holdings: Holdings::Nothing,
                create: Some(self.creation()?),
                warnings: Vec::new(),
            },
        };
        state.warnings.extend(self.client.exposure());
        for slug in &self.spec.restrict_to {
            state
                .warnings
                .extend(project_under_context(&self.client, slug, &self.spec.names).await?);
        }
        Ok(state)
    }

    async fn create_place(&self) -> Result<(), TargetError> {
        self.make().await
    }

    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let context = self.known().await?;
        self.before
            .replace(Some(self.client.context_variables(&context).await?));
        for (variable, value) in values(owner, key) {
            let name = self.spec.names.name(variable);
            self.client.put_context_variable(&context, name, value).await?;
        }
        Ok(())
    }

    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        let context = self.known().await?;
        let mut pauses = PAUSES.into_iter();
        loop {
            let shown = self.client.context_variables(&context).await?;
            let written = values(owner, key);
            let judged = judge(&shown, &self.spec.names, &written, self.before.borrow().as_deref());
            match (judged, pauses.next()) {
                (Err(_), Some(pause)) => self.client.wait(pause).await,
                (judged, _) => return judged,
            }
        }
    }

    async fn clear(&self, _owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let Some(context) = self.find().await? else {
            return Ok(());
        };
        let shown = self.client.context_variables(&context).await?;
        let names = to_clear(&shown, &self.spec.names, seen)?;
        for name in &names {
            self.client.delete_context_variable(&context, name).await?;
        }
        insist_gone(&self.client.context_variables(&context).await?, &names)
    }

    fn describe(&self) -> String {
        let slug = Slug::of_organization(&self.spec.org);
        let parts = slug.as_ref().map(Slug::web_parts).unwrap_or_default();
        let context = self.context.borrow();
        let id: Vec<_> = context.iter().map(|context| context.id.as_str()).collect();
        let page = [&["settings", "organization"], parts.as_slice(), &["contexts"], &id].concat();
        self.client.page(&page)
    }
}
