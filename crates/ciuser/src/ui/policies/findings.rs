//! Findings with the lines that they are about.
//!
//! A large policy has some findings hundreds of times. Of each check a few are drawn, at different places, and the rest is
//! counted. Ways to more permissions are listed, since each is another one.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, Title};
use ciuser_policy::lint::{Finding, Mark, Severity};

use crate::finding::{Position, Subject, in_words, is_way};
use crate::ui::Ui;

/// Of one check so many findings about a document are drawn, unless they are errors: each of those is to be mended.
const DRAWN: usize = 3;

/// More ways than these are listed.
const WAYS_DRAWN: usize = 3;

const SEVERITIES: [Severity; 4] = [
    Severity::Error,
    Severity::SecurityWarning,
    Severity::Warning,
    Severity::Suggestion,
];

/// Something that is drawn.
struct Drawing<'a> {
    severity: Severity,
    id: &'a str,
    title: String,
    /// The places, the main one first.
    marks: Vec<(&'a Mark, &'a str)>,
    hint: Option<&'a str>,
    note: Option<String>,
}

impl Ui {
    /// Shows what was found, in the order of the texts.
    pub(crate) fn findings(&self, subjects: &[Subject], findings: &[Finding]) {
        for number in 0..subjects.len() {
            let its = findings.iter().filter(|finding| finding.at.document == number);
            for drawn in self.drawn(&its.collect::<Vec<_>>(), subjects) {
                self.result(&drawn);
                self.result("");
            }
        }
    }

    /// Says how many findings there are of which severity.
    pub(crate) fn findings_counted(&self, policies: usize, findings: &[Finding]) {
        let count = |count: usize, one: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {one}s")),
        };
        let counts = SEVERITIES.into_iter().filter_map(|severity| {
            let its = findings.iter().filter(|finding| finding.severity() == severity);
            count(its.count(), in_words(severity))
        });
        let counts: Vec<String> = counts.collect();
        let found = if counts.is_empty() {
            "nothing found".to_owned()
        } else {
            counts.join(", ")
        };
        let policies = if policies == 1 {
            "1 policy".to_owned()
        } else {
            format!("{policies} policies")
        };
        self.talk(&format!("  {policies} checked: {found}"));
    }

    /// Draws what was found about one of the policies.
    fn drawn(&self, findings: &[&Finding], subjects: &[Subject]) -> Vec<String> {
        let ways = SEVERITIES.map(|severity| {
            let ways = findings.iter().copied();
            ways.filter(|finding| finding.severity() == severity && is_way(finding.check))
                .collect::<Vec<_>>()
        });
        let listed: Vec<_> = ways.iter().filter(|ways| ways.len() > WAYS_DRAWN).collect();
        let is_listed = |finding: &Finding| {
            let mut listed = listed.iter();
            is_way(finding.check) && listed.any(|ways| ways.iter().any(|way| way.id() == finding.id()))
        };
        let others = findings.iter().copied().filter(|finding| !is_listed(finding));
        let drawings = gathered(others).into_iter().map(|(first, rest)| {
            let note = rest_in_words(&rest, subjects);
            self.draw(&Drawing::of(first, note), subjects)
        });
        drawings
            .chain(listed.iter().map(|ways| self.ways(ways, subjects)))
            .collect()
    }

    /// Draws where ways lead through, and lists them.
    fn ways(&self, ways: &[&Finding], subjects: &[Subject]) -> String {
        let mut marks: Vec<(&Mark, &str)> = Vec::new();
        for mark in ways.iter().flat_map(|way| std::iter::once(&way.at).chain(&way.more)) {
            let is_new = !marks.iter().any(|(known, _)| is_same_place(known, mark));
            if is_new {
                marks.push((mark, ""));
            }
        }
        let severity = ways.first().map_or(Severity::Warning, |way| way.severity());
        let given = match severity {
            Severity::Warning => ", if what they need is there",
            _ => "",
        };
        let drawing = Drawing {
            severity,
            id: "escalate-...",
            title: format!("{} ways to more permissions{given}", ways.len()),
            marks,
            hint: Some("allow one action of each way less: on named resources, under a condition, or not at all"),
            note: None,
        };
        let list = ways.iter().map(|way| {
            let lead = format!("  {} ", self.sign("•", "-"));
            self.hanging(&lead, &format!("{} ({})", way.message, way.id()))
        });
        let list: Vec<String> = list.collect();
        format!("{}\n\n{}", self.draw(&drawing, subjects), list.join("\n"))
    }

    fn draw(&self, drawing: &Drawing<'_>, subjects: &[Subject]) -> String {
        let mut group = Group::with_title(self.title(drawing));
        for (place, (first, _)) in drawing.marks.iter().enumerate() {
            let earlier = drawing.marks.iter().take(place);
            let is_drawn = earlier.clone().any(|(mark, _)| mark.document == first.document);
            if let (false, Some(subject)) = (is_drawn, subjects.get(first.document)) {
                let its = drawing.marks.iter().enumerate();
                let its = its.filter(|(_, (mark, _))| mark.document == first.document);
                let annotations = its.map(|(place, (mark, label))| {
                    let kind = if place == 0 {
                        AnnotationKind::Primary
                    } else {
                        AnnotationKind::Context
                    };
                    let fits = !label.is_empty() && self.has_room_beside(mark, label, &subject.text);
                    let label = fits.then_some(*label);
                    kind.span(mark.span.start..mark.span.end).label(label)
                });
                let snippet = Snippet::source(subject.text.as_str()).path(subject.name.as_str());
                group = group.element(snippet.annotations(annotations));
            }
        }
        if let Some(hint) = drawing.hint {
            group = group.element(Level::HELP.with_name("hint").message(self.wrapped(hint, 14)));
        }
        if let Some(note) = &drawing.note {
            group = group.element(Level::NOTE.message(self.wrapped(note, 14)));
        }
        let style = if self.manner.unicode {
            DecorStyle::Unicode
        } else {
            DecorStyle::Ascii
        };
        let renderer = Renderer::styled().decor_style(style).term_width(self.width());
        renderer.render(&[group])
    }

    /// The message stands behind severity and id, unless that leaves too little room beside these.
    fn title<'a>(&self, drawing: &Drawing<'a>) -> Title<'a> {
        let level = level(drawing.severity);
        let severity = in_words(drawing.severity).len() + ": ".len();
        let lead = severity + drawing.id.len() + "[]".len();
        if lead * 2 > self.width() {
            let text = format!("{} [{}]", drawing.title, drawing.id);
            level.primary_title(self.wrapped(&text, severity))
        } else {
            level.primary_title(self.wrapped(&drawing.title, lead)).id(drawing.id)
        }
    }

    /// Tells whether a label fits beside a place. Lines that are too wide themselves are cut around both.
    fn has_room_beside(&self, mark: &Mark, label: &str, text: &str) -> bool {
        const LINE_NUMBER: usize = 7;
        let room = self.width().saturating_sub(LINE_NUMBER);
        let behind = text.get(mark.span.end..).unwrap_or_default();
        let rest = behind.lines().next().unwrap_or_default().chars().count();
        let end = Position::of(text, mark.span.end).column;
        end + rest > room || end + label.len() <= room
    }

    /// Breaks a text into lines behind something of a width.
    fn wrapped(&self, text: &str, lead: usize) -> String {
        let options = textwrap::Options::new(self.width().saturating_sub(lead + 1))
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(text, options)
    }
}

impl<'a> Drawing<'a> {
    fn of(finding: &'a Finding, note: Option<String>) -> Self {
        let marks = std::iter::once(&finding.at).chain(&finding.more);
        Drawing {
            severity: finding.severity(),
            id: finding.id(),
            title: finding.to_string(),
            marks: marks.map(|mark| (mark, mark.label.as_str())).collect(),
            hint: finding.hint.as_deref(),
            note,
        }
    }
}

/// Returns the findings that are drawn, in their order, each with those that are only counted there.
fn gathered<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<(&'a Finding, Vec<&'a Finding>)> {
    let mut gathered: Vec<(&Finding, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let mut alike: Vec<_> = gathered
            .iter_mut()
            .filter(|(first, _)| first.id() == finding.id() && finding.severity() != Severity::Error)
            .collect();
        let is_enough = alike.len() >= DRAWN;
        let here = alike
            .iter()
            .position(|(first, _)| is_same_place(&first.at, &finding.at));
        let place = here.or_else(|| is_enough.then(|| alike.len() - 1));
        match place.and_then(|place| alike.get_mut(place)) {
            Some((_, rest)) => rest.push(finding),
            None => gathered.push((finding, Vec::new())),
        }
    }
    gathered
}

fn is_same_place(one: &Mark, other: &Mark) -> bool {
    (one.document, one.span) == (other.document, other.span)
}

fn rest_in_words(rest: &[&Finding], subjects: &[Subject]) -> Option<String> {
    let lines = rest.iter().filter_map(|finding| {
        let subject = subjects.get(finding.at.document)?;
        Some(Position::of(&subject.text, finding.at.span.start).line)
    });
    let lines: Vec<usize> = lines.collect();
    let lines = ranges(&lines);
    let word = if lines.contains([',', '-']) { "lines" } else { "line" };
    let count = rest.len();
    (count > 0).then(|| format!("{count} more like it in {word} {lines} (all are in `--output json`)"))
}

/// Writes numbers, which are in order, with the gaps between them: `1, 3-5`.
fn ranges(numbers: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *number <= *last + 1 => *last = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let ranges = ranges.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    ranges.collect::<Vec<_>>().join(", ")
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::SecurityWarning => Level::WARNING.with_name(in_words(severity)),
        Severity::Warning => Level::WARNING,
        Severity::Suggestion => Level::INFO.with_name(in_words(severity)),
    }
}

#[cfg(test)]
mod tests {
    use ciuser_policy::document::PolicyKind;

    use super::*;
    use crate::finding::{of_document, of_permissions, sort};
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

    fn subject(name: &str, text: &str) -> Subject {
        Subject {
            name: name.to_owned(),
            text: text.to_owned(),
            kind: PolicyKind::Managed,
            is_of_aws: false,
        }
    }

    /// What a person sees of the findings about a text.
    fn seen(text: &str) -> String {
        let subjects = [subject("deploy.json", text)];
        let mut findings = of_document(0, &subjects[0]);
        findings.extend(of_permissions(&[(0, &subjects[0])], None));
        sort(&mut findings);
        plain(&findings, &subjects)
    }

    fn plain(findings: &[Finding], subjects: &[Subject]) -> String {
        let pictures = ui().drawn(&findings.iter().collect::<Vec<_>>(), subjects).join("\n");
        anstream::adapter::strip_str(&pictures).to_string()
    }

    const TEXT: &str = r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Recource": "*"
  }
}"#;

    #[test]
    fn every_fault_points_into_the_text() {
        insta::assert_snapshot!(seen(TEXT), @r#"
        error[MalformedPolicyDocument]: statement 1: neither `Resource` nor `NotResource` names a resource
          ╭▸ deploy.json:3:16
          │
        3 │   "Statement": {
          │                ━ no resource
          │
          ╰ hint: `*` means all of them
        error[MalformedPolicyDocument]: statement 1: unknown element `Recource`
          ╭▸ deploy.json:6:5
          │
        6 │     "Recource": "*"
          │     ━━━━━━━━━━ unknown
          │
          ╰ hint: did you mean `Resource`?
        "#);
    }

    #[test]
    fn of_a_long_line_only_what_is_about_the_place_is_shown() {
        let padding = "x".repeat(300);
        let line = TEXT.replace('\n', "").replace('*', &padding);
        insta::assert_snapshot!(seen(&line), @r#"
        error[MalformedPolicyDocument]: statement 1: neither `Resource` nor `NotResource` names a resource
          ╭▸ deploy.json:1:43
          │
        1 │ {  "Version": "2012-10-17",  "Statement": {    "Effect": "Allow",    "Action": "s3:GetObject", …
          │                                           ━ no resource
          │
          ╰ hint: `*` means all of them
        error[MalformedPolicyDocument]: statement 1: unknown element `Recource`
          ╭▸ deploy.json:1:99
          │
        1 │ …low",    "Action": "s3:GetObject",    "Recource": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
          │                                        ━━━━━━━━━━ unknown
          │
          ╰ hint: did you mean `Resource`?
        "#);
    }

    #[test]
    fn of_one_kind_the_first_are_drawn_and_the_rest_is_counted() {
        let actions = [
            "\"s3:Get*\"",
            "\"s3:GetObject\"",
            "\"s3:GetObjectAcl\"",
            "\"s3:GetBucketAcl\"",
            "\"s3:GetBucketTagging\"",
            "\"s3:GetObjectTagging\"",
        ];
        let text = TEXT.replace("Recource", "Resource");
        let text = text.replace("\"s3:GetObject\"", &format!("[{}]", actions.join(",\n")));
        let seen = seen(&text);
        let (_, last) = seen.rsplit_once("suggestion").unwrap();
        insta::assert_snapshot!(last, @r#"
        [redundant-action]: statement 1: `s3:GetBucketAcl` makes no difference beside `s3:Get*`
          ╭▸ deploy.json:8:1
          │
        5 │     "Action": ["s3:Get*",
          │                ───────── matches all of it
          ┆
        8 │ "s3:GetBucketAcl",
          │ ━━━━━━━━━━━━━━━━━ makes no difference
          │
          ├ hint: leave it out
          ╰ note: 2 more like it in lines 9-10 (all are in `--output json`)
        "#);
        assert_eq!(seen.matches("suggestion[redundant-action]").count(), 3);
    }

    #[test]
    fn many_ways_are_listed_below_one_drawing() {
        let text = TEXT.replace("Recource", "Resource");
        let text = text.replace("\"s3:GetObject\"", r#"["iam:Attach*Policy", "iam:CreateAccessKey"]"#);
        insta::assert_snapshot!(seen(&text), @r#"
        security warning[escalate-...]: 5 ways to more permissions
          ╭▸ deploy.json:5:16
          │
        5 │     "Action": ["iam:Attach*Policy", "iam:CreateAccessKey"],
          │                ━━━━━━━━━━━━━━━━━━━  ─────────────────────
          │
          ╰ hint: allow one action of each way less: on named resources, under a condition, or not at
                  all

          • `iam:AttachGroupPolicy` lets its holder attach any policy to a group that it is in
            (escalate-group-managed-policy)
          • `iam:AttachRolePolicy` lets its holder attach any policy to the role that it has itself
            (escalate-role-managed-policy)
          • `iam:AttachUserPolicy` lets its holder attach any policy to its own user
            (escalate-user-managed-policy)
          • `iam:AttachUserPolicy` with `iam:CreateAccessKey` lets its holder attach any policy to another
            user and get an access key of that user (escalate-user-managed-policy-access-key)
          • `iam:CreateAccessKey` lets its holder get an access key of another user (escalate-access-key)
        "#);
    }

    #[test]
    fn a_way_through_two_policies_is_drawn_in_both() {
        let text = TEXT.replace("Recource", "Resource");
        let subjects =
            ["iam:PassRole", "ec2:RunInstances"].map(|action| subject(action, &text.replace("s3:GetObject", action)));
        let mut findings = of_permissions(&[(0, &subjects[0]), (1, &subjects[1])], None);
        findings.truncate(1);
        insta::assert_snapshot!(plain(&findings, &subjects), @r#"
        security warning[escalate-instance]: `iam:PassRole` to `ec2.amazonaws.com` with `ec2:RunInstances`
                                             lets its holder run an instance of its own with any role that
                                             can be passed to EC2
          ╭▸ iam:PassRole:5:15
          │
        5 │     "Action": "iam:PassRole",
          │               ━━━━━━━━━━━━━━ this has a part in it
          │
          ⸬  ec2:RunInstances:5:15
          │
        5 │     "Action": "ec2:RunInstances",
          │               ────────────────── and `ec2:RunInstances`
          │
          ╰ hint: allow one of them less: on named resources, under a condition, or not at all
                  (pathfinding.cloud ec2-001)
        "#);
    }

    #[test]
    fn lines_are_said_with_their_gaps() {
        assert_eq!(ranges(&[1, 3, 3, 4, 5, 9]), "1, 3-5, 9");
    }
}
