//! `docs/reference/cli.md`: every command with its arguments, options and examples.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use crate::cli::{Cli, sections};

const HEAD: &str = "\
# The command line

Generated from the program's own definitions by `cargo run -p xtask -- reference`. `ciuser COMMAND --help` says the same, and
so does `ciuser man COMMAND` as a manual page.
";

/// Returns the page.
pub(super) fn page() -> String {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut page = HEAD.to_owned();
    describe(&mut page, &mut program, 0);
    page
}

fn describe(page: &mut String, command: &mut Command, depth: usize) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let about = command
        .get_long_about()
        .or(command.get_about())
        .map(ToString::to_string);
    line(page, &format!("\n## `{name}`\n"));
    line(page, &format!("{}\n", sentence(&about.unwrap_or_default())));
    let usage = command.render_usage().to_string();
    line(
        page,
        &format!("```text\n{}\n```", usage.trim_start_matches("Usage: ").trim()),
    );
    for heading in headings(command, depth) {
        line(page, &format!("\n**{heading}**\n"));
        for arg in shown(command, depth).filter(|arg| heading_of(arg) == heading) {
            line(page, &format!("- {}", item(arg)));
        }
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for (heading, body) in sections(&after) {
        line(page, &format!("\n**{heading}**\n\n```text\n{body}\n```"));
    }
    for sub in command.get_subcommands_mut().filter(|sub| !sub.is_hide_set()) {
        describe(page, sub, depth + 1);
    }
}

/// The arguments of a command; those that every command has are shown with the program only.
fn shown(command: &Command, depth: usize) -> impl Iterator<Item = &Arg> {
    command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set())
        .filter(move |arg| depth == 0 || !arg.is_global_set())
        .filter(|arg| !matches!(arg.get_action(), ArgAction::Help | ArgAction::Version))
}

fn headings(command: &Command, depth: usize) -> Vec<&str> {
    let mut headings = Vec::new();
    for arg in shown(command, depth) {
        if !headings.contains(&heading_of(arg)) {
            headings.push(heading_of(arg));
        }
    }
    headings
}

fn heading_of(arg: &Arg) -> &str {
    let usual = if arg.is_positional() { "Arguments" } else { "Options" };
    arg.get_help_heading().unwrap_or(usual)
}

/// Describes one argument: how it is written, what it says, what it may be.
fn item(arg: &Arg) -> String {
    let mut names = Vec::new();
    names.extend(arg.get_short().map(|short| format!("`-{short}`")));
    names.extend(arg.get_long().map(|long| format!("`--{long}{}`", value(arg))));
    if arg.is_positional() {
        names.push(format!("`{}`", value(arg).trim()));
    }
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let mut text = format!("{}: {}", names.join(", "), sentence(&help));
    if !takes_value(arg) {
        return text;
    }
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() {
        let _ = write!(text, " One of {}.", values.join(", "));
    }
    let defaults: Vec<String> = arg
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if !defaults.is_empty() && !arg.is_hide_default_value_set() {
        let _ = write!(text, " Default: {}.", defaults.join(", "));
    }
    text
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|range| range.takes_values())
}

fn value(arg: &Arg) -> String {
    if !takes_value(arg) {
        return String::new();
    }
    let names: Vec<String> = arg
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(|name| format!(" <{name}>"))
        .collect();
    names.concat()
}

/// Ends a help text, which has no full stop, as a sentence; a default that clap does not know of becomes another one.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if let Some((text, default)) = text.strip_suffix(']').and_then(|text| text.split_once(" [default: ")) {
        return format!("{text}. Default: {default}.");
    }
    if text.is_empty() || text.ends_with('.') {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}
