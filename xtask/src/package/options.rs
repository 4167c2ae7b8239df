//! What was typed after `package`.

use std::path::PathBuf;

use super::error::Error;

/// Which program is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// For users.
    Release,
    /// The one that the tests have built, and that they run at this moment: to try the packing. It is not built again.
    Dev,
}

impl Profile {
    /// Returns cargo's name of it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Profile::Release => "release",
            Profile::Dev => "dev",
        }
    }

    /// Returns what else cargo-deb is told: what nobody downloads need not be small.
    pub(super) fn deb_options(self) -> &'static [&'static str] {
        match self {
            Profile::Release => &[],
            Profile::Dev => &["--fast"],
        }
    }

    /// Returns the directory under cargo's target directory.
    pub(super) fn directory(self) -> &'static str {
        match self {
            Profile::Release => "release",
            Profile::Dev => "debug",
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) tag: Option<String>,
    pub(super) profile: Profile,
    pub(super) out: PathBuf,
}

impl Options {
    pub(super) fn parse(arguments: &[&str]) -> Result<Options, Error> {
        let mut options = Options {
            tag: None,
            profile: Profile::Release,
            out: PathBuf::from("target/package"),
        };
        for pair in arguments.chunks(2) {
            match pair {
                ["--tag", tag] => options.tag = Some((*tag).to_owned()),
                ["--out", directory] => options.out = PathBuf::from(directory),
                ["--profile", "release"] => options.profile = Profile::Release,
                ["--profile", "dev"] => options.profile = Profile::Dev,
                other => return Err(Error::Usage(format!("`{}` is not understood", other.join(" ")))),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_a_release_in_the_target_directory() {
        let options = Options::parse(&["--tag", "v1.2.3"]).unwrap();
        let expected = Options {
            tag: Some("v1.2.3".to_owned()),
            profile: Profile::Release,
            out: PathBuf::from("target/package"),
        };
        assert_eq!(options, expected);
    }

    #[test]
    fn an_option_without_its_value_is_refused() {
        let error = Options::parse(&["--out"]).unwrap_err().to_string();
        assert!(error.starts_with("`--out` is not understood"), "{error}");
    }
}
