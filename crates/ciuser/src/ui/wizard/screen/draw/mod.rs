//! Lays the screen out: head, body, foot. Draws what the wizard and the view say, and changes neither.

mod body;
mod permissions;
mod rows;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span, Text};
use unicode_width::UnicodeWidthStr as _;

use super::view::View;
use crate::ui::wizard::stop::{List, Stop};
use crate::wizard::{Level, Page, Verdict, Wizard};
use body::Body;

/// The smallest screen that the pages fit on.
const LEAST: (u16, u16) = (80, 24);

/// Nothing is laid out wider: long lines are hard to read.
const WIDEST: u16 = 100;

const HEAD: u16 = 4;
const FOOT: u16 = 4;

/// Draws the screen.
pub(super) fn draw(frame: &mut Frame<'_>, view: &View<'_>, wizard: &Wizard) {
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        return too_small(frame, area);
    }
    let width = area.width.min(WIDEST);
    let part = |y: u16, height: u16| Rect::new(area.x, area.y + y, width, height);
    let room = area.height - HEAD - FOOT;
    frame.render_widget(Text::from(head(view, usize::from(width))), part(0, HEAD));
    let body = Body::of(view, wizard, usize::from(width), usize::from(room));
    if let Some((x, y)) = body.cursor {
        frame.set_cursor_position(Position::new(area.x + x, area.y + HEAD + y));
    }
    frame.render_widget(Text::from(body.lines), part(HEAD, room));
    let foot = foot(view, wizard, usize::from(width));
    frame.render_widget(Text::from(foot), part(area.height - FOOT, FOOT));
}

fn too_small(frame: &mut Frame<'_>, area: Rect) {
    let lines = [
        format!("The wizard needs {} columns and {} lines.", LEAST.0, LEAST.1),
        format!("This terminal has {} and {}.", area.width, area.height),
        "Please make it larger; nothing is lost.".to_owned(),
        "Or leave with Ctrl-C and use --plain.".to_owned(),
    ];
    frame.render_widget(Text::from_iter(lines), area);
}

/// The title with the account, the pages, and a rule.
fn head(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let look = view.look;
    let title = " ciuser create";
    let room = width.saturating_sub(title.len() + 3);
    let account = rows::shortened(&view.head, room, look);
    let gap = " ".repeat(width.saturating_sub(title.len() + account.width() + 1));
    let first = Line::from(vec![
        Span::styled(title, look.strong()),
        Span::raw(gap),
        Span::styled(account, look.quiet()),
    ]);
    let mut pages = vec![Span::raw(" ")];
    for page in Page::ALL {
        let name = format!("{} {}", page.number(), page.title());
        pages.push(if page == view.page {
            Span::styled(format!("[{name}]"), look.strong())
        } else {
            Span::styled(format!(" {name} "), look.quiet())
        });
        pages.push(Span::raw(" "));
    }
    let rule = Line::styled(look.rule(width), look.quiet());
    vec![first, Line::from(pages), rule, Line::default()]
}

/// A rule, two lines for what is to be said, and the keys.
fn foot(view: &View<'_>, wizard: &Wizard, width: usize) -> Vec<Line<'static>> {
    let look = view.look;
    let mut lines = vec![Line::styled(look.rule(width), look.quiet())];
    if let Some(verdict) = said(view, wizard) {
        lines.extend(rows::verdict(&verdict, 1, width, look).into_iter().take(2));
    }
    lines.resize(3, Line::default());
    let dot = format!(" {} ", look.dot());
    lines.push(Line::styled(
        format!(" {}", keys(view, wizard).join(&dot)),
        look.quiet(),
    ));
    lines
}

fn said(view: &View<'_>, wizard: &Wizard) -> Option<Verdict> {
    if view.leaving {
        return Some(Verdict::warning(
            "Esc once more leaves; nothing was written. Any other key stays",
        ));
    }
    if view.agreeing
        && let Some(Ok(plan)) = wizard.plan()
    {
        let (changes, account) = (plan.lines().len(), &plan.scope.account);
        let question =
            format!("Carry out these {changes} changes in account {account}? y does, any other key does not");
        return Some(Verdict::warning(question));
    }
    if let Some(remark) = wizard.remark() {
        return Some(remark.clone());
    }
    let form = wizard.form();
    match view.page {
        Page::Permissions if view.reading.is_some() => None,
        Page::Permissions if form.policies.is_empty() && form.groups.is_empty() && form.kept.is_empty() => {
            let text = "nothing is chosen yet: the user would have no permissions";
            Some(Verdict::new(Level::Warning, text))
        }
        _ => None,
    }
}

fn keys(view: &View<'_>, wizard: &Wizard) -> Vec<&'static str> {
    if view.reading.is_some() {
        return vec!["Up/Down scroll", "Space a page", "any other key closes"];
    }
    if view.agreeing {
        return vec!["y carry out", "any other key not now"];
    }
    if view.saving {
        return vec!["Enter writes the file", "Esc not now"];
    }
    match view.focus(wizard) {
        Stop::Text(_) if view.page == Page::User => vec!["Tab next", "Ctrl-N next page", "Esc leave", "Ctrl-C quit"],
        Stop::Text(_) => vec!["Tab next", "Ctrl-N next page", "Esc back", "Ctrl-C quit"],
        Stop::List(List::Attach | List::Groups) => vec!["Enter choose", "Tab next", "Ctrl-N next page", "Esc back"],
        Stop::List(_) => vec![
            "Enter choose",
            "Ctrl-O document",
            "Tab next",
            "Ctrl-N next page",
            "Esc back",
        ],
        Stop::Decision => vec![
            "Left/Right and Enter decide",
            "Up/Down scroll",
            "Esc back",
            "Ctrl-C quit",
        ],
    }
}
