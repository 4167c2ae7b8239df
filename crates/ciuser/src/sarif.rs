//! Findings as SARIF 2.1.0, the format in which code scanning takes them.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Only what readers ask for: rules,
//! results, places.

use ciuser_policy::lint::{Check, Finding, Mark, Severity};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use crate::finding::{self, Position, Subject};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What cannot stand for itself in the path of a URI (RFC 3986, section 3.3).
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The findings of one run.
#[derive(Debug, Default)]
pub(crate) struct Sarif {
    rules: Vec<&'static Check>,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: &'a [SarifResult],
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Message,
    help_uri: &'static str,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    message: Message,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Debug, Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl Sarif {
    /// Adds findings about policies, whose names are paths as they were typed: readers see them from where the program was
    /// run.
    pub(crate) fn add(&mut self, findings: &[Finding], subjects: &[Subject]) {
        for finding in findings {
            let hint = finding.hint.as_ref().map(|hint| format!(" ({hint})"));
            let more = finding.more.iter();
            let result = SarifResult {
                rule_id: finding.id(),
                rule_index: self.rule(finding.check),
                level: level(finding.severity()),
                message: Message::of(format!("{finding}{}", hint.unwrap_or_default())),
                locations: Location::of(&finding.at, subjects).into_iter().collect(),
                related_locations: more.filter_map(|mark| Location::of(mark, subjects)).collect(),
            };
            self.results.push(result);
        }
    }

    fn rule(&mut self, check: &'static Check) -> usize {
        let known = self.rules.iter().position(|known| known.id == check.id);
        known.unwrap_or_else(|| {
            self.rules.push(check);
            self.rules.len() - 1
        })
    }

    /// Returns the file.
    pub(crate) fn written(&self) -> String {
        let log = Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: "ciuser",
                        version: env!("CARGO_PKG_VERSION"),
                        rules: self.rules.iter().map(|check| Rule::of(check)).collect(),
                    },
                },
                column_kind: "unicodeCodePoints",
                results: &self.results,
            }],
        };
        let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn uri(path: &str) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    format!("{scheme}{}", utf8_percent_encode(path, IN_PATH))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::SecurityWarning | Severity::Warning => "warning",
        Severity::Suggestion => "note",
    }
}

impl Rule {
    fn of(check: &Check) -> Rule {
        let named = |what: &str, names: &[&str]| (!names.is_empty()).then(|| format!("{what}: {}.", names.join("; ")));
        let sources = [
            named("IAM Access Analyzer finds it as", check.access_analyzer),
            named("Benchmarks ask for its absence", check.benchmarks),
            Some(format!("See {}", check.help)),
        ];
        let sources: Vec<String> = sources.into_iter().flatten().collect();
        // Code scanning shows what has this tag among the alerts about security.
        let is_security = check.severity == Severity::SecurityWarning || finding::is_way(check);
        Rule {
            id: check.id,
            short_description: Message::of(finding::title(check)),
            full_description: Message::of(format!("{}.", finding::title(check))),
            help: Message::of(sources.join("\n")),
            help_uri: check.help,
            default_configuration: Configuration {
                level: level(check.severity),
            },
            properties: Properties {
                tags: is_security.then_some("security").into_iter().chain(["iam"]).collect(),
            },
        }
    }
}

impl Message {
    fn of(text: impl Into<String>) -> Message {
        Message { text: text.into() }
    }
}

impl Location {
    fn of(mark: &Mark, subjects: &[Subject]) -> Option<Location> {
        let Subject { name, text, .. } = subjects.get(mark.document)?;
        let (start, end) = (Position::of(text, mark.span.start), Position::of(text, mark.span.end));
        Some(Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: uri(name) },
                region: Region {
                    start_line: start.line,
                    start_column: start.column,
                    end_line: end.line,
                    end_column: end.column,
                },
            },
            message: Message::of(mark.label.as_str()),
        })
    }
}

#[cfg(test)]
mod tests {
    use ciuser_policy::document::PolicyKind;
    use serde_json::{Value, json};

    use super::*;
    use crate::finding::{of_document, of_permissions};

    fn subject(name: &str, action: &str) -> Subject {
        let text = format!(
            "{{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Effect\": \"Allow\",\n\"Action\": {action},\n\"Resource\": \"*\"}}]}}"
        );
        Subject {
            name: name.to_owned(),
            text,
            kind: PolicyKind::Managed,
            is_of_aws: false,
        }
    }

    fn run(subjects: &[Subject], findings: &[Finding]) -> Value {
        let mut sarif = Sarif::default();
        sarif.add(findings, subjects);
        let mut log: Value = serde_json::from_str(&sarif.written()).unwrap();
        log["runs"][0].take()
    }

    #[test]
    fn every_finding_is_a_result_with_its_rule_and_its_place() {
        let subjects = [
            subject("a.json", r#""s3:GetObjekt""#),
            subject("b c.json", r#""s3:PutObjekt""#),
        ];
        let findings: Vec<Finding> = (0..)
            .zip(&subjects)
            .flat_map(|(number, one)| of_document(number, one))
            .collect();
        let run = run(&subjects, &findings);
        let rule = &run["tool"]["driver"]["rules"][0];
        assert_eq!(
            (&rule["id"], &rule["defaultConfiguration"]["level"]),
            (&json!("unknown-action"), &json!("error"))
        );
        assert_eq!(rule["properties"]["tags"], json!(["iam"]));
        assert!(
            rule["help"]["text"]
                .as_str()
                .unwrap()
                .contains("finds it as: Invalid action."),
            "{rule}"
        );
        let result = &run["results"][1];
        assert_eq!(
            (&result["ruleId"], &result["ruleIndex"], &result["level"]),
            (&rule["id"], &json!(0), &json!("error"))
        );
        let place = json!({
            "artifactLocation": { "uri": "b%20c.json" },
            "region": { "startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 25 },
        });
        assert_eq!(result["locations"][0]["physicalLocation"], place);
        assert_eq!(result["relatedLocations"], Value::Null);
    }

    #[test]
    fn a_way_is_about_security_and_has_all_its_places() {
        let subjects = [
            subject("pass", r#""iam:PassRole""#),
            subject("run", r#""ec2:RunInstances""#),
        ];
        let findings = of_permissions(&[(0, &subjects[0]), (1, &subjects[1])], None);
        let run = run(&subjects, &findings);
        let title = &run["tool"]["driver"]["rules"][0]["shortDescription"]["text"];
        assert!(title.as_str().unwrap().starts_with("Lets its holder "), "{title}");
        assert_eq!(
            run["tool"]["driver"]["rules"][0]["properties"]["tags"],
            json!(["security", "iam"])
        );
        let related = &run["results"][0]["relatedLocations"][0];
        assert_eq!(related["physicalLocation"]["artifactLocation"]["uri"], "run");
        assert!(
            related["message"]["text"]
                .as_str()
                .unwrap()
                .contains("ec2:RunInstances"),
            "{related}"
        );
    }
}
