//! The pages without lists: user, tags, targets, review.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::rows::{self, LABEL, VALUE, columns, prose, row, shortened};
use crate::ui::wizard::screen::view::{Decision, View};
use crate::ui::wizard::stop::Stop;
use crate::wizard::{Field, Page, PlaceKind, Verdict, Wizard};

/// What stands between head and foot.
pub(super) struct Body {
    pub(super) lines: Vec<Line<'static>>,
    /// Column and line of the cursor.
    pub(super) cursor: Option<(u16, u16)>,
}

/// Puts a body together, line by line.
pub(super) struct Draft<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) wizard: &'a Wizard,
    pub(super) width: usize,
    pub(super) lines: Vec<Line<'static>>,
    pub(super) cursor: Option<(usize, usize)>,
}

impl Body {
    pub(super) fn of(view: &View<'_>, wizard: &Wizard, width: usize, height: usize) -> Body {
        let mut draft = Draft {
            view,
            wizard,
            width,
            lines: Vec::new(),
            cursor: None,
        };
        match view.page {
            Page::User => draft.user(),
            Page::Permissions => draft.permissions(height),
            Page::Tags => draft.tags(),
            Page::Targets => draft.targets(),
            Page::Review => draft.review(height),
        }
        draft.fitted(height)
    }
}

impl Draft<'_> {
    /// Scrolls so far that the cursor, and what is said below it, can be seen.
    fn fitted(self, height: usize) -> Body {
        let below = self.cursor.map_or(0, |(_, y)| y + 3);
        let skip = below.min(self.lines.len()).saturating_sub(height);
        let cursor = self.cursor.and_then(|(x, y)| {
            let y = y.checked_sub(skip)?;
            Some((u16::try_from(x).ok()?, u16::try_from(y).ok()?))
        });
        Body {
            lines: self.lines.into_iter().skip(skip).take(height).collect(),
            cursor,
        }
    }

    pub(super) fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    pub(super) fn prose(&mut self, text: &str, indent: usize) {
        self.lines.extend(prose(text, indent, self.width, self.view.look));
    }

    pub(super) fn verdict(&mut self, verdict: &Verdict, indent: usize) {
        self.lines
            .extend(rows::verdict(verdict, indent, self.width, self.view.look));
    }

    /// Returns the part of the edited text that fits, and puts the cursor there.
    pub(super) fn edited(&mut self, at: usize, room: usize) -> String {
        let input = &self.view.input;
        let scroll = input.visual_scroll(room);
        self.cursor = Some((at + input.visual_cursor() - scroll, self.lines.len()));
        columns(input.value(), scroll, room)
    }

    /// Shows a text and what is wrong with it.
    fn field(&mut self, label: &str, field: Field) {
        let focused = self.view.focus(self.wizard) == Stop::Text(field);
        let room = self.width.saturating_sub(VALUE + 1);
        let text = if focused {
            self.edited(VALUE, room)
        } else {
            shortened(self.wizard.form().text(field), room, self.view.look)
        };
        self.lines.push(row(label, text, focused, self.view.look));
        let begun = !self.wizard.form().text(field).is_empty();
        if let Some(problem) = self.wizard.form().problem(field).filter(|_| begun) {
            self.verdict(&Verdict::bad(problem), VALUE);
        }
    }

    fn user(&mut self) {
        self.prose(
            "The IAM user that the pipeline will be. It gets an access key and no console password.",
            LABEL,
        );
        self.blank();
        self.field("Name", Field::Name);
        match self.wizard.user_verdict() {
            Some(verdict) => self.verdict(&verdict, VALUE),
            None => self.prose("up to 64 letters, digits and + = , . @ _ -", VALUE),
        }
        self.blank();
        self.field("Path", Field::Path);
        self.prose("part of the ARN, such as /ci/", VALUE);
        self.blank();
        self.field("Project", Field::Project);
        self.prose("whose the user is: the value of its tag ciuser:project", VALUE);
    }

    fn tags(&mut self) {
        let look = self.view.look;
        self.prose(
            "Optional. ciuser adds two of its own, ciuser:project and ciuser:run; IAM allows 50.",
            LABEL,
        );
        self.blank();
        let middle = LABEL + 32;
        let heading = format!("{:LABEL$}{:<32}{}", "", "Key", "Value");
        self.lines.push(Line::styled(heading, look.strong()));
        for place in 0..self.wizard.form().tags.len() {
            let [key, value] = [Field::TagKey(place), Field::TagValue(place)];
            let here = self.view.focus(self.wizard);
            let cell = |draft: &mut Self, field: Field, at: usize, room: usize| {
                if here == Stop::Text(field) {
                    draft.edited(at, room)
                } else {
                    shortened(draft.wizard.form().text(field), room, look)
                }
            };
            let key_text = cell(self, key, LABEL, 30);
            let value_text = cell(self, value, middle, self.width.saturating_sub(middle + 1));
            let focused = here == Stop::Text(key) || here == Stop::Text(value);
            let pointer = if focused { look.pointer() } else { " " };
            let gap = " ".repeat(32_usize.saturating_sub(key_text.width()));
            self.lines.push(Line::from(vec![
                Span::styled(format!("  {pointer} "), look.marker()),
                Span::raw(format!("{key_text}{gap}{value_text}")),
            ]));
            let form = self.wizard.form();
            if let Some(problem) = form.problem(key).or_else(|| form.problem(value)) {
                self.verdict(&Verdict::bad(problem), LABEL);
            }
        }
    }

    fn targets(&mut self) {
        self.prose(
            "Stores keep the key for people and can give it back. One is needed.",
            LABEL,
        );
        let places = self.wizard.form().places.clone();
        let last_context = places.iter().rposition(|row| row.kind == PlaceKind::CircleciContext);
        for (place, target) in places.iter().enumerate() {
            let first_provider = !target.kind.is_store() && place > 0;
            if first_provider && places.get(place - 1).is_some_and(|before| before.kind.is_store()) {
                self.blank();
                self.prose("CircleCI uses the key. Names are as in gh/acme/storefront.", LABEL);
            }
            self.field(target.kind.label(), Field::Place(place));
            match self.wizard.target_verdict(target) {
                Some(verdict) => self.verdict(&verdict, VALUE),
                None if self.view.focus(self.wizard) == Stop::Text(Field::Place(place)) => {
                    self.prose(example(target.kind), VALUE);
                }
                None => {}
            }
            if Some(place) == last_context {
                self.field("Restrict to", Field::RestrictTo);
                if self.view.focus(self.wizard) == Stop::Text(Field::RestrictTo) {
                    self.prose(
                        "projects that may use a context that is made; * leaves it open to all",
                        VALUE,
                    );
                }
            }
        }
    }

    fn review(&mut self, height: usize) {
        let look = self.view.look;
        let mut text: Vec<Line<'static>> = match self.wizard.plan() {
            None => rows::verdict(
                &Verdict::waiting("reading what exists, and planning"),
                2,
                self.width,
                look,
            ),
            Some(Ok(plan)) => {
                let lines = self.view.ui.review_lines(plan);
                let plain = lines.iter().map(|line| anstream::adapter::strip_str(line).to_string());
                let lines = plain.collect::<Vec<_>>().join("\n");
                let lines = lines
                    .lines()
                    .map(|line| Line::styled(line.to_owned(), look.of_plan_line(line)));
                lines.collect()
            }
            Some(Err(failures)) => {
                let verdicts = failures
                    .iter()
                    .map(|failure| Verdict::bad(&failure.what).with_hint(failure.hint.clone()));
                verdicts
                    .flat_map(|one| rows::verdict(&one, 2, self.width, look))
                    .collect()
            }
        };
        let room = height.saturating_sub(2);
        let hidden = text.len().saturating_sub(room);
        let scroll = self.view.scroll.min(hidden);
        text.drain(..scroll);
        text.truncate(room);
        if hidden > scroll
            && let Some(last) = text.last_mut()
        {
            *last = Line::styled(
                format!("  {} {} more lines below", look.ellipsis(), hidden - scroll + 1),
                look.quiet(),
            );
        }
        text.resize(room + 1, Line::default());
        self.lines = text;
        self.decisions();
    }

    fn decisions(&mut self) {
        let look = self.view.look;
        if self.view.saving {
            let text = self.edited(VALUE, self.width.saturating_sub(VALUE + 1));
            self.lines.push(row("Write to", text, true, look));
            return;
        }
        let mut spans = vec![Span::raw("  ")];
        for decision in Decision::ALL {
            let chosen = decision == self.view.decision;
            let pointer = if chosen { look.pointer() } else { " " };
            spans.push(Span::styled(format!("{pointer} "), look.marker()));
            let style = if chosen { look.strong() } else { look.quiet() };
            spans.push(Span::styled(name_of(decision, self.view.dry_run), style));
            spans.push(Span::raw("    "));
        }
        self.lines.push(Line::from(spans));
    }
}

fn name_of(decision: Decision, dry_run: bool) -> &'static str {
    match decision {
        Decision::Apply if dry_run => "End here (--dry-run)",
        Decision::Apply => "Apply",
        Decision::Back => "Back",
        Decision::Save => "Save as a file",
        Decision::Quit => "Quit",
    }
}

fn example(kind: PlaceKind) -> &'static str {
    match kind {
        PlaceKind::Kdbx => "a KeePass file; it is made if it is missing",
        PlaceKind::Csv => "a file of its own, plain text; empty for none",
        PlaceKind::OnePassword => "a vault, by its name or id; empty for none",
        PlaceKind::CircleciContext => "such as gh/acme/storefront-deploy; empty for none",
        PlaceKind::CircleciProject => "such as gh/acme/storefront; empty for none",
        PlaceKind::OtherStore => "as --store spells it; empty for none",
        PlaceKind::OtherPlace => "as --deliver spells it; empty for none",
    }
}
