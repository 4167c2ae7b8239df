//! The rules of the machine: what is kept, what is asked, what counts.

use ciuser_core::apply::Failure;
use ciuser_core::name::{PolicyName, RunId};
use ciuser_core::port::{Holdings, PlaceState, TargetError};
use ciuser_core::spec::{Attach, PolicyRef};

use super::sample::{account, answer, at, blank, missing_file, opened, own_policy, user};
use super::*;
use crate::journal::sample;

fn aws(name: &str) -> PolicyRef {
    PolicyRef::Name(PolicyName::new(name).unwrap())
}

fn typed(wizard: &mut Wizard, field: Field, text: &str) -> Vec<Effect> {
    wizard.on(Event::Typed(field, text.to_owned()))
}

#[test]
fn what_was_typed_is_kept_whichever_way_the_pages_are_turned() {
    let mut wizard = at(Page::Tags);
    typed(&mut wizard, Field::TagKey(0), "env");
    typed(&mut wizard, Field::TagValue(0), "production");
    wizard.on(Event::Back);
    wizard.on(Event::Policy(aws("AmazonS3FullAccess")));
    wizard.on(Event::Back);
    typed(&mut wizard, Field::Path, "/ci/");
    for page in [Page::Permissions, Page::Tags, Page::Targets] {
        wizard.on(Event::Next);
        assert_eq!(wizard.page(), page);
    }
    let mut form = blank();
    form.name = "CI_USER".to_owned();
    form.path = "/ci/".to_owned();
    form.policies = vec![aws("AmazonS3FullAccess")];
    form.tags = vec![TagRow {
        key: "env".to_owned(),
        value: "production".to_owned(),
    }];
    form.make_room();
    assert_eq!(*wizard.form(), form);
}

#[test]
fn a_page_with_a_mistake_is_left_backwards_only() {
    let mut wizard = opened(blank());
    let said = |wizard: &Wizard| wizard.remark().map(|remark| remark.text.clone());
    wizard.on(Event::Next);
    assert_eq!(
        (wizard.page(), said(&wizard)),
        (Page::User, Some("a name is needed".to_owned()))
    );
    typed(&mut wizard, Field::Name, "a b");
    wizard.on(Event::Next);
    assert_eq!(said(&wizard), Some("the name breaks its rule".to_owned()));
    typed(&mut wizard, Field::Name, "CI_USER");
    assert_eq!(said(&wizard), None, "what was said is about the last event only");
    wizard.on(Event::Next);
    wizard.on(Event::Next);
    typed(&mut wizard, Field::TagKey(0), "aws:x");
    wizard.on(Event::Next);
    assert_eq!(
        (wizard.page(), said(&wizard)),
        (Page::Tags, Some("the tag key breaks its rule".to_owned()))
    );
    wizard.on(Event::Back);
    assert_eq!(wizard.page(), Page::Permissions);
}

#[test]
fn the_rule_of_a_tag_stands_at_its_own_row() {
    let mut form = blank();
    let row = |key: &str| TagRow {
        key: key.to_owned(),
        value: "1".to_owned(),
    };
    form.tags = vec![row("Env"), row("env"), row("ciuser:run"), row("")];
    let problems = [0, 1, 2, 3].map(|row| form.problem(Field::TagKey(row)));
    assert_eq!(
        problems.map(Option::unwrap_or_default),
        [
            "",
            "this key is there already; IAM ignores case in the tag keys of users",
            "keys that begin with `ciuser:` are ciuser's own",
            "1 to 128 letters, digits, spaces and `_ . : / = + - @`, not beginning with `aws:`",
        ]
    );
}

#[test]
fn the_name_is_compared_with_the_account_as_it_is_typed() {
    let mut wizard = opened(blank());
    let mut said = |name: &str| {
        let effects = typed(&mut wizard, Field::Name, name);
        let verdict = wizard.user_verdict().map(|verdict| (verdict.level, verdict.text));
        (effects, verdict)
    };
    assert_eq!(said("bad name"), (vec![], None));
    let good = (Level::Good, "no user of this name yet".to_owned());
    assert_eq!(said("CI_USER"), (vec![], Some(good)));
    let asked = (Level::Waiting, "the user exists; asking whose it is".to_owned());
    assert_eq!(said("ci-old"), (vec![Effect::ReadUser(user("ci-old"))], Some(asked)));
    let case = (Level::Bad, "user `ci-old` is there, and IAM ignores case".to_owned());
    assert_eq!(said("CI-OLD"), (vec![], Some(case)));
}

#[test]
fn whose_an_existing_user_is_decides_what_is_said_of_it() {
    let of = |owner: Option<&str>| {
        let mut wizard = opened(blank());
        typed(&mut wizard, Field::Name, "ci-old");
        let owner = Ok(owner.map(str::to_owned));
        wizard.on(Event::Answered(Answer::User(user("ci-old"), owner)));
        wizard
            .user_verdict()
            .map(|verdict| (verdict.level, verdict.text))
            .unwrap()
    };
    let ours = "the user exists, in this project: policies and groups that are not chosen here will be taken away";
    assert_eq!(of(Some("default")), (Level::Warning, ours.to_owned()));
    let theirs = "the user exists and belongs to project `shop`";
    assert_eq!(of(Some("shop")), (Level::Bad, theirs.to_owned()));
    let nobodys = "the user exists and is not managed by ciuser";
    assert_eq!(of(None), (Level::Warning, nobodys.to_owned()));
}

#[test]
fn an_unfinished_run_of_the_user_is_said_on_the_first_page() {
    let mut wizard = opened(blank());
    let mut there = account();
    there.unfinished = vec![(user("CI_USER"), RunId::from_entropy([1; 8]))];
    wizard.on(Event::Answered(Answer::Account(Ok(there))));
    typed(&mut wizard, Field::Name, "ci_user");
    let hint = Some("`ciuser resume` carries it on; then come back".to_owned());
    let said = Verdict::bad("run r-0101010101010101 of this user is unfinished").with_hint(hint);
    assert_eq!(wizard.user_verdict(), Some(said));
}

#[test]
fn a_policy_is_chosen_once_and_taken_back_by_name_or_by_arn() {
    let mut wizard = opened(blank());
    wizard.on(Event::Policy(aws("AmazonS3FullAccess")));
    wizard.on(Event::Policy(PolicyRef::Arn(own_policy())));
    assert_eq!(wizard.policy_quota(), (2, 10));
    wizard.on(Event::Policy(
        "arn:aws:iam::aws:policy/AmazonS3FullAccess".parse().unwrap(),
    ));
    assert_eq!(wizard.form().policies, [PolicyRef::Arn(own_policy())]);
}

#[test]
fn more_policies_than_the_quota_keep_the_page_open() {
    let mut wizard = at(Page::Permissions);
    let mut there = account();
    there.policies_per_group = 1;
    wizard.on(Event::Answered(Answer::Account(Ok(there))));
    for name in ["AmazonS3FullAccess", "CloudFrontFullAccess"] {
        wizard.on(Event::Policy(aws(name)));
    }
    wizard.on(Event::Attach(Attach::Group));
    wizard.on(Event::Next);
    let said = Verdict::bad("2 policies are chosen; the quota is 1");
    assert_eq!((wizard.page(), wizard.remark()), (Page::Permissions, Some(&said)));
    wizard.on(Event::Attach(Attach::Direct));
    wizard.on(Event::Next);
    assert_eq!(wizard.page(), Page::Tags);
}

#[test]
fn the_first_offer_is_what_is_chosen_and_then_the_usual_policies_of_services() {
    let wizard = opened(blank());
    let chosen = [PolicyRef::Arn(own_policy()), aws("AmazonS3FullAccess")];
    let offered = wizard.shelf().find("", &chosen);
    let shown: Vec<_> = offered
        .iter()
        .take(2)
        .map(|pick| (pick.name.as_str(), pick.why.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("ci-boundary", "chosen"),
            ("AWSCertificateManagerFullAccess", "for acm")
        ]
    );
    let s3: Vec<_> = offered
        .iter()
        .filter(|pick| pick.name == "AmazonS3FullAccess")
        .map(|pick| pick.why.as_str())
        .collect();
    assert_eq!(s3, ["for s3"]);
}

#[test]
fn search_finds_by_name_and_action_and_takes_an_arn_as_it_is() {
    let wizard = opened(blank());
    let first = |words: &str| {
        let found = wizard.shelf().find(words, &[]);
        found.into_iter().next().map(|pick| (pick.name, pick.why))
    };
    assert_eq!(
        first("s3 full"),
        Some(("AmazonS3FullAccess".to_owned(), "AWS managed".to_owned()))
    );
    assert_eq!(
        first("ci-bound"),
        Some(("ci-boundary".to_owned(), "the account's own".to_owned()))
    );
    let by_action = wizard.shelf().find("cloudfront:createinvalidation", &[]);
    let found = by_action.iter().find(|pick| pick.name == "CloudFrontFullAccess");
    assert_eq!(found.map(|pick| pick.why.as_str()), Some("cloudfront:*"));
    let arn = "arn:aws:iam::444455556666:policy/elsewhere";
    assert_eq!(first(arn), Some(("elsewhere".to_owned(), "as typed".to_owned())));
    assert_eq!(first("no such words"), None);
}

#[test]
fn a_target_is_looked_at_once_when_it_was_left_and_again_when_it_changes() {
    let mut wizard = at(Page::Targets);
    assert_eq!(
        wizard.on(Event::Left(Field::Place(0))),
        [],
        "it was looked at when the page opened"
    );
    let row = wizard
        .form()
        .places
        .iter()
        .position(|row| row.kind == PlaceKind::CircleciContext)
        .unwrap();
    typed(&mut wizard, Field::Place(row), "gh/acme/deploy");
    let asked = |restrict_to: &str| Asked {
        row: PlaceRow {
            kind: PlaceKind::CircleciContext,
            place: "gh/acme/deploy".to_owned(),
        },
        user: "CI_USER".to_owned(),
        path: "/".to_owned(),
        restrict_to: restrict_to.to_owned(),
    };
    assert_eq!(wizard.on(Event::Left(Field::Place(row))), [Effect::Check(asked(""))]);
    assert_eq!(wizard.on(Event::Left(Field::Place(row))), []);
    typed(&mut wizard, Field::RestrictTo, "gh/acme/web");
    assert_eq!(
        wizard.on(Event::Left(Field::RestrictTo)),
        [Effect::Check(asked("gh/acme/web"))]
    );
    let refused = Verdict::bad("no");
    wizard.on(Event::Answered(Answer::Checked(asked(""), refused)));
    let shown = wizard.form().places.get(row).and_then(|row| wizard.target_verdict(row));
    assert_eq!(
        shown,
        Some(Verdict::waiting("looking")),
        "the answer was about another restriction"
    );
}

#[test]
fn there_is_always_room_for_one_more_context_and_a_store_is_needed() {
    let mut wizard = at(Page::Targets);
    let row = wizard
        .form()
        .places
        .iter()
        .position(|row| row.kind == PlaceKind::CircleciContext)
        .unwrap();
    typed(&mut wizard, Field::Place(row), "gh/acme/deploy");
    let contexts = wizard
        .form()
        .places
        .iter()
        .filter(|row| row.kind == PlaceKind::CircleciContext);
    let contexts: Vec<&str> = contexts.map(|row| row.place.as_str()).collect();
    assert_eq!(contexts, ["gh/acme/deploy", ""]);
    typed(&mut wizard, Field::Place(0), "");
    wizard.on(Event::Next);
    let said = "a store is needed: the secret must be kept where it can be read back before a CI system gets it";
    assert_eq!(
        (wizard.page(), wizard.remark()),
        (Page::Targets, Some(&Verdict::bad(said)))
    );
}

#[test]
fn only_the_plan_of_this_very_form_is_applied() {
    let mut wizard = at(Page::Targets);
    let Some(Effect::MakePlan(form)) = wizard.on(Event::Next).into_iter().next() else {
        panic!("no plan was asked for")
    };
    wizard.on(Event::Apply);
    assert_eq!(wizard.remark(), Some(&Verdict::waiting("the plan is still being made")));
    let mut other = form.clone();
    other.path = "/other/".to_owned();
    let plan = Box::new(sample::plan("sandbox"));
    wizard.on(Event::Answered(Answer::Planned(other, Ok(plan.clone()))));
    wizard.on(Event::Apply);
    assert_eq!(wizard.ending(), None, "that plan was made of another form");
    wizard.on(Event::Answered(Answer::Planned(form, Ok(plan.clone()))));
    wizard.on(Event::Apply);
    assert_eq!(wizard.ending(), Some(&Ending::Apply(plan)));
}

#[test]
fn a_refused_plan_is_not_applied_and_nothing_is_worth_showing() {
    let mut wizard = at(Page::Targets);
    let Some(Effect::MakePlan(form)) = wizard.on(Event::Next).into_iter().next() else {
        panic!("no plan was asked for")
    };
    let refused = vec![Failure::refused("the quota is 10")];
    wizard.on(Event::Answered(Answer::Planned(form, Err(refused))));
    wizard.on(Event::Apply);
    assert_eq!(wizard.remark(), Some(&Verdict::bad("there is no plan to apply")));
    wizard.on(Event::Quit);
    assert_eq!(wizard.ending(), Some(&Ending::Left { reviewed: false }));
}

#[test]
fn leaving_after_the_review_shows_what_was_asked_for_and_leaving_before_does_not() {
    let mut early = at(Page::User);
    early.on(Event::Back);
    assert_eq!(early.ending(), Some(&Ending::Left { reviewed: false }));
    let mut late = at(Page::Review);
    late.on(Event::Quit);
    assert_eq!(late.ending(), Some(&Ending::Left { reviewed: true }));
}

#[test]
fn the_plan_is_made_again_whenever_the_review_is_entered() {
    let mut wizard = at(Page::Review);
    assert!(wizard.plan().is_some());
    wizard.on(Event::Back);
    let effects = wizard.on(Event::Next);
    assert_eq!(effects, [Effect::MakePlan(Box::new(wizard.form().clone()))]);
    assert_eq!(wizard.plan(), None);
    answer(&mut wizard, effects);
    assert!(matches!(wizard.plan(), Some(Ok(_))));
}

#[test]
fn a_document_is_laid_out_and_the_accounts_own_is_read_once() {
    let mut wizard = opened(blank());
    assert_eq!(
        wizard.document(&own_policy()),
        Err(Verdict::waiting("reading the document"))
    );
    assert_eq!(
        wizard.on(Event::Document(own_policy())),
        [Effect::ReadDocument(own_policy())]
    );
    assert_eq!(wizard.on(Event::Document(own_policy())), []);
    let read = Answer::Document(own_policy(), Ok(r#"{"Version":"2012-10-17"}"#.to_owned()));
    wizard.on(Event::Answered(read));
    assert_eq!(
        wizard.document(&own_policy()),
        Ok("{\n  \"Version\": \"2012-10-17\"\n}".to_owned())
    );
}

#[test]
fn a_check_says_what_is_there_and_what_would_be_made() {
    let state = |holdings, warnings: &[&str]| PlaceState {
        holdings,
        create: None,
        warnings: warnings.iter().map(|text| (*text).to_owned()).collect(),
    };
    let of = |found| {
        let verdict = Verdict::of_check(found);
        (verdict.level, verdict.text)
    };
    assert_eq!(
        of(Ok(missing_file())),
        (Level::Good, "new KeePass file with a new key file".to_owned())
    );
    let open = of(Ok(state(Holdings::Nothing, &["open to every project"])));
    assert_eq!(
        open,
        (
            Level::Warning,
            "is there, and has no key; open to every project".to_owned()
        )
    );
    let masked = Holdings::Masked {
        suffix: "MPLE".to_owned(),
        mark: None,
    };
    assert_eq!(
        of(Ok(state(masked, &[]))),
        (Level::Warning, "holds a key that ends in MPLE".to_owned())
    );
    assert_eq!(
        of(Err(TargetError::new("not yours"))),
        (Level::Bad, "not yours".to_owned())
    );
}
