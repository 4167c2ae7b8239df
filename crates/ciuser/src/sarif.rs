//! Findings as SARIF 2.1.0, the format in which code scanning takes them.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Only what readers ask for: rules,
//! results, places.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use crate::finding::{Finding, Position, Severity};

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
    rules: Vec<&'static str>,
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
struct Rule {
    id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
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
    /// Adds the findings about a file, whose path is as it was typed: readers see it from where the program was run.
    pub(crate) fn add(&mut self, path: &str, text: &str, findings: &[Finding]) {
        for finding in findings {
            let hint = finding.hint.as_ref().map(|hint| format!(" ({hint})"));
            let result = SarifResult {
                rule_id: finding.id,
                rule_index: self.rule(finding.id),
                level: match finding.severity {
                    Severity::Error => "error",
                },
                message: Message {
                    text: format!("{}{}", finding.message, hint.unwrap_or_default()),
                },
                locations: [Location {
                    physical_location: PhysicalLocation {
                        artifact_location: ArtifactLocation { uri: uri(path) },
                        region: Region::of(finding, text),
                    },
                }],
            };
            self.results.push(result);
        }
    }

    fn rule(&mut self, id: &'static str) -> usize {
        let known = self.rules.iter().position(|known| *known == id);
        known.unwrap_or_else(|| {
            self.rules.push(id);
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
                        rules: self.rules.iter().map(|id| Rule { id }).collect(),
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

impl Region {
    /// A finding about no place is about the whole, whose beginning readers show.
    fn of(finding: &Finding, text: &str) -> Region {
        let (start, end) = finding.at.as_ref().map_or((0, 0), |at| (at.span.start, at.span.end));
        let (start, end) = (Position::of(text, start), Position::of(text, end));
        Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

#[cfg(test)]
mod tests {
    use ciuser_policy::document::Span;
    use serde_json::{Value, json};

    use super::*;
    use crate::finding::At;

    fn finding(id: &'static str, at: Option<(usize, usize)>) -> Finding {
        Finding {
            id,
            severity: Severity::Error,
            message: "it is wrong".to_owned(),
            hint: at.map(|_| "mend it".to_owned()),
            at: at.map(|(start, end)| At {
                span: Span { start, end },
                label: "here".to_owned(),
            }),
        }
    }

    #[test]
    fn every_finding_is_a_result_with_its_rule_and_its_place() {
        let mut sarif = Sarif::default();
        sarif.add("a.json", "{}", &[finding("One", None)]);
        sarif.add(
            "b c.json",
            "{\n 1}",
            &[finding("Two", Some((3, 4))), finding("One", None)],
        );
        let log: Value = serde_json::from_str(&sarif.written()).unwrap();
        let run = &log["runs"][0];
        assert_eq!(
            run["tool"]["driver"]["rules"],
            json!([{ "id": "One" }, { "id": "Two" }])
        );
        let expected = json!({
            "ruleId": "Two",
            "ruleIndex": 1,
            "level": "error",
            "message": { "text": "it is wrong (mend it)" },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": "b%20c.json" },
                "region": { "startLine": 2, "startColumn": 2, "endLine": 2, "endColumn": 3 },
            } }],
        });
        assert_eq!(run["results"][1], expected);
        assert_eq!(run["results"][2]["ruleIndex"], 0);
    }
}
