//! `ciuser man`: manual pages, made from the same definitions as `--help`.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::help::sections;
use crate::place;

const EXAMPLES: &str = "\
Examples:
  Read the page of the program, or of a command:
    ciuser man | man -l -
    ciuser man key rotate | man -l -
  Install the pages of all commands:
    ciuser man --out /usr/local/share/man/man1";

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ManArgs {
    /// Command that the page is about, as in `key rotate` [default: the program]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    /// Write the pages of all commands to this directory, which must be there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A page: its file name and its text.
struct Page {
    file: String,
    text: String,
}

/// Runs `man`.
pub(super) fn run(args: &ManArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let program = program();
    match &args.out {
        Some(directory) => write_all(&program, directory, setting)?,
        None => setting.ui.verbatim(&page(find(&program, &args.command)?)?.text),
    }
    Ok(Exit::Done)
}

/// Returns the command line, with the full name of every command worked out, and without `help` as a command.
fn program() -> Command {
    let mut program = super::Cli::command().disable_help_subcommand(true);
    program.build();
    program
}

fn find<'a>(program: &'a Command, words: &[String]) -> Result<&'a Command, CliError> {
    words.iter().try_fold(program, |command, word| {
        command.find_subcommand(word).ok_or_else(|| {
            let known: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
            let failed = CliError::usage(format!("there is no command `{}`", words.join(" ")));
            match known.as_slice() {
                [] => failed,
                known => failed.with_hint(format!("the commands are {}", known.join(", "))),
            }
        })
    })
}

fn write_all(program: &Command, directory: &Path, setting: &Setting<'_>) -> Result<(), CliError> {
    let home = Some(setting.environment.home());
    let directory = place::absolute(setting.environment.current_dir(), home, &directory.to_string_lossy());
    let pages = pages(program)?;
    for page in &pages {
        place::write_public(&directory.join(&page.file), page.text.as_bytes())?;
    }
    setting
        .ui
        .talk(&format!("  {} pages in {}", pages.len(), directory.display()));
    Ok(())
}

/// Makes the pages of a command and of all below it.
fn pages(command: &Command) -> Result<Vec<Page>, CliError> {
    let mut made = vec![page(command)?];
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        made.extend(pages(sub)?);
    }
    Ok(made)
}

fn page(command: &Command) -> Result<Page, CliError> {
    let man = Man::new(command.clone())
        .source(concat!("ciuser ", env!("CARGO_PKG_VERSION")))
        .manual("ciuser");
    let text = render(&man, command).map_err(|error| CliError::failed(format!("making the page: {error}")))?;
    Ok(Page {
        file: man.get_filename(),
        text,
    })
}

/// Lays the page out as `Man::render` does, except that what stands after the options keeps its lines and headings.
fn render(man: &Man, command: &Command) -> io::Result<String> {
    let mut bytes = Vec::new();
    man.render_title(&mut bytes)?;
    man.render_name_section(&mut bytes)?;
    man.render_synopsis_section(&mut bytes)?;
    man.render_description_section(&mut bytes)?;
    man.render_options_section(&mut bytes)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut bytes)?;
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for (heading, body) in sections(&after) {
        as_written(&heading.to_uppercase(), &body).to_writer(&mut bytes)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Makes a section whose lines are neither filled nor joined.
fn as_written(heading: &str, body: &str) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [heading]);
    section.control("nf", []);
    for line in body.lines() {
        section.text([roman(line)]);
    }
    section.control("fi", []);
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_under_its_full_name() {
        let files: Vec<String> = pages(&program()).unwrap().into_iter().map(|page| page.file).collect();
        assert_eq!(files[0], "ciuser.1");
        for file in ["ciuser-create.1", "ciuser-key-rotate.1", "ciuser-sandbox-serve.1"] {
            assert!(files.iter().any(|made| made == file), "{file} is not in {files:?}");
        }
        assert!(files.iter().all(|file| !file.contains("help")), "{files:?}");
    }

    #[test]
    fn a_page_shows_its_examples_line_by_line() {
        let program = program();
        let words = ["key".to_owned(), "rotate".to_owned()];
        let text = page(find(&program, &words).unwrap()).unwrap().text;
        assert!(text.contains("\n.TH ciuser-key-rotate 1 "), "{text}");
        let examples = text.split(".SH EXAMPLES\n").nth(1).unwrap();
        assert!(examples.starts_with(".nf\n"), "{examples}");
        assert!(examples.contains("ciuser key rotate CI_USER"), "{examples}");
    }

    #[test]
    fn a_command_that_is_not_there_is_wrong_usage() {
        assert!(find(&program(), &["nothing".to_owned()]).is_err());
    }
}
