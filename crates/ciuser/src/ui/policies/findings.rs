//! Findings with the lines that they are about.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::finding::{Finding, Severity};
use crate::ui::Ui;

impl Ui {
    /// Shows what was found about a text.
    pub(crate) fn findings(&self, name: &str, text: &str, findings: &[Finding]) {
        for finding in findings {
            self.result(&self.finding(name, text, finding));
            self.result("");
        }
    }

    fn finding(&self, name: &str, text: &str, finding: &Finding) -> String {
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
        };
        let title = level.primary_title(finding.message.as_str()).id(finding.id);
        let mut group = match &finding.at {
            Some(at) => {
                let place = AnnotationKind::Primary.span(at.span.start..at.span.end);
                let snippet = Snippet::source(text).path(name);
                Group::with_title(title).element(snippet.annotation(place.label(at.label.as_str())))
            }
            None => Group::with_title(title).element(Origin::path(name)),
        };
        if let Some(hint) = &finding.hint {
            group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
        }
        let style = if self.manner.unicode {
            DecorStyle::Unicode
        } else {
            DecorStyle::Ascii
        };
        let renderer = Renderer::styled().decor_style(style).term_width(self.width());
        renderer.render(&[group])
    }
}

#[cfg(test)]
mod tests {
    use ciuser_policy::document::Span;

    use super::*;
    use crate::finding::At;
    use crate::ui::{Color, Manner, Output};

    fn ui() -> Ui {
        Ui::new(Manner {
            flags: String::new(),
            output: Output::Human,
            color: Color::Never,
            quiet: false,
            unicode: true,
            no_input: true,
        })
    }

    /// What a person sees of a finding about `part` of a text.
    fn seen(text: &str, part: &str) -> String {
        let start = text.find(part).unwrap();
        let finding = Finding {
            id: "MalformedPolicyDocument",
            severity: Severity::Error,
            message: "statement 1: unknown element `Actions`".to_owned(),
            hint: Some("did you mean `Action`?".to_owned()),
            at: Some(At {
                span: Span {
                    start,
                    end: start + part.len(),
                },
                label: "unknown".to_owned(),
            }),
        };
        plain(&finding, text)
    }

    fn plain(finding: &Finding, text: &str) -> String {
        let picture = ui().finding("deploy.json", text, finding);
        anstream::adapter::strip_str(&picture).to_string()
    }

    const TEXT: &str = r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Actions": "s3:*",
    "Resource": "*"
  }
}"#;

    #[test]
    fn a_finding_points_into_the_text() {
        insta::assert_snapshot!(seen(TEXT, r#""Actions""#), @r#"
    error[MalformedPolicyDocument]: statement 1: unknown element `Actions`
      ╭▸ deploy.json:5:5
      │
    5 │     "Actions": "s3:*",
      │     ━━━━━━━━━ unknown
      │
      ╰ hint: did you mean `Action`?
    "#);
    }

    #[test]
    fn of_a_long_line_only_what_is_about_the_place_is_shown() {
        let padding = "x".repeat(300);
        let text = TEXT
            .replace('\n', "")
            .replace("s3:*", &padding)
            .replace("Allow", &padding);
        insta::assert_snapshot!(seen(&text, r#""Actions""#), @r#"
    error[MalformedPolicyDocument]: statement 1: unknown element `Actions`
      ╭▸ deploy.json:1:365
      │
    1 │ …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",    "Actions": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
      │                                        ━━━━━━━━━ unknown
      │
      ╰ hint: did you mean `Action`?
    "#);
    }

    #[test]
    fn a_finding_about_the_whole_names_the_file() {
        let finding = Finding {
            id: "MalformedPolicyDocument",
            severity: Severity::Error,
            message: "the document has no `Statement`".to_owned(),
            hint: None,
            at: None,
        };
        insta::assert_snapshot!(plain(&finding, "{}"), @r"
    error[MalformedPolicyDocument]: the document has no `Statement`
     ─▸ deploy.json
    ");
    }
}
