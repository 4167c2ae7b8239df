//! `docs/reference/findings.md`, which is made from the checks, and where the checks of Access Analyzer are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ciuser_policy::lint::{checks, ways_and_needs};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/findings.md");

/// What Access Analyzer finds, and IAM refuses: it is said as a fault of the document, with IAM's message.
const FAULTS: [(&str, &str); 33] = [
    ("Allow with NotPrincipal", "`NotPrincipal` in a statement that allows"),
    ("Data type mismatch", "an element of another form"),
    ("Empty array action", "no action is named"),
    ("Empty array principal", "nobody is named"),
    ("Empty array resource", "no resource is named"),
    ("Empty object principal", "nobody is named"),
    ("Invalid ARN prefix", "neither an ARN nor `*`"),
    ("Invalid condition operator", "an unknown operator"),
    ("Invalid effect", "neither `Allow` nor `Deny`"),
    (
        "Invalid federated principal syntax in role trust policy",
        "no principal of its kind",
    ),
    ("Invalid partition", "no such partition"),
    ("Invalid policy element", "an unknown element"),
    ("Invalid principal format", "a principal of another form"),
    ("Invalid principal key", "no such kind of principal"),
    ("Invalid version", "no such version"),
    ("Json syntax error", "no JSON"),
    ("Missing action", "no action is named"),
    ("Missing effect", "no effect"),
    ("Missing principal", "no principal"),
    ("Missing resource", "no resource is named"),
    ("Missing statement", "no statement"),
    ("RCP syntax error NotAction", "`NotAction` in a resource control policy"),
    ("RCP syntax error allow", "a resource control policy that allows"),
    (
        "RCP syntax error principal",
        "another principal than `*` in a resource control policy",
    ),
    (
        "Role trust policy syntax error notprincipal",
        "`NotPrincipal` in a trust policy",
    ),
    (
        "Role trust policy syntax error resource",
        "a resource in a trust policy",
    ),
    (
        "Role trust policy unsupported wildcard in principal",
        "`\"Principal\": \"*\"` in a trust policy",
    ),
    ("SCP syntax error principal", "a principal in a service control policy"),
    ("Unique Sids recommended", "two statements with one `Sid`"),
    ("Unique Sids required", "two statements with one `Sid`"),
    (
        "Unsupported element combination",
        "two elements that exclude each other",
    ),
    ("Unsupported principal", "a principal in an identity-based policy"),
    ("Unsupported wildcard in principal", "a wildcard in a principal"),
];

/// One more fault, for which there is a rule of its own.
const SID: (&str, &str) = (
    "Unsupported Sid",
    "a `Sid` with other characters than letters and digits",
);

/// What Access Analyzer finds and is not looked for.
const LEFT_OUT: [(&str, &str); 8] = [
    (
        "Invalid kms key value",
        "the page does not say which condition keys have the ARN of a KMS key for a value",
    ),
    (
        "Irrelevant condition key in policy",
        "depends on what kind of resource has the policy, which is not asked",
    ),
    (
        "Policy size exceeds resource policy quota",
        "each service has a quota of its own",
    ),
    (
        "RCP syntax error action",
        "which services know resource control policies changes, and is not in the catalogue",
    ),
    (
        "SCP syntax error action wildcard",
        "since September 2025 service control policies take wildcards anywhere",
    ),
    (
        "Unsupported action in policy",
        "depends on what kind of resource has the policy, which is not asked",
    ),
    (
        "Unsupported resource ARN in policy",
        "depends on what kind of resource has the policy, which is not asked",
    ),
    (
        "Use condition key only with supported services",
        "which services know `aws:VpceAccount` and its like changes, and is not in the catalogue",
    ),
];

/// Every check of the reference, by its name, as of 2026.
const ACCESS_ANALYZER: &str = include_str!("access_analyzer.txt");

#[test]
fn every_check_of_access_analyzer_is_somewhere() {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let of_checks = checks().flat_map(|check| check.access_analyzer.iter().copied());
    let elsewhere = FAULTS.iter().chain([&SID]).chain(&LEFT_OUT).map(|(name, _)| *name);
    for name in of_checks.chain(elsewhere) {
        *places.entry(name).or_default() += 1;
    }
    let all: BTreeSet<&str> = ACCESS_ANALYZER.lines().collect();
    let twice: Vec<_> = places.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert_eq!(places.into_keys().collect::<BTreeSet<_>>(), all);
}

fn table(page: &mut String, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    page.push_str(&line(&head));
    page.push_str(&format!("|{}\n", "---|".repeat(head.len())));
    for row in rows {
        let row: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        page.push_str(&line(&row));
    }
    page.push('\n');
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    let (ways, plain): (Vec<_>, Vec<_>) = checks().partition(|check| check.id.starts_with("escalate-"));
    let rows = plain.iter().map(|check| {
        let names = check.access_analyzer.join("; ");
        vec![
            format!("`{}`", check.id),
            check.severity.as_str().to_owned(),
            check.title.to_owned(),
            names,
        ]
    });
    table(&mut page, &["id", "severity", "what", "in Access Analyzer"], rows);
    page.push_str(BENCHMARKS);
    let rows = plain.iter().flat_map(|check| {
        let controls = check.benchmarks.iter();
        controls.map(|control| vec![format!("`{}`", check.id), (*control).to_owned()])
    });
    table(&mut page, &["id", "control"], rows);
    page.push_str(WAYS);
    let rows = ways_and_needs().zip(&ways).map(|((id, reference, needs), check)| {
        let needs: Vec<String> = needs.iter().map(|need| format!("`{need}`")).collect();
        vec![
            format!("`{id}`"),
            check.severity.as_str().to_owned(),
            needs.join(", "),
            check.title.to_owned(),
            reference.to_owned(),
        ]
    });
    table(
        &mut page,
        &["id", "severity", "needs", "lets its holder", "pathfinding.cloud"],
        rows,
    );
    let elsewhere = |rows: &[(&str, &str)]| -> Vec<Vec<String>> {
        rows.iter()
            .map(|(name, what)| vec![(*name).to_owned(), (*what).to_owned()])
            .collect()
    };
    page.push_str(AS_FAULTS);
    let mut faults = elsewhere(&FAULTS);
    faults.extend(elsewhere(&[SID]));
    table(&mut page, &["in Access Analyzer", "the fault"], faults);
    page.push_str(NOT_LOOKED_FOR);
    table(&mut page, &["in Access Analyzer", "why"], elsewhere(&LEFT_OUT));
    writeln!(page, "{END}").unwrap();
    page
}

const INTRODUCTION: &str = "\
# Findings

What ciuser looks for in policies beyond the question whether IAM accepts them. Generated from the code by `cargo run -p
xtask -- reference`; a test fails when it is not current.

An id stays the same for ever. The severities are those of IAM Access Analyzer: an *error* is a part of the document that
does not do what it says; a *security-warning* allows more than is good; a *warning* may not mean what it seems to mean; a
*suggestion* could be said better. Where a check is one of Access Analyzer's it has the same severity, with these exceptions.
`unknown-arn-form` and `condition-key-without-action` are warnings and not errors: the list of what AWS has is a snapshot, and
AWS's own policies use forms and keys that it lacks. `statement-never-matches` finds more, and is a warning and not a suggestion. Where
several of its checks are one here, the severity is that of one of them.

An action, service or condition key that is in no list is an error only if none of AWS's managed policies names it either;
else it is retired or not documented, and there is a warning.

## Checks of one document

";

const BENCHMARKS: &str = "\
`full-admin`, `iam-admin`, `full-service`, `decrypt-with-any-key` and the ways below are looked for in several policies together,
within a permissions boundary. They are found by meaning: `NotAction`, or statements that add up, count as `\"Action\": \"*\"`
does. These controls of public benchmarks ask for their absence:

";

const WAYS: &str = "\
## Ways to more permissions

A way is open if all that it needs may be allowed, each on a resource of the right kind, together within the boundary: with
`Resource`, `Condition` and `Deny` taken into account, a role passed to the service in question (`iam:PassedToService`), and the
same user, role or function where a way needs that. What is not understood is taken to be allowed. A way that depends on
something that somebody else made (a project with a powerful role, say) is a warning. Whoever has everything (`full-admin`,
`iam-admin`) needs no way, and none is listed then.

Which ways there are is taken from [pathfinding.cloud](https://pathfinding.cloud) (Datadog), whose id stands in the last column.

";

const AS_FAULTS: &str = "\
## What IAM refuses

Access Analyzer also checks whether a document is one. ciuser says that as a fault of the document, with IAM's own message:

";

const NOT_LOOKED_FOR: &str = "\
## What is left out

";

const END: &str = "\
Checks of Access Analyzer that AWS has withdrawn (conditions, resources and `NotAction` in a service control policy that
allows) are not listed. Its checks of access (external, unused, new access) are another thing: `policies compare` proves what
`CheckNoNewAccess` does.";

#[test]
fn the_page_of_findings_is_what_the_code_says() {
    let page = page();
    if std::env::var_os("CIUSER_WRITE_REFERENCE").is_some() {
        std::fs::write(PAGE, page).unwrap();
    } else {
        let there = std::fs::read_to_string(PAGE).unwrap_or_default();
        assert!(
            there == page,
            "docs/reference/findings.md is not current: `cargo run -p xtask -- reference` makes it anew"
        );
    }
}
