//! The machine: events in, next state and wanted effects out.

mod shown;

use std::collections::BTreeMap;

use ciuser_core::apply::Failure;
use ciuser_core::name::{GroupName, Partition, Path, PolicyArn, RunId, UserName};
use ciuser_core::plan::Plan;
use ciuser_core::spec::PolicyRef;

use super::{Answer, Effect, Ending, Event, Field, Form, Page, PlaceRow, Shelf, Verdict};

/// What the account has that the pages show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// All users.
    pub(crate) users: Vec<UserName>,
    /// All groups.
    pub(crate) groups: Vec<GroupName>,
    /// The account's own policies.
    pub(crate) policies: Vec<OwnPolicy>,
    /// Managed policies that one user may have.
    pub(crate) policies_per_user: usize,
    /// Managed policies that one group may have.
    pub(crate) policies_per_group: usize,
    /// Runs that did not end, and whose they are.
    pub(crate) unfinished: Vec<(UserName, RunId)>,
}

/// One of the account's own policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnPolicy {
    /// Its ARN.
    pub(crate) arn: PolicyArn,
    /// Its path.
    pub(crate) path: Path,
}

/// A target that is looked at: the row, and what else its check depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    /// The row.
    pub(crate) row: PlaceRow,
    /// Whose key it would be.
    pub(crate) user: String,
    /// The user's path: it is part of the ARN.
    pub(crate) path: String,
    /// Who may use the context, if it is one.
    pub(crate) restrict_to: String,
}

/// A plan, or why there is none.
pub(crate) type Planned = Result<Box<Plan>, Vec<Failure>>;

/// The wizard: a form, where one is in it, and what is known so far.
pub(crate) struct Wizard {
    form: Form,
    page: Page,
    partition: Partition,
    shelf: Shelf,
    account: Option<Result<Account, String>>,
    owners: BTreeMap<UserName, Option<Result<Option<String>, String>>>,
    checks: BTreeMap<Asked, Option<Verdict>>,
    documents: BTreeMap<PolicyArn, Option<Result<String, String>>>,
    planned: Option<(Form, Planned)>,
    remark: Option<Verdict>,
    ending: Option<Ending>,
}

impl Wizard {
    /// Opens the wizard at its first page, with what flags have said already.
    pub(crate) fn new(mut form: Form, partition: Partition) -> Wizard {
        form.make_room();
        Wizard {
            form,
            page: Page::User,
            shelf: Shelf::new(&partition, &[]),
            partition,
            account: None,
            owners: BTreeMap::new(),
            checks: BTreeMap::new(),
            documents: BTreeMap::new(),
            planned: None,
            remark: None,
            ending: None,
        }
    }

    /// Takes an event and returns what is wanted.
    pub(crate) fn on(&mut self, event: Event) -> Vec<Effect> {
        if !matches!(event, Event::Answered(_)) {
            self.remark = None;
        }
        match event {
            Event::Opened => vec![Effect::ReadAccount],
            Event::Typed(field, text) => {
                self.form.set(field, text);
                if field == Field::Name {
                    self.look_up_user()
                } else {
                    Vec::new()
                }
            }
            Event::Left(Field::Place(_) | Field::RestrictTo) => self.check_targets(),
            Event::Left(_) => Vec::new(),
            Event::Policy(policy) => self.toggle_policy(policy),
            Event::Group(group) => {
                toggle(&mut self.form.groups, group, GroupName::same_as);
                Vec::new()
            }
            Event::Boundary(boundary) => {
                self.form.boundary = boundary;
                Vec::new()
            }
            Event::Attach(attach) => {
                self.form.attach = attach;
                Vec::new()
            }
            Event::Document(arn) => self.want_document(arn),
            Event::Next => self.go_on(),
            Event::Back => self.go_back(),
            Event::Apply => self.apply(),
            Event::Save(file) => vec![Effect::Save(Box::new(self.form.clone()), file)],
            Event::Quit => self.leave(),
            Event::Answered(answer) => self.learn(answer),
        }
    }

    fn toggle_policy(&mut self, policy: PolicyRef) -> Vec<Effect> {
        let (shelf, chosen) = (&self.shelf, &mut self.form.policies);
        toggle(chosen, policy, |one, other| shelf.same(one, other));
        Vec::new()
    }

    fn look_up_user(&mut self) -> Vec<Effect> {
        let Some(there) = self.user_there().cloned() else {
            return Vec::new();
        };
        if self.owners.contains_key(&there) {
            return Vec::new();
        }
        self.owners.insert(there.clone(), None);
        vec![Effect::ReadUser(there)]
    }

    /// Finds a user of the typed name, ignoring case as IAM does.
    fn user_there(&self) -> Option<&UserName> {
        let name = UserName::new(&self.form.name).ok()?;
        self.account()?.users.iter().find(|there| there.same_as(&name))
    }

    fn check_targets(&mut self) -> Vec<Effect> {
        let asked: Vec<Asked> = self.form.targets().map(|row| self.asked(row)).collect();
        let mut wanted = Vec::new();
        for asked in asked {
            if !self.checks.contains_key(&asked) {
                self.checks.insert(asked.clone(), None);
                wanted.push(Effect::Check(asked));
            }
        }
        wanted
    }

    fn asked(&self, row: &PlaceRow) -> Asked {
        Asked {
            row: row.clone(),
            user: self.form.name.clone(),
            path: self.form.path.clone(),
            restrict_to: match row.kind {
                super::PlaceKind::CircleciContext => self.form.restrict_to.clone(),
                _ => String::new(),
            },
        }
    }

    fn want_document(&mut self, arn: PolicyArn) -> Vec<Effect> {
        if arn.is_aws_managed() || self.documents.contains_key(&arn) {
            return Vec::new();
        }
        self.documents.insert(arn.clone(), None);
        vec![Effect::ReadDocument(arn)]
    }

    fn go_on(&mut self) -> Vec<Effect> {
        if let Some(problem) = self.page_problem() {
            self.remark = Some(Verdict::bad(problem));
            return Vec::new();
        }
        let Some(next) = self.page.next() else {
            return Vec::new();
        };
        self.enter(next)
    }

    fn enter(&mut self, page: Page) -> Vec<Effect> {
        self.form.close_ranks();
        self.page = page;
        match page {
            Page::Targets => self.check_targets(),
            Page::Review => {
                self.planned = None;
                vec![Effect::MakePlan(Box::new(self.form.clone()))]
            }
            _ => Vec::new(),
        }
    }

    fn go_back(&mut self) -> Vec<Effect> {
        match self.page.previous() {
            Some(page) => self.enter(page),
            None => self.leave(),
        }
    }

    fn leave(&mut self) -> Vec<Effect> {
        let reviewed = self.page == Page::Review && matches!(self.plan(), Some(Ok(_)));
        self.ending = Some(Ending::Left { reviewed });
        Vec::new()
    }

    fn apply(&mut self) -> Vec<Effect> {
        // INVARIANT: `plan` answers for this very form, or not at all.
        match self.plan() {
            Some(Ok(plan)) => self.ending = Some(Ending::Apply(Box::new(plan.clone()))),
            Some(Err(_)) => self.remark = Some(Verdict::bad("there is no plan to apply")),
            None => self.remark = Some(Verdict::waiting("the plan is still being made")),
        }
        Vec::new()
    }

    /// Returns what keeps the page from being left forwards.
    fn page_problem(&self) -> Option<String> {
        let form = &self.form;
        let named = |label: &str, field: Field| form.problem(field).map(|_| format!("the {label} breaks its rule"));
        match self.page {
            Page::User if form.name.is_empty() => Some("a name is needed".to_owned()),
            Page::User => named("name", Field::Name)
                .or_else(|| named("path", Field::Path))
                .or_else(|| named("project", Field::Project)),
            Page::Permissions => {
                let (chosen, quota) = self.policy_quota();
                (chosen > quota).then(|| format!("{chosen} policies are chosen; the quota is {quota}"))
            }
            Page::Tags => (0..form.tags.len()).find_map(|row| {
                named("tag key", Field::TagKey(row)).or_else(|| named("tag value", Field::TagValue(row)))
            }),
            Page::Targets if !form.targets().any(|row| row.kind.is_store()) => Some(
                "a store is needed: the secret must be kept where it can be read back before a CI system gets it"
                    .to_owned(),
            ),
            Page::Targets => named("restriction", Field::RestrictTo),
            Page::Review => None,
        }
    }

    fn learn(&mut self, answer: Answer) -> Vec<Effect> {
        match answer {
            Answer::Account(account) => {
                if let Ok(account) = &account {
                    self.shelf = Shelf::new(&self.partition, &account.policies);
                }
                self.account = Some(account);
                return self.look_up_user();
            }
            Answer::User(name, owner) => {
                self.owners.insert(name, Some(owner));
            }
            Answer::Document(arn, document) => {
                self.documents.insert(arn, Some(document));
            }
            Answer::Checked(asked, verdict) => {
                self.checks.insert(asked, Some(verdict));
            }
            Answer::Planned(form, plan) => self.planned = Some((*form, plan)),
            Answer::Saved(verdict) => self.remark = Some(verdict),
        }
        Vec::new()
    }
}

/// Takes a thing out of a list, or puts it in.
fn toggle<T>(list: &mut Vec<T>, thing: T, same: impl Fn(&T, &T) -> bool) {
    let before = list.len();
    list.retain(|other| !same(other, &thing));
    if list.len() == before {
        list.push(thing);
    }
}
