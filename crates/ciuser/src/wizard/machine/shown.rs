//! What the faces show of the machine's state.

use ciuser_core::apply::Failure;
use ciuser_core::name::{PolicyArn, UserName};
use ciuser_core::plan::Plan;
use ciuser_core::spec::Attach;
use ciuser_policy::catalogue::Catalogue;

use super::{Account, Wizard};
use crate::wizard::{Ending, Form, Page, PlaceRow, Shelf, Verdict};

impl Wizard {
    /// Returns what was typed and chosen.
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }

    /// Returns the page that is open.
    pub(crate) fn page(&self) -> Page {
        self.page
    }

    /// Returns the policies to choose from.
    pub(crate) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Returns what the account has, once it was read.
    pub(crate) fn account(&self) -> Option<&Account> {
        self.account.as_ref()?.as_ref().ok()
    }

    /// Returns what is to be said about the last event.
    pub(crate) fn remark(&self) -> Option<&Verdict> {
        self.remark.as_ref()
    }

    /// Returns how it ended, once it has.
    pub(crate) fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }

    /// Returns the plan of this very form, or why there is none; nothing while it is being made.
    pub(crate) fn plan(&self) -> Option<Result<&Plan, &[Failure]>> {
        let (form, plan) = self.planned.as_ref()?;
        (*form == self.form).then(|| plan.as_deref().map_err(Vec::as_slice))
    }

    /// Returns how many policies are chosen, and how many may be.
    pub(crate) fn policy_quota(&self) -> (usize, usize) {
        let quota = self.account().map_or(10, |account| match self.form.attach {
            Attach::Direct => account.policies_per_user,
            Attach::Group => account.policies_per_group,
        });
        (self.form.policies.len(), quota)
    }

    /// Returns what is known of the user of the typed name.
    pub(crate) fn user_verdict(&self) -> Option<Verdict> {
        let name = UserName::new(&self.form.name).ok()?;
        let account = match self.account.as_ref() {
            None => return Some(Verdict::waiting("reading the account")),
            Some(Err(error)) => return Some(Verdict::warning(error.clone())),
            Some(Ok(account)) => account,
        };
        if let Some((_, run)) = account.unfinished.iter().find(|(user, _)| user.same_as(&name)) {
            let hint = "`ciuser resume` carries it on; then come back".to_owned();
            return Some(Verdict::bad(format!("run {run} of this user is unfinished")).with_hint(Some(hint)));
        }
        let Some(there) = self.user_there() else {
            return Some(Verdict::good("no user of this name yet"));
        };
        if *there != name {
            return Some(Verdict::bad(format!("user `{there}` is there, and IAM ignores case")));
        }
        Some(match self.owners.get(there) {
            None | Some(None) => Verdict::waiting("the user exists; asking whose it is"),
            Some(Some(Err(error))) => Verdict::warning(error.clone()),
            Some(Some(Ok(Some(project)))) if *project == self.form.project => Verdict::warning(
                "the user exists, in this project: policies and groups that are not chosen here will be taken away",
            ),
            Some(Some(Ok(Some(project)))) => {
                Verdict::bad(format!("the user exists and belongs to project `{project}`"))
            }
            Some(Some(Ok(None))) => Verdict::warning("the user exists and is not managed by ciuser")
                .with_hint(Some("`ciuser create --adopt` takes it over".to_owned())),
        })
    }

    /// Returns what is known of a target; nothing about an empty row or one that was not left yet.
    pub(crate) fn target_verdict(&self, row: &PlaceRow) -> Option<Verdict> {
        let known = self.checks.get(&self.asked(row))?;
        Some(known.clone().unwrap_or_else(|| Verdict::waiting("looking")))
    }

    /// Returns the document of a policy, laid out for reading.
    pub(crate) fn document(&self, arn: &PolicyArn) -> Result<String, Verdict> {
        let raw = if arn.is_aws_managed() {
            let found = Catalogue::embedded().by_name(arn.policy_name());
            found.map(|policy| policy.document().to_owned())
        } else {
            match self.documents.get(arn) {
                Some(Some(Ok(document))) => Some(document.clone()),
                Some(Some(Err(error))) => return Err(Verdict::bad(error.clone())),
                Some(None) | None => return Err(Verdict::waiting("reading the document")),
            }
        };
        let raw = raw.ok_or_else(|| Verdict::bad("the catalogue does not have this policy"))?;
        let laid = serde_json::from_str::<serde_json::Value>(&raw)
            .ok()
            .and_then(|json| serde_json::to_string_pretty(&json).ok());
        Ok(laid.unwrap_or(raw))
    }
}
