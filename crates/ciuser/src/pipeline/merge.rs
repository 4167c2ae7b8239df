//! Puts our lines into a pipeline file that people keep by hand, and takes nothing else out of it.
//!
//! INVARIANT: the result is parsed and compared: without what is ours it means what it meant before, and what is ours
//! means what was to be written. Otherwise nothing is returned. What is ours stands between two fences, one pair below
//! `jobs` and one below `workflows`; it is written anew each time, in the place where it stands.

use super::expected::{Added, add, empty, same_in_any_order};
use super::jobs::quoted;
use super::outline::{Node, Value, read};

const SECTIONS: [&str; 2] = ["jobs", "workflows"];
const NOTE: &str = "# Written by `ciuser circleci config --write`, which writes it anew; put changes outside.";

/// What is ours in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ours {
    /// The entries below `jobs`, as lines without indent.
    pub(super) jobs: String,
    /// The workflow that the jobs run in.
    pub(super) workflow: String,
    /// The items of its `jobs`, as lines without indent.
    pub(super) items: String,
}

/// Why the lines could not be put in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unmergeable {
    /// It cannot be read.
    #[error("it is not a YAML file: {0}")]
    Yaml(String),
    /// Its version has no jobs with parameters.
    #[error("it is of version `{0}`, and jobs with parameters need 2.1")]
    Version(String),
    /// Something of that name is not ours.
    #[error("`{0}` is there already, and not ours")]
    Taken(String),
    /// A fence without the other one.
    #[error("only one of the two lines that begin and end our part of `{0}` is there")]
    Fence(&'static str),
    /// A place where no line can be put in.
    #[error("`{0}` is not written in lines of its own")]
    Inline(String),
    /// What would come out is something else.
    #[error("with our lines it would not mean what it should")]
    Changed,
}

impl Ours {
    /// Returns a whole file of nothing else.
    pub(crate) fn alone(&self) -> Result<String, Unmergeable> {
        self.merged("version: 2.1\n")
    }

    /// Returns the text with what is ours in it.
    pub(crate) fn merged(&self, text: &str) -> Result<String, Unmergeable> {
        let crlf = text.contains("\r\n");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let held = cut_both(&mut lines)?;
        let base = lines.join("\n");
        let root = read(&base).map_err(Unmergeable::Yaml)?;
        self.check(root.as_ref())?;
        // Where our part stood is tried first, then below the key.
        let kept = held
            .iter()
            .any(Option::is_some)
            .then(|| self.filled(&lines, root.as_ref(), &held));
        let kept = kept
            .and_then(Result::ok)
            .filter(|lines| self.means_the_same(root.as_ref(), lines));
        let lines = match kept {
            Some(kept) => kept,
            None => self.filled(&lines, root.as_ref(), &[None, None])?,
        };
        if !self.means_the_same(root.as_ref(), &lines) {
            return Err(Unmergeable::Changed);
        }
        let end = if crlf { "\r\n" } else { "\n" };
        Ok(lines.join(end) + end)
    }

    /// Refuses a file that is too old, or has what is ours as its own.
    fn check(&self, root: Option<&Node>) -> Result<(), Unmergeable> {
        let version = root
            .and_then(|root| root.entry("version"))
            .and_then(|(_, version)| version.text());
        match version {
            Some("2.1") => {}
            other => return Err(Unmergeable::Version(other.unwrap_or("none").to_owned())),
        }
        let there = |path: &[&str], name: &str| at(root, path).is_some_and(|node| node.entry(name).is_some());
        if let Some(taken) = self.job_names().iter().find(|name| there(&["jobs"], name)) {
            return Err(Unmergeable::Taken(format!("jobs.{taken}")));
        }
        let workflow = self.workflow.as_str();
        match there(&["workflows"], workflow) && !there(&["workflows", workflow], "jobs") {
            true => Err(Unmergeable::Taken(format!("workflows.{workflow}"))),
            false => Ok(()),
        }
    }

    fn job_names(&self) -> Vec<String> {
        let names = self.jobs.lines().filter(|line| !line.starts_with([' ', '#']));
        names.map(|line| line.trim_end_matches(':').to_owned()).collect()
    }

    /// Puts both parts in; `held` says where they stood.
    fn filled(
        &self,
        lines: &[String],
        root: Option<&Node>,
        held: &[Option<usize>],
    ) -> Result<Vec<String>, Unmergeable> {
        let (path, workflows) = self.workflow_part(root);
        let parts = [(vec!["jobs"], self.jobs.clone()), (path, workflows)];
        let mut insertions = Vec::new();
        let mut result = lines.to_vec();
        for (((path, part), section), held) in parts.iter().zip(SECTIONS).zip(held) {
            match below(lines, root, path)? {
                Some((after, indent)) => insertions.push((held.unwrap_or(after), fenced(section, part, indent))),
                // A section that is missing goes to the end.
                None => {
                    let empty = |line: &String| line.trim().is_empty();
                    result.truncate(result.len() - result.iter().rev().take_while(|line| empty(line)).count());
                    result.extend([String::new(), format!("{section}:")]);
                    result.extend(fenced(section, part, 2));
                }
            }
        }
        insertions.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        for (at, part) in insertions {
            // Empty lines at the end may be gone by now.
            let at = at.min(result.len());
            result.splice(at..at, part);
        }
        Ok(result)
    }

    /// Returns where our part of the workflows goes, and its lines: into a workflow that is there, or a new one.
    fn workflow_part(&self, root: Option<&Node>) -> (Vec<&str>, String) {
        let path = vec!["workflows", self.workflow.as_str(), "jobs"];
        if at(root, &path).is_some() {
            return (path, self.items.clone());
        }
        let items = indented(&self.items, 4).join("\n");
        (
            vec!["workflows"],
            format!("{}:\n  jobs:\n{items}", quoted(&self.workflow)),
        )
    }

    /// Tells whether the lines mean what the file meant, and what is ours besides.
    fn means_the_same(&self, before: Option<&Node>, lines: &[String]) -> bool {
        let Ok(Some(after)) = read(&lines.join("\n")) else {
            return false;
        };
        let Ok(Some(jobs)) = read(&self.jobs) else {
            return false;
        };
        let (Ok(Some(items)), Value::Map(ours)) = (read(&self.items), &jobs.value) else {
            return false;
        };
        let Value::List(items) = &items.value else {
            return false;
        };
        let mut expected = before.cloned().unwrap_or_else(empty);
        ours.iter()
            .all(|(key, value)| add(&mut expected, &["jobs"], Added::Entry(key, value)))
            && items
                .iter()
                .all(|item| add(&mut expected, &["workflows", &self.workflow, "jobs"], Added::Item(item)))
            && same_in_any_order(&expected, &after)
    }
}

/// Takes both of our parts out, and returns the lines of what is left before which they stood.
fn cut_both(lines: &mut Vec<String>) -> Result<[Option<usize>; 2], Unmergeable> {
    let [first, second] = SECTIONS;
    let jobs = cut(lines, first)?;
    let length = lines.len();
    let workflows = cut(lines, second)?;
    let cut_before = |at: usize| workflows.is_some_and(|workflows| workflows < at);
    let jobs = jobs.map(|at| {
        if cut_before(at) {
            at - (length - lines.len())
        } else {
            at
        }
    });
    Ok([jobs, workflows])
}

/// Takes our part of a section out, and returns the line before which it stood.
fn cut(lines: &mut Vec<String>, section: &'static str) -> Result<Option<usize>, Unmergeable> {
    let find = |fence: String| lines.iter().position(|line| line.trim() == fence);
    match (find(begin(section)), find(end(section))) {
        (None, None) => Ok(None),
        (Some(begin), Some(end)) if begin < end => {
            lines.drain(begin..=end);
            Ok(Some(begin))
        }
        _ => Err(Unmergeable::Fence(section)),
    }
}

fn begin(section: &str) -> String {
    format!("# >>> ciuser: {section}")
}

fn end(section: &str) -> String {
    format!("# <<< ciuser: {section}")
}

fn fenced(section: &str, part: &str, indent: usize) -> Vec<String> {
    let (begin, end) = (begin(section), end(section));
    indented(&format!("{begin}\n{NOTE}\n{part}\n{end}"), indent)
}

fn indented(text: &str, by: usize) -> Vec<String> {
    let indent = " ".repeat(by);
    let line = |line: &str| {
        if line.is_empty() {
            String::new()
        } else {
            format!("{indent}{line}")
        }
    };
    text.lines().map(line).collect()
}

fn at<'n>(root: Option<&'n Node>, path: &[&str]) -> Option<&'n Node> {
    path.iter().try_fold(root?, |node, name| Some(node.entry(name)?.1))
}

/// Returns the line below the key at the end of the path, and the indent of what stands there; `None` if the first key
/// of the path is missing.
fn below(lines: &[String], root: Option<&Node>, path: &[&str]) -> Result<Option<(usize, usize)>, Unmergeable> {
    let Some((last, parents)) = path.split_last() else {
        return Ok(None);
    };
    let Some((key, value)) = at(root, parents).and_then(|parent| parent.entry(last)) else {
        return Ok(None);
    };
    let inline = || Unmergeable::Inline(path.join("."));
    if value.text() == Some("") {
        return Ok(Some((key.line + 1, key.column + 2)));
    }
    let is_list_or_map = matches!(value.value, Value::List(_) | Value::Map(_));
    if !is_list_or_map || !value.is_block || value.line <= key.line {
        return Err(inline());
    }
    // A list may be indented no further than its key, and is reported to begin behind its dash.
    let first = lines.get(value.line).ok_or_else(inline)?;
    Ok(Some((key.line + 1, first.len() - first.trim_start().len())))
}
