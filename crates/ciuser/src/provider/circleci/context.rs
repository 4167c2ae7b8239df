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

use super::api::{Circleci, Context, Organization};
use super::limit::{check_name, check_room, check_room_for_context};
use super::project_api::unknown_project;
use super::restriction::{Restriction, Rule, groups, in_words, rules};
use super::shadow::project_under_context;
use super::slug::Slug;
use super::variable::{ShownVariable, holdings, insist_gone, is_unchanged, judge, to_clear};
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
    /// The condition that a job must fulfil.
    pub(crate) expression: Option<String>,
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

    /// Returns what the context is to be restricted to.
    async fn wanted_rules(&self) -> Result<BTreeSet<Rule>, TargetError> {
        let owner = self.organization().await?;
        let mut wanted = BTreeSet::new();
        for slug in &self.spec.restrict_to {
            let project = self.client.project(slug).await.map_err(unknown_project)?;
            let elsewhere = match (&project.organization_id, &owner.id) {
                (Some(theirs), Some(ours)) => theirs != ours,
                _ => false,
            };
            if elsewhere {
                let message = format!("project `{slug}` is not one of organisation `{}`", self.spec.org);
                return Err(TargetError::new(message)
                    .with_hint("a context can be restricted to projects of its own organisation only"));
            }
            wanted.insert(Rule::Project(project.id));
        }
        wanted.extend(self.spec.expression.as_deref().map(Rule::of_expression));
        Ok(wanted)
    }

    /// Lists the contexts of the organisation, and remembers the one that is ours.
    async fn contexts(&self) -> Result<Vec<Context>, TargetError> {
        let contexts = self.client.contexts(self.organization().await?).await?;
        let found = contexts.iter().find(|one| one.name == self.spec.name);
        self.context.replace(found.cloned());
        Ok(contexts)
    }

    async fn find(&self) -> Result<Option<Context>, TargetError> {
        self.contexts().await?;
        Ok(self.context.borrow().clone())
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

    /// Looks at a context that is there.
    async fn state_of(
        &self,
        context: &Context,
        wanted: &BTreeSet<Rule>,
        owner: &KeyOwner,
    ) -> Result<PlaceState, TargetError> {
        let shown = self.client.context_variables(context).await?;
        check_room(&shown, &self.spec.names, owner)?;
        let (mut create, mut warnings) = (None, Vec::new());
        match self.client.restrictions(context).await {
            Err(trouble) if trouble.is_hidden() => warnings.push(format!(
                "the restrictions of context `{}` cannot be seen with this token; it may be open to every project",
                context.name
            )),
            Err(trouble) => return Err(trouble.into()),
            Ok(there) => {
                if shown.is_empty() && can_be_restricted(&there, wanted) {
                    create = Some(format!(
                        "restricts the context, which is empty, to {}",
                        self.asked_in_words()
                    ));
                } else {
                    warnings.extend(self.misfit(&there, wanted));
                }
                warnings.extend(self.kept_to_groups(&there));
            }
        }
        Ok(PlaceState {
            holdings: holdings(&shown, &self.spec.names),
            create,
            warnings,
        })
    }

    /// Warns when the context lets in others than was asked.
    fn misfit(&self, there: &[Restriction], wanted: &BTreeSet<Rule>) -> Option<String> {
        let name = &self.spec.name;
        let rules = rules(there);
        if rules.is_empty() {
            let open = format!(
                "context `{name}` is open to every project of the organisation; any of their jobs can use the key"
            );
            return (!self.spec.open).then_some(open);
        }
        let differs = !wanted.is_empty() && rules != *wanted;
        differs.then(|| {
            format!(
                "context `{name}` is restricted to {}, and not to {} as asked; that is left as it is",
                in_words(there),
                self.asked_in_words()
            )
        })
    }

    /// Mentions the groups outside of which nobody gets the key, or may write it.
    fn kept_to_groups(&self, there: &[Restriction]) -> Option<String> {
        let groups = groups(there);
        let names = groups
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let kept = format!(
            "only members of {names} may change context `{}`, or start jobs that use it",
            self.spec.name
        );
        (!groups.is_empty()).then_some(kept)
    }

    /// Says which jobs may use the context, as it was asked.
    fn asked_in_words(&self) -> String {
        let projects = self.spec.restrict_to.join(", ");
        match (projects.as_str(), &self.spec.expression) {
            ("", Some(expression)) => format!("jobs where `{expression}`"),
            (projects, Some(expression)) => format!("{projects} where `{expression}`"),
            (projects, None) => projects.to_owned(),
        }
    }
}

/// Tells whether adding restrictions leads to what is asked, and has not yet.
fn can_be_restricted(there: &[Restriction], wanted: &BTreeSet<Rule>) -> bool {
    let there = rules(there);
    there != *wanted && there.is_subset(wanted)
}

#[async_trait(?Send)]
impl Provider for ContextPlace<'_> {
    async fn check(&self, owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        let wanted = self.wanted_rules().await?;
        let contexts = self.contexts().await?;
        let found = self.context.borrow().clone();
        let mut state = match found {
            Some(context) => self.state_of(&context, &wanted, owner).await?,
            None => {
                check_name(&self.spec.name)?;
                check_room_for_context(contexts.len())?;
                PlaceState {
                    holdings: Holdings::Nothing,
                    create: Some(self.creation()?),
                    warnings: Vec::new(),
                }
            }
        };
        state.warnings.extend(self.client.exposure());
        for slug in &self.spec.restrict_to {
            let hidden = project_under_context(&self.client, slug, &self.spec.names).await?;
            state.warnings.extend(hidden);
        }
        Ok(state)
    }

    async fn holdings(&self, _owner: &KeyOwner) -> Result<Holdings, TargetError> {
        match self.find().await? {
            Some(context) => {
                let shown = self.client.context_variables(&context).await?;
                Ok(holdings(&shown, &self.spec.names))
            }
            None => Ok(Holdings::Nothing),
        }
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
        let before = self.client.context_variables(&context).await?;
        for name in to_clear(&before, &self.spec.names, seen)? {
            let mut pauses = PAUSES.into_iter();
            loop {
                self.client.delete_context_variable(&context, name).await?;
                let shown = self.client.context_variables(&context).await?;
                match pauses.next() {
                    Some(pause) if is_unchanged(&shown, &before, name) => self.client.wait(pause).await,
                    _ => break insist_gone(&shown, name)?,
                }
            }
        }
        Ok(())
    }

    fn describe(&self) -> String {
        let known_as = self.organization.get().map_or(&self.spec.org, |known| &known.slug);
        let slug = Slug::of_organization(known_as);
        let parts = slug.as_ref().map(Slug::web_parts).unwrap_or_default();
        let context = self.context.borrow();
        let id: Vec<_> = context.iter().map(|context| context.id.as_str()).collect();
        let page = [&["settings", "organization"], parts.as_slice(), &["contexts"], &id].concat();
        self.client.page(&page)
    }
}
