//! `ciuser completions`: the script that makes a shell complete our commands and options.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::exit::Exit;
use super::global::Setting;

const EXAMPLES: &str = "\
Examples:
  For Bash, for the user who runs it:
    ciuser completions bash > ~/.local/share/bash-completion/completions/ciuser
  For Zsh, in a directory that `fpath` names:
    ciuser completions zsh > ~/.zfunc/_ciuser
  For fish:
    ciuser completions fish > ~/.config/fish/completions/ciuser.fish
  For PowerShell:
    ciuser completions powershell >> $PROFILE";

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Runs `completions`.
pub(super) fn run(args: &CompletionsArgs, setting: &Setting<'_>) -> Exit {
    setting.ui.verbatim(&script(args.shell));
    Exit::Done
}

fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut super::Cli::command(), "ciuser", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_gets_a_script_that_knows_the_nested_commands() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            let script = script(shell);
            assert!(script.contains("deactivate-old"), "{shell}: {script}");
        }
    }
}
