//! Why a decision is as it is, in words.

use ciuser_policy::document::Effect;
use ciuser_policy::evaluate::{Decision, Layer, Miss, Part, StatementAt, Verdict};

/// More statements than these are not named.
const NAMED: usize = 3;

/// Says why.
pub(super) fn why(verdict: &Verdict, misses: &[Miss]) -> String {
    match verdict.decision {
        Decision::Allowed if verdict.deciding.is_empty() => "whatever policies say".to_owned(),
        Decision::Allowed | Decision::ExplicitDeny => by(&verdict.deciding),
        Decision::ImplicitDeny => not_allowed(&verdict.missing, misses),
        Decision::Undetermined => not_understood(misses),
    }
}

/// Names a statement.
pub(in crate::cli::policies) fn statement(at: &StatementAt) -> String {
    let policy = match at.layer {
        Layer::Boundary => format!("the boundary `{}`", at.policy),
        Layer::Session => format!("the session policy `{}`", at.policy),
        _ => format!("`{}`", at.policy),
    };
    match &at.sid {
        Some(sid) => format!("`{sid}` of {policy}"),
        None => format!("statement {} of {policy}", at.index + 1),
    }
}

fn by(statements: &[StatementAt]) -> String {
    let mut named: Vec<String> = statements.iter().take(NAMED).map(statement).collect();
    match statements.len().saturating_sub(NAMED) {
        0 => {}
        1 => named.push("1 more statement".to_owned()),
        more => named.push(format!("{more} more statements")),
    }
    listed(&named, "and")
}

fn not_allowed(missing: &[Layer], misses: &[Miss]) -> String {
    let layers: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let lacking = if layers.is_empty() {
        "nothing allows it".to_owned()
    } else {
        format!("not allowed by the {}", listed(&layers, "nor by the"))
    };
    // The statement that lacks least is the one that was meant, if any was.
    let allowing = misses
        .iter()
        .filter(|miss| miss.effect == Effect::Allow && missing.contains(&miss.statement.layer));
    match allowing.min_by_key(|miss| miss.fails.len() + miss.not_understood.len()) {
        Some(miss) => {
            let parts: Vec<String> = miss.fails.iter().chain(&miss.not_understood).map(part).collect();
            format!(
                "{lacking}; {} would, but for {}",
                statement(&miss.statement),
                listed(&parts, "and")
            )
        }
        None => lacking,
    }
}

fn not_understood(misses: &[Miss]) -> String {
    let unclear = misses
        .iter()
        .filter(|miss| miss.fails.is_empty() && !miss.not_understood.is_empty());
    let each = unclear.map(|miss| {
        let parts: Vec<String> = miss.not_understood.iter().map(part).collect();
        format!("{} of {}", listed(&parts, "and"), statement(&miss.statement))
    });
    let each: Vec<String> = each.collect();
    format!("not understood: {}", listed(&each, "and"))
}

fn part(part: &Part) -> String {
    match part {
        Part::Action => "its actions".to_owned(),
        Part::Resource => "its resources".to_owned(),
        Part::Principal => "its principals".to_owned(),
        Part::Condition(key) => format!("its condition on `{key}`"),
    }
}

/// Lists things: `a, b and c`.
pub(in crate::cli::policies) fn listed(things: &[String], last: &str) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}
