//! What makes no difference: values, statements, and statements that no request matches.

use super::check::Check;
use super::examined::Examined;
use super::finding::Findings;
use crate::contain::{is_within, matches_no_more};
use crate::document::{Effect, Element, Strings, Written};
use crate::minimise::{may_meet, redundant_values};
use crate::pattern::Pattern;
use crate::rule::{Rule, Texts, resource_reading};

const STATEMENT: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html";

static REDUNDANT_ACTION: Check = Check::suggestion(
    "redundant-action",
    "Other values of the same list match all that an action does",
    "makes no difference",
)
.found_by(&["Redundant action"])
.help("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html");

static REDUNDANT_RESOURCE: Check = Check::suggestion(
    "redundant-resource",
    "Other values of the same list match all that a resource does",
    "makes no difference",
)
.found_by(&["Redundant resource"])
.help("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html");

static REDUNDANT_STATEMENT: Check = Check::suggestion(
    "redundant-statement",
    "Other statements allow, or deny, all that a statement does",
    "makes no difference",
)
.found_by(&["Redundant statement"])
.help(STATEMENT);

static NEVER_MATCHES: Check = Check::warning(
    "statement-never-matches",
    "No request can be as a statement asks: it says nothing",
    "matches nothing",
)
.found_by(&["Redundant statement due to wildcard in condition"])
.help(STATEMENT);

pub(super) static CHECKS: &[&Check] = &[
    &REDUNDANT_ACTION,
    &REDUNDANT_RESOURCE,
    &REDUNDANT_STATEMENT,
    &NEVER_MATCHES,
];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    let action = |text: &str| Some(Pattern::action(text));
    values(&examined.written.actions, action, &REDUNDANT_ACTION, findings);
    if let Some(resources) = &examined.written.resources {
        let resource = resource_reading(examined.written, examined.language);
        values(resources, resource, &REDUNDANT_RESOURCE, findings);
    }
    if never_matches(examined) {
        findings
            .add(
                &NEVER_MATCHES,
                examined.written.span,
                "no request can be as the statement asks, so it says nothing",
            )
            .hint("look for conditions that exclude each other, or for `*` under `NotAction` or `NotResource`");
    }
}

fn values(
    element: &Element<Strings>,
    read: impl Fn(&str) -> Option<Pattern>,
    check: &'static Check,
    findings: &mut Findings,
) {
    let list = element.value.iter();
    let list: Vec<(&Written<String>, Pattern)> = list
        .filter_map(|written| Some((written, read(&written.value)?)))
        .collect();
    let values: Vec<(&str, &Pattern)> = list
        .iter()
        .map(|(written, pattern)| (written.value.as_str(), pattern))
        .collect();
    for at in redundant_values(&values) {
        let Some((written, pattern)) = list.get(at) else {
            continue;
        };
        let mut others = list.iter().enumerate().filter(|(other, _)| *other != at);
        let sample = pattern.sample();
        let covers = |other: &Pattern| {
            let may_cover = sample.as_ref().is_none_or(|sample| other.may_match(sample));
            may_cover && matches_no_more(pattern, std::slice::from_ref(other))
        };
        let by = others.find(|(_, (_, other))| covers(other)).map(|(_, (by, _))| by);
        let message = match by {
            Some(by) if by.value == written.value => format!("`{}` is there twice", written.value),
            Some(by) => format!("`{}` makes no difference beside `{}`", written.value, by.value),
            None => format!("`{}` makes no difference: the others match it", written.value),
        };
        let finding = findings.add(check, written.span, message);
        finding.hint("leave it out");
        if let Some(by) = by {
            finding.also(by.span, "matches all of it");
        }
    }
}

/// Returns whether it is proven that no request matches. The actions are those that are written: whether AWS has them is asked
/// elsewhere.
fn never_matches(examined: &Examined<'_>) -> bool {
    let rule = &examined.rule;
    let matches_none = |texts: &Texts| {
        let everything = Pattern::action("*");
        texts.negated && matches_no_more(&everything, &texts.patterns)
    };
    if matches_none(&rule.actions) || rule.resources.as_ref().is_some_and(matches_none) {
        return true;
    }
    // One condition by itself can be met, if it has a value to compare with.
    let mut keys: Vec<&str> = rule.conditions.iter().map(|condition| &*condition.key).collect();
    keys.dedup();
    let may_contradict =
        keys.len() < rule.conditions.len() || examined.asked.iter().any(|asked| asked.values.is_empty());
    if !may_contradict {
        return false;
    }
    let mut rule = granting(rule);
    rule.actions = Texts {
        negated: false,
        patterns: vec![Pattern::action("some:action")],
        not_understood: Vec::new(),
    };
    is_within(&[rule], &[])
}

/// Returns a rule that allows what this one allows or denies.
fn granting(rule: &Rule) -> Rule {
    Rule {
        effect: Effect::Allow,
        ..rule.clone()
    }
}

/// Finds out whether the other statements of the same effect match all that this one does. Of two that are alike the later
/// one is redundant.
pub(super) fn check_among(index: usize, all: &[Examined<'_>], findings: &mut Findings) {
    let Some(examined) = all.get(index) else { return };
    // Who is meant by `NotPrincipal` is another question for each effect.
    let is_negated = |rule: &Rule| rule.grantees.as_ref().is_some_and(|grantees| grantees.negated);
    if is_negated(&examined.rule) {
        return;
    }
    let others = all
        .iter()
        .enumerate()
        .filter(|(at, other)| *at != index && other.rule.effect == examined.rule.effect && !is_negated(&other.rule));
    let others: Vec<(usize, &Examined<'_>)> = others.collect();
    let rule = granting(&examined.rule);
    let single = others.iter().find(|(at, other)| {
        asks_no_more(&other.rule, &rule)
            && is_covered(&rule, &[&other.rule])
            && (*at < index || !is_covered(&other.rule, &[&rule]))
    });
    let finding = match single {
        Some((at, other)) => {
            let name = Examined::name(other.written, *at);
            let message = format!("it makes no difference beside statement {name}");
            findings
                .add(&REDUNDANT_STATEMENT, examined.written.span, message)
                .also(other.written.span, "matches all of it")
        }
        None => {
            // Only by earlier ones: of several that cover each other not all can go.
            let earlier = others.iter().filter(|(at, _)| *at < index);
            let earlier: Vec<&Rule> = earlier.map(|(_, other)| &other.rule).collect();
            if earlier.len() < 2 || !is_covered(&rule, &earlier) {
                return;
            }
            let message = "it makes no difference beside the statements before it";
            findings.add(&REDUNDANT_STATEMENT, examined.written.span, message)
        }
    };
    finding.hint("leave it out");
}

/// Returns whether the conditions of a rule are about keys that another one asks for, too. One that asks for more covers the
/// other only if it asks nothing by that.
fn asks_no_more(rule: &Rule, other: &Rule) -> bool {
    let is_there = |key: &str| other.conditions.iter().any(|condition| &*condition.key == key);
    rule.conditions.iter().all(|condition| is_there(&condition.key))
}

/// Returns whether rules are proven to match all that one does; all of one effect.
fn is_covered(rule: &Rule, by: &[&Rule]) -> bool {
    let near: Vec<&&Rule> = by
        .iter()
        .filter(|other| may_meet(&rule.actions, &other.actions))
        .collect();
    let actions = near.iter().map(|other| &other.actions);
    let resources = near.iter().filter_map(|other| other.resources.as_ref());
    let may_be = may_be_in(&rule.actions, actions)
        && rule
            .resources
            .as_ref()
            .is_none_or(|own| may_be_in(own, resources.clone()) || near.iter().any(|other| other.resources.is_none()));
    may_be && {
        let others: Vec<Rule> = near.into_iter().map(|other| granting(other)).collect();
        is_within(&[granting(rule)], &others)
    }
}

/// Returns whether samples of what a list matches may be matched by others, too: if not, nothing needs to be proven.
fn may_be_in<'a>(texts: &Texts, others: impl Iterator<Item = &'a Texts> + Clone) -> bool {
    let may_hold = |other: &Texts, sample: &str| {
        let matches = other.patterns.iter().any(|pattern| pattern.may_match(sample));
        matches != other.negated || !other.not_understood.is_empty()
    };
    let is_matched = |sample: &str| others.clone().any(|other| may_hold(other, sample));
    if texts.negated {
        // What nobody names: an ARN, or an action.
        return is_matched("arn:qz7:qz7:qz7:qz7:qz7") || is_matched("qz7:qz7");
    }
    let mut samples = texts.patterns.iter().filter_map(Pattern::sample);
    samples.all(|sample| is_matched(&sample))
}
