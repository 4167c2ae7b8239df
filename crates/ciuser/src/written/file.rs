//! A spec as `ciuser.toml`, with comments that say what each line is for.

use std::fmt::Write as _;

use ciuser_core::name::Path;
use ciuser_core::spec::{Attach, SealSpec, Spec, UserSpec, map_store_paths};
use ciuser_core::target::Target;
use serde::Serialize;
use toml::{Table, Value};

use super::{Remarks, View};

/// The column that comments begin in, as far as the line lets them.
const COMMENTS: usize = 32;

/// The widest line that a list is kept on.
const WIDTH: usize = 100;

/// Returns the file.
pub(crate) fn file(spec: &Spec, remarks: &Remarks, view: &View<'_>) -> String {
    let mut text = Text::default();
    text.comment("`ciuser plan` shows what this file would change, `ciuser apply` changes it.");
    text.comment("Paths are relative to this file; `~/` is the home directory. No secret is ever in here.");
    for line in &remarks.head {
        text.comment(line);
    }
    text.gap();
    text.line("version = 1", "");
    text.pair("project", spec.project.as_str(), "who owns what this file names");
    text.gap();
    text.line("[account]", "");
    let guard = "refuses to run in any other account";
    match &spec.account {
        Some(id) => text.pair("id", id.as_str(), guard),
        None => text.line("# id = \"111122223333\"", guard),
    }
    let region = "what the pipeline gets as AWS_REGION and AWS_DEFAULT_REGION";
    match &spec.region {
        Some(name) => text.pair("region", name.as_str(), region),
        None => text.line("# region = \"eu-west-1\"", region),
    }
    seal(&mut text, &spec.seal, view);
    for user in &spec.users {
        text.gap();
        for line in remarks.users.get(&user.name).into_iter().flatten() {
            text.comment(line);
        }
        write_user(&mut text, user, view);
    }
    text.0
}

fn seal(text: &mut Text, seal: &SealSpec, view: &View<'_>) {
    if *seal == SealSpec::default() {
        return;
    }
    text.gap();
    text.line("[seal]", "where the secret is sealed to until every target has it");
    if let Some(recipient) = &seal.recipient {
        text.pair("recipient", recipient, "");
    }
    if let Some(identity) = &seal.identity {
        text.pair("identity", &view.path(identity), "opens the seal again");
    }
}

fn write_user(text: &mut Text, user: &UserSpec, view: &View<'_>) {
    text.line("[[user]]", "");
    text.pair("name", user.name.as_str(), "");
    if user.path != Path::root() {
        text.pair("path", user.path.as_str(), "of a new user; ciuser does not move users");
    }
    text.list("policies", user.policies.iter().map(ToString::to_string));
    match user.attach {
        Attach::Direct => text.pair(
            "attach",
            "direct",
            "or \"group\": a group that ciuser makes for the user",
        ),
        Attach::Group => text.pair(
            "attach",
            "group",
            "a group that ciuser makes for the user; or \"direct\"",
        ),
    }
    if !user.groups.is_empty() {
        text.list("groups", user.groups.iter().map(ToString::to_string));
    }
    if let Some(boundary) = &user.boundary {
        text.pair("boundary", boundary.as_str(), "");
    }
    if !user.untag.is_empty() {
        text.list("untag", user.untag.iter().map(ToString::to_string));
    }
    if user.stores.is_empty() {
        text.line(
            "store = []",
            "no target: no key is issued, and those that exist are left alone",
        );
    }
    if !user.inline.is_empty() {
        text.gap();
        text.line("[user.inline]", "inline policies: name = document");
        for policy in user.inline.keys() {
            text.pair(policy.as_str(), &view.document(&user.name, policy), "");
        }
    }
    if !user.tags.is_empty() {
        text.gap();
        text.line("[user.tags]", "other tags are left alone");
        for tag in &user.tags {
            text.pair(tag.key.as_str(), tag.value.as_str(), "");
        }
    }
    write_targets(text, user, view);
}

fn write_targets(text: &mut Text, user: &UserSpec, view: &View<'_>) {
    if user.stores.is_empty() {
        text.gap();
        text.comment(TARGETS_LATER);
    }
    for store in &user.stores {
        let mut entry = table(store);
        let target = Target::Store(store.clone());
        if view.is_default_store(target.kind(), &user.name, &target.place()) {
            // Every machine has it elsewhere.
            entry.remove("path");
        }
        map_store_paths(&mut entry, |path| view.path(path));
        text.gap();
        text.line("[[user.store]]", "keeps the key where it can be read back");
        text.entries(entry);
    }
    for place in &user.deliver {
        text.gap();
        text.line("[[user.deliver]]", "a CI system's place that gets the key");
        text.entries(table(place));
    }
}

const TARGETS_LATER: &str = "\
To have ciuser issue a key and deliver it, replace `store = []` by targets. A user that has a key already
gets the one that goes there by `ciuser key rotate NAME -f ciuser.toml`.
[[user.store]]
kind = \"kdbx\"
path = \"keys.kdbx\"
[[user.deliver]]
kind = \"circleci-context\"
org = \"gh/acme\"
context = \"deploy\"
restrict-to = [\"gh/acme/storefront\"]";

/// A target is made of texts, lists and tables, all of which TOML has.
fn table(target: &impl Serialize) -> Table {
    Table::try_from(target).unwrap_or_default()
}

/// A TOML text that grows line by line.
#[derive(Default)]
struct Text(String);

impl Text {
    fn gap(&mut self) {
        self.0.push('\n');
    }

    fn comment(&mut self, lines: &str) {
        // TOML allows no control character in a comment but the tab.
        let forbidden = |c: char| c.is_control() && c != '\t' && c != '\n';
        for line in lines.replace(forbidden, "\u{fffd}").lines() {
            let _ = writeln!(self.0, "# {line}");
        }
    }

    fn line(&mut self, line: &str, comment: &str) {
        let _ = if comment.is_empty() {
            writeln!(self.0, "{line}")
        } else {
            writeln!(
                self.0,
                "{line:<width$}# {comment}",
                width = COMMENTS.max(line.chars().count() + 2)
            )
        };
    }

    fn pair(&mut self, key: &str, value: &str, comment: &str) {
        // A table of one pair is written with key and value quoted as they need it.
        let pair = Table::from_iter([(key.to_owned(), Value::String(value.to_owned()))]).to_string();
        self.line(pair.trim_end(), comment);
    }

    fn list(&mut self, key: &str, items: impl Iterator<Item = String>) {
        let items: Vec<String> = items.map(|item| Value::String(item).to_string()).collect();
        let line = format!("{key} = [{}]", items.join(", "));
        if line.chars().count() <= WIDTH {
            return self.line(&line, "");
        }
        self.line(&format!("{key} = ["), "");
        for item in items {
            self.line(&format!("    {item},"), "");
        }
        self.line("]", "");
    }

    /// Writes the entries of a target: first those that say which it is.
    fn entries(&mut self, mut entries: Table) {
        let first = ["kind", "path", "org", "context", "project"].map(|key| entries.remove_entry(key));
        for (key, value) in first.into_iter().flatten().chain(entries) {
            self.line(&format!("{key} = {value}"), "");
        }
    }
}
