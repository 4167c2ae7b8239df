//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`.

use super::check::Check;
use super::examined::Examined;
use super::finding::Findings;
use crate::arn;
use crate::catalogue::reference::AuthorizationReference;
use crate::condition::Comparison;
use crate::document::{Document, Principals, Span, Version};

const VARIABLES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html";

static OLD_VERSION: Check = Check::error(
    "variable-in-old-version",
    "The document is in the language of 2008, in which `${...}` is no variable but these characters",
    "plain characters here",
)
.found_by(&["Variable unsupported in version"])
.help(VARIABLES);

static UNCLOSED: Check = Check::error(
    "unclosed-variable",
    "A `${` has no `}`, so it is no variable",
    "never closed",
)
.found_by(&["Missing brace in variable"])
.help(VARIABLES);

static EMPTY: Check = Check::error("empty-variable", "A variable has no name", "no name")
    .found_by(&["Empty variable"])
    .help(VARIABLES);

static SPACE: Check = Check::error(
    "space-in-variable",
    "The name of a variable has a space, which no key has",
    "a space",
)
.found_by(&["Unsupported space in variable"])
.help(VARIABLES);

static UNQUOTED: Check = Check::error(
    "unquoted-default",
    "What stands for a missing variable is not in single quotes",
    "not in quotes",
)
.found_by(&["Missing quote in variable"])
.help(VARIABLES);

static ELSEWHERE: Check = Check::error(
    "variable-elsewhere",
    "A variable where there are none: they are in resources and conditions only",
    "no variable here",
)
.found_by(&["Variable unsupported in element"])
.help(VARIABLES);

static WRONG_OPERATOR: Check = Check::error(
    "variable-under-operator",
    "A variable under an operator that takes none: only those for texts and ARNs do",
    "no variable here",
)
.found_by(&["Invalid variable for operator"])
.help(VARIABLES);

static IN_ARN_HEAD: Check = Check::warning(
    "variable-in-arn-head",
    "A variable before the fifth colon of a resource, where AWS documents none",
    "not documented here",
)
.help(VARIABLES);

static UNKNOWN: Check = Check::warning(
    "unknown-variable",
    "A variable is named after a condition key that AWS does not have, so it never has a value",
    "never has a value",
)
.help(VARIABLES);

static OF_SEVERAL: Check = Check::warning(
    "multivalued-variable",
    "A variable is named after a condition key of several values, and variables have one",
    "has several values",
)
.help(VARIABLES);

pub(super) static CHECKS: &[&Check] = &[
    &OLD_VERSION,
    &UNCLOSED,
    &EMPTY,
    &SPACE,
    &UNQUOTED,
    &ELSEWHERE,
    &WRONG_OPERATOR,
    &IN_ARN_HEAD,
    &UNKNOWN,
    &OF_SEVERAL,
];

/// Looks for what would be variables in a document of the old language; says it once.
pub(super) fn check_version(document: &Document, findings: &mut Findings) {
    if document.language() != Version::V2008 {
        return;
    }
    let texts = document.statements.iter().flat_map(|statement| {
        let resources = statement.resources.iter().flat_map(|resources| resources.value.iter());
        let resources = resources.map(|resource| (resource.value.as_str(), resource.span));
        let conditions = statement.conditions.iter().flat_map(|written| &written.value);
        let values = conditions.flat_map(|block| block.keys.iter().flat_map(|(_, values)| values.iter()));
        resources.chain(values.map(|value| (value.value.as_str(), value.span)))
    });
    let Some((text, span)) = texts.into_iter().find(|(text, _)| text.contains("${")) else {
        return;
    };
    let finding = findings.add(
        &OLD_VERSION,
        span,
        format!("`{text}` has no variable: the document is in the language of 2008"),
    );
    finding.hint("write `\"Version\": \"2012-10-17\"`");
    if let Some(version) = &document.version {
        finding.also(version.span, "the language of 2008");
    }
}

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    elsewhere(examined, findings);
    if examined.language == Version::V2008 {
        return;
    }
    let resources = examined
        .written
        .resources
        .iter()
        .flat_map(|resources| resources.value.iter());
    for resource in resources {
        in_text(&resource.value, resource.span, findings);
        let head = arn::parts(&resource.value);
        if let Some(part) = head.iter().take(5).find(|part| part.contains("${")) {
            let message = format!("`{part}` is before the fifth colon, where AWS documents no variables");
            findings
                .add(&IN_ARN_HEAD, resource.span, message)
                .hint("write `*` there, and ask for `aws:ResourceAccount` or `aws:RequestedRegion` in a condition");
        }
    }
    for asked in &examined.asked {
        let takes_variables = asked.operator.is_none_or(|operator| {
            matches!(
                operator.comparison,
                Comparison::Text | Comparison::TextIgnoringCase | Comparison::TextLike | Comparison::Arn
            )
        });
        for (text, span) in asked.texts() {
            if takes_variables {
                in_text(text, span, findings);
            } else if text.contains("${") {
                let message = format!(
                    "`{}` takes no variables, and `{text}` has one",
                    asked.operator_name.value
                );
                findings.add(&WRONG_OPERATOR, span, message);
            }
        }
    }
}

fn elsewhere(examined: &Examined<'_>, findings: &mut Findings) {
    let actions = examined.written.actions.value.iter();
    let kinds = examined
        .written
        .principals
        .iter()
        .flat_map(|element| match &element.value {
            Principals::Everyone(_) => [].as_slice(),
            Principals::Of(kinds) => kinds.as_slice(),
        });
    let principals = kinds.flat_map(|(_, names)| names.iter());
    for written in actions.chain(principals).filter(|written| written.value.contains("${")) {
        let message = format!(
            "`{}` has a variable, and only resources and conditions have such",
            written.value
        );
        findings.add(&ELSEWHERE, written.span, message);
    }
}

fn in_text(text: &str, span: Span, findings: &mut Findings) {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("${") {
        let Some((inside, behind)) = behind.split_once('}') else {
            findings
                .add(&UNCLOSED, span, format!("`{text}` has a `${{` that is never closed"))
                .hint("add `}`");
            return;
        };
        rest = behind;
        variable(inside, span, findings);
    }
}

fn variable(inside: &str, span: Span, findings: &mut Findings) {
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => (key, Some(default.trim())),
        None => (inside, None),
    };
    let is_quoted = |text: &str| text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'');
    if let Some(default) = default.filter(|default| !is_quoted(default)) {
        findings
            .add(
                &UNQUOTED,
                span,
                format!("`{default}` in `${{{inside}}}` is not in single quotes"),
            )
            .hint(format!("write `${{{key}, '{}'}}`", default.trim_matches('\'')));
    }
    if key.trim().is_empty() {
        findings.add(&EMPTY, span, format!("the variable `${{{inside}}}` has no name"));
        return;
    }
    if matches!(key, "*" | "?" | "$") {
        return;
    }
    // In the key of a tag there may be spaces.
    if key.split('/').next().is_some_and(|name| name.contains(' ')) {
        findings
            .add(
                &SPACE,
                span,
                format!("the variable `${{{inside}}}` has a space in its name"),
            )
            .hint("leave the space out");
        return;
    }
    let reference = AuthorizationReference::embedded();
    match reference.condition_key(key) {
        Some(known) if known.value_type().is_multivalued() => {
            let message = format!("`${{{key}}}` may have several values, and then it stands for none");
            findings.add(&OF_SEVERAL, span, message);
        }
        Some(_) => {}
        None => {
            let finding = findings.add(
                &UNKNOWN,
                span,
                format!("AWS has no condition key `{key}` to take `${{{key}}}` from"),
            );
            if key.contains("::") {
                finding.hint("this is a parameter of CloudFormation, which nobody filled in");
            } else if let Some(near) = reference.nearest_condition_key(key).first() {
                finding.hint(format!("did you mean `${{{}}}`?", near.name()));
            }
        }
    }
}
