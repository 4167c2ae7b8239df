//! The permissions page: four things to choose, the list of the one that has the focus, a document in its place.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::body::Draft;
use super::rows::{LABEL, VALUE, row, shortened};
use crate::ui::wizard::list::{Item, items};
use crate::ui::wizard::stop::List;
use ciuser_core::spec::{Attach, PolicyRef};

/// Lines above the list.
const ABOVE: usize = 6;

impl Draft<'_> {
    pub(super) fn permissions(&mut self, height: usize) {
        if self.view.reading.is_some() {
            return self.document(height);
        }
        let open = self.view.list();
        for list in List::ALL {
            let room = self.width.saturating_sub(VALUE + 1);
            let text = shortened(&self.summary(list), room, self.view.look);
            self.lines
                .push(row(list.label(), text, open == Some(list), self.view.look));
        }
        match self.wizard.form().kept.as_slice() {
            [] => self.blank(),
            kept => self.prose(&format!("as given: {}", kept.join(", ")), LABEL),
        }
        let Some(list) = open else { return };
        let found = items(list, self.view.input.value(), self.wizard);
        if list.is_searched() {
            self.search(list, found.len());
        } else {
            self.blank();
        }
        self.list(&found, height.saturating_sub(ABOVE));
    }

    fn summary(&self, list: List) -> String {
        let form = self.wizard.form();
        match list {
            List::Policies => {
                let (chosen, quota) = self.wizard.policy_quota();
                let names: Vec<&str> = form.policies.iter().map(name_of).collect();
                format!("{chosen} of {quota}  {}", names.join(", "))
            }
            List::Attach => match form.attach {
                Attach::Direct => "to the user".to_owned(),
                Attach::Group => "to a group made for it".to_owned(),
            },
            List::Groups if form.groups.is_empty() => "none".to_owned(),
            List::Groups => {
                let names: Vec<&str> = form.groups.iter().map(|group| group.as_str()).collect();
                names.join(", ")
            }
            List::Boundary => match &form.boundary {
                Some(arn) => arn.policy_name().to_owned(),
                None => "none".to_owned(),
            },
        }
    }

    fn search(&mut self, list: List, found: usize) {
        let of = match list {
            List::Groups => self.wizard.account().map_or(0, |account| account.groups.len()),
            _ => self.wizard.shelf().size(),
        };
        let count = match self.view.input.value().trim() {
            "" => format!("{} to search", thousands(of)),
            _ => format!("{} of {}", thousands(found), thousands(of)),
        };
        let room = self.width.saturating_sub(VALUE + count.len() + 3);
        let text = self.edited(VALUE, room);
        let gap = " ".repeat(self.width.saturating_sub(VALUE + text.width() + count.len() + 1));
        let look = self.view.look;
        self.lines.push(Line::from(vec![
            Span::styled(format!("{:LABEL$}{:<2$}", "", "Search", VALUE - LABEL), look.quiet()),
            Span::raw(text),
            Span::styled(format!("{gap}{count}"), look.quiet()),
        ]));
    }

    /// Shows the part of the list that the marker is in.
    fn list(&mut self, found: &[Item], height: usize) {
        if found.is_empty() {
            let text = match self.view.list() {
                Some(List::Groups) => "no such group in this account",
                _ => "nothing has these words in its name, path or actions",
            };
            return self.prose(text, LABEL);
        }
        let first = (self.view.line + 1).saturating_sub(height);
        let widest = found
            .iter()
            .skip(first)
            .take(height)
            .map(|item| item.name.width())
            .max();
        let column = widest.unwrap_or(0).min(self.width.saturating_sub(30));
        for (place, item) in found.iter().enumerate().skip(first).take(height) {
            let marked = place == self.view.line;
            self.lines.push(self.item(item, marked, column));
        }
    }

    fn item(&self, item: &Item, marked: bool, column: usize) -> Line<'static> {
        let look = self.view.look;
        let pointer = if marked { look.pointer() } else { " " };
        let sign = match (item.many, item.chosen) {
            (true, true) => "[x]",
            (true, false) => "[ ]",
            (false, true) => "(*)",
            (false, false) => "( )",
        };
        let name = shortened(&item.name, column, look);
        let gap = " ".repeat(column.saturating_sub(name.width()) + 2);
        let room = self.width.saturating_sub(LABEL + 6 + column + 3);
        let style = if marked { look.strong() } else { Default::default() };
        Line::from(vec![
            Span::styled(format!("    {pointer} "), look.marker()),
            Span::styled(format!("{sign} {name}"), style),
            Span::styled(format!("{gap}{}", shortened(&item.why, room, look)), look.quiet()),
        ])
    }

    /// Shows the document of a policy in the place of the lists.
    fn document(&mut self, height: usize) {
        let Some(reading) = &self.view.reading else { return };
        let look = self.view.look;
        match self.wizard.document(&reading.policy) {
            Err(verdict) => self.verdict(&verdict, LABEL),
            Ok(text) => {
                let size = text.chars().filter(|char| !char.is_whitespace()).count();
                let title = format!("    {}, {size} characters", reading.policy.policy_name());
                self.lines.push(Line::styled(title, look.strong()));
                self.blank();
                let room = height.saturating_sub(2);
                let count = text.lines().count();
                let from = reading.scroll.min(count.saturating_sub(room));
                let shown = text.lines().skip(from).take(room);
                let margin = " ".repeat(LABEL);
                let wide = self.width.saturating_sub(LABEL + 1);
                self.lines
                    .extend(shown.map(|line| Line::raw(format!("{margin}{}", shortened(line, wide, look)))));
            }
        }
    }
}

/// Writes a number below a million as people do: `1,232`.
fn thousands(number: usize) -> String {
    match number / 1000 {
        0 => number.to_string(),
        many => format!("{many},{:03}", number % 1000),
    }
}

fn name_of(policy: &PolicyRef) -> &str {
    match policy {
        PolicyRef::Arn(arn) => arn.policy_name(),
        PolicyRef::Name(name) => name.as_str(),
    }
}
