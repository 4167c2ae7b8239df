//! `--scp` and `--rcp`: each time the option is given it is one level, with all the policies of that level.
//!
//! clap's derive loses which values came together, so that these two are described by hand.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

const SCP: &str = "scp";
const RCP: &str = "rcp";

/// The control policies, level by level, the organisation's root first.
#[derive(Debug, Default)]
pub(super) struct Levels {
    /// Service control policies.
    pub(super) service_control: Vec<Vec<String>>,
    /// Resource control policies.
    pub(super) resource_control: Vec<Vec<String>>,
}

impl Args for Levels {
    fn augment_args(command: Command) -> Command {
        let option = |name: &'static str, help: &'static str| {
            Arg::new(name)
                .long(name)
                .value_name("POLICY")
                .num_args(1..)
                .action(ArgAction::Append)
                .help_heading(super::POLICIES)
                .help(help)
        };
        command
            .arg(option(
                SCP,
                "Service control policies of one level of the organisation; the root's first, then again for each unit and \
                 the account",
            ))
            .arg(option(
                RCP,
                "Resource control policies of one level, likewise; `RCPFullAWSAccess` is there without being named",
            ))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Levels {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Levels, clap::Error> {
        let levels = |name: &str| {
            let occurrences = matches.get_occurrences::<String>(name).into_iter().flatten();
            occurrences.map(|level| level.cloned().collect()).collect()
        };
        Ok(Levels {
            service_control: levels(SCP),
            resource_control: levels(RCP),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_that_are_named_together_are_of_one_level() {
        let words = ["x", "--scp", "root-a", "root-b", "--rcp", "r", "--scp", "account"];
        let matches = Levels::augment_args(Command::new("x")).get_matches_from(words);
        let levels = Levels::from_arg_matches(&matches).unwrap();
        assert_eq!(levels.service_control, [vec!["root-a", "root-b"], vec!["account"]]);
        assert_eq!(levels.resource_control, [vec!["r"]]);
    }
}
