//! Where the tokens of services come from: the environment, then the files of the services' own command line programs.
//!
//! Never from an argument, which every process of the machine could read, and not from a keyring, which cannot be
//! read in the same way everywhere.

mod yaml;

use std::path::{Path, PathBuf};

use ciuser_core::port::{Entropy, TargetError};
use ciuser_sandbox::Engine;
use jiff::Timestamp;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::env::Environment;
use crate::place;

mod bitbucket;
mod connect;

pub(crate) use bitbucket::BitbucketToken;
pub(crate) use connect::ConnectAccess;

/// The tokens of this process, each looked for when it is needed.
pub(crate) enum Tokens<'a> {
    /// The real ones.
    Environment(&'a Environment),
    /// The sandbox's own.
    Sandbox(SandboxTokens),
}

/// The tokens that open the sandbox's services.
#[derive(Clone)]
pub(crate) struct SandboxTokens {
    /// CircleCI's.
    pub(crate) circleci: SecretString,
    /// GitHub's.
    pub(crate) github: SecretString,
    /// GitLab's.
    pub(crate) gitlab: SecretString,
    /// 1Password Connect's.
    pub(crate) connect: SecretString,
}

impl SandboxTokens {
    /// Returns the tokens of a sandbox.
    pub(crate) fn of(engine: &mut Engine, now: Timestamp, entropy: &dyn Entropy) -> SandboxTokens {
        let fill = &mut |bytes: &mut [u8]| entropy.fill(bytes);
        SandboxTokens {
            circleci: SecretString::from(engine.circleci().token()),
            github: SecretString::from(engine.github(fill).token()),
            gitlab: SecretString::from(engine.gitlab(fill).token()),
            connect: SecretString::from(engine.connect(now, fill).token()),
        }
    }
}

impl Tokens<'_> {
    /// Returns the CircleCI token.
    ///
    /// # Errors
    /// When there is none, or the one that counts is damaged: the next one is not tried then, because it may be
    /// somebody else's.
    pub(crate) fn circleci(&self) -> Result<SecretString, TargetError> {
        match self {
            Tokens::Sandbox(tokens) => Ok(tokens.circleci.clone()),
            Tokens::Environment(environment) => {
                let files = [
                    environment.config_home().join("circleci/config.yml"),
                    environment.home().join(".circleci/cli.yml"),
                ];
                CIRCLECI.find(|name| environment.variable(name), &files, &["token"])
            }
        }
    }

    /// Returns the token of the GitHub at a host. As with `gh`, one for github.com goes to no other server.
    ///
    /// # Errors
    /// As with [`Tokens::circleci`].
    pub(crate) fn github(&self, host: &str) -> Result<SecretString, TargetError> {
        match self {
            Tokens::Sandbox(tokens) => Ok(tokens.github.clone()),
            Tokens::Environment(environment) => {
                let public = host == "github.com" || host.ends_with(".ghe.com");
                let source = if public { &GITHUB } else { &GITHUB_SERVER };
                let directory = match environment.variable("GH_CONFIG_DIR") {
                    Some(directory) => PathBuf::from(directory),
                    None => environment.config_home().join("gh"),
                };
                let files = [directory.join("hosts.yml")];
                source.find(|name| environment.variable(name), &files, &[host, "oauth_token"])
            }
        }
    }

    /// Returns the token of the GitLab at a host.
    ///
    /// # Errors
    /// As with [`Tokens::circleci`].
    pub(crate) fn gitlab(&self, host: &str) -> Result<SecretString, TargetError> {
        match self {
            Tokens::Sandbox(tokens) => Ok(tokens.gitlab.clone()),
            Tokens::Environment(environment) => {
                let directory = match environment.variable("GLAB_CONFIG_DIR") {
                    Some(directory) => PathBuf::from(directory),
                    None => environment.config_home().join("glab-cli"),
                };
                let files = [directory.join("config.yml")];
                GITLAB.find(|name| environment.variable(name), &files, &["hosts", host, "token"])
            }
        }
    }

    /// Returns the Bitbucket token.
    ///
    /// # Errors
    /// As with [`Tokens::circleci`].
    pub(crate) fn bitbucket(&self) -> Result<BitbucketToken, TargetError> {
        let environment = self.outside("Bitbucket")?;
        bitbucket::find(|name| environment.variable(name))
    }

    /// Returns the Buildkite token.
    ///
    /// # Errors
    /// As with [`Tokens::circleci`].
    pub(crate) fn buildkite(&self) -> Result<SecretString, TargetError> {
        let environment = self.outside("Buildkite")?;
        BUILDKITE.find(|name| environment.variable(name), &[], &[])
    }

    /// Returns the environment, where the tokens are that the sandbox has no service for.
    fn outside(&self, service: &str) -> Result<&Environment, TargetError> {
        match self {
            Tokens::Environment(environment) => Ok(environment),
            Tokens::Sandbox(_) => Err(TargetError::new(format!("the sandbox has no {service}"))
                .with_hint("leave the target away, or run it without `--sandbox`")),
        }
    }

    /// Returns the Connect server of 1Password; nothing where none is named, and the program `op` is used.
    ///
    /// # Errors
    /// When half of what it takes is set, or the token is damaged.
    pub(crate) fn onepassword_connect(&self) -> Result<Option<ConnectAccess>, TargetError> {
        match self {
            Tokens::Environment(environment) => connect::find(|name| environment.variable(name)),
            Tokens::Sandbox(tokens) => Ok(Some(ConnectAccess {
                host: "http://localhost".to_owned(),
                token: tokens.connect.clone(),
            })),
        }
    }

    /// Returns how Vault is reached. OpenBao's own variables count where Vault's are not set.
    ///
    /// # Errors
    /// When there is no token, or the one that counts is damaged; in the sandbox, which has no Vault.
    pub(crate) fn vault(&self) -> Result<VaultAccess, TargetError> {
        let Tokens::Environment(environment) = self else {
            return Err(TargetError::new("the sandbox has no `vault`").with_hint(NOT_IN_SANDBOX));
        };
        let token = match VAULT.variables.iter().find(|name| environment.variable(name).is_some()) {
            Some(_) => VAULT.find(|name| environment.variable(name), &[], &[])?,
            None => VAULT.whole_file(&environment.home().join(".vault-token"))?,
        };
        let [address, namespace] = vault_server(environment).map(|said| said.map(str::to_owned));
        let bundle = either(environment, ["VAULT_CACERT", "BAO_CACERT"]);
        Ok(VaultAccess {
            address,
            namespace,
            ca_bundle: bundle.map(PathBuf::from),
            token,
        })
    }
}

/// Returns address and namespace of Vault as the environment says them.
pub(crate) fn vault_server(environment: &Environment) -> [Option<&str>; 2] {
    [["VAULT_ADDR", "BAO_ADDR"], ["VAULT_NAMESPACE", "BAO_NAMESPACE"]].map(|names| either(environment, names))
}

/// Returns a variable of Vault, or OpenBao's where that is not set.
fn either<'e>(environment: &'e Environment, names: [&str; 2]) -> Option<&'e str> {
    names.iter().find_map(|name| environment.variable(name))
}

/// What to do where the sandbox has no such service.
pub(crate) const NOT_IN_SANDBOX: &str = "with `--sandbox`, use a store of this machine, such as `kdbx` or `csv`";

/// How Vault is reached: what its own command line reads of the environment.
pub(crate) struct VaultAccess {
    /// `VAULT_ADDR`.
    pub(crate) address: Option<String>,
    /// `VAULT_NAMESPACE`.
    pub(crate) namespace: Option<String>,
    /// `VAULT_CACERT`.
    pub(crate) ca_bundle: Option<PathBuf>,
    /// The token.
    pub(crate) token: SecretString,
}

/// Where the token of one service is looked for.
struct Source {
    service: &'static str,
    variables: &'static [&'static str],
    /// What to do when there is none.
    hint: &'static str,
}

/// The first is of the program's version 1, the second of version 0.1, the third of other programs.
const CIRCLECI: Source = Source {
    service: "CircleCI",
    variables: &["CIRCLE_TOKEN", "CIRCLECI_CLI_TOKEN", "CIRCLECI_TOKEN"],
    hint: "set CIRCLE_TOKEN (or CIRCLECI_CLI_TOKEN, CIRCLECI_TOKEN) to a personal API token of CircleCI; one that the \
           CircleCI CLI keeps in the keyring cannot be read from here",
};

/// The first is what Buildkite's own program and Terraform provider read.
const BUILDKITE: Source = Source {
    service: "Buildkite",
    variables: &["BUILDKITE_API_TOKEN", "BUILDKITE_TOKEN"],
    hint: "set BUILDKITE_API_TOKEN (or BUILDKITE_TOKEN) to an API access token of Buildkite with the scopes \
           `read_clusters`, `read_secret_details` and `write_secrets`",
};

const GITHUB: Source = Source {
    service: "GitHub",
    variables: &["GH_TOKEN", "GITHUB_TOKEN"],
    hint: "set GH_TOKEN (or GITHUB_TOKEN) to a personal access token, or to that of `gh`, which may keep it in the \
           keyring: `GH_TOKEN=$(gh auth token)`",
};

const GITHUB_SERVER: Source = Source {
    service: "GitHub",
    variables: &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"],
    hint: "set GH_ENTERPRISE_TOKEN (or GITHUB_ENTERPRISE_TOKEN) to a personal access token of that server, or to that of \
           `gh`, which may keep it in the keyring: `GH_ENTERPRISE_TOKEN=$(gh auth token --hostname HOST)`",
};

const GITLAB: Source = Source {
    service: "GitLab",
    variables: &["GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN"],
    hint: "set GITLAB_TOKEN (or GITLAB_ACCESS_TOKEN) to an access token with the scope `api` of a maintainer; the \
           CI_JOB_TOKEN of a job cannot write variables",
};

const VAULT: Source = Source {
    service: "Vault",
    variables: &["VAULT_TOKEN", "BAO_TOKEN"],
    hint: "set VAULT_TOKEN, or run `vault login`, which writes `~/.vault-token`",
};

impl Source {
    /// Reads the token that a file is made of.
    fn whole_file(&self, file: &Path) -> Result<SecretString, TargetError> {
        match self.text_of(file)? {
            Some(text) => self.checked(&text, &file.display().to_string()),
            None => Err(self.missing()),
        }
    }

    fn text_of(&self, file: &Path) -> Result<Option<Zeroizing<String>>, TargetError> {
        let text = place::read_text(file).map_err(|error| {
            let failed = TargetError::new(format!("looking for the {} token: {error}", self.service));
            match error.hint() {
                Some(hint) => failed.with_hint(hint),
                None => failed,
            }
        })?;
        Ok(text.map(Zeroizing::new))
    }

    fn missing(&self) -> TargetError {
        let missing = TargetError::new(format!("no {} token was found", self.service));
        missing.with_hint(self.hint).needing_person()
    }

    fn find<'e>(
        &self,
        variable: impl Fn(&str) -> Option<&'e str>,
        files: &[PathBuf],
        keys: &[&str],
    ) -> Result<SecretString, TargetError> {
        for name in self.variables {
            if let Some(value) = variable(name) {
                return self.checked(value, name);
            }
        }
        for file in files {
            if let Some(token) = self.token_in(file, keys)? {
                return Ok(token);
            }
        }
        Err(self.missing())
    }

    /// Reads the token from a file of YAML, where it stands under these keys.
    fn token_in(&self, file: &Path, keys: &[&str]) -> Result<Option<SecretString>, TargetError> {
        let Some(text) = self.text_of(file)? else {
            return Ok(None);
        };
        match yaml::value_at(&text, keys) {
            None => Ok(None),
            Some(token) => self.checked(token, &file.display().to_string()).map(Some),
        }
    }

    /// Strips the line's end that `echo` leaves, and refuses what cannot be a token. Never repeats the value.
    fn checked(&self, value: &str, from: &str) -> Result<SecretString, TargetError> {
        let value = value.strip_suffix('\n').unwrap_or(value);
        let value = value.strip_suffix('\r').unwrap_or(value);
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = format!(
                "the {} token in `{from}` is empty or has white space or other odd characters in it",
                self.service
            );
            return Err(TargetError::new(message)
                .with_hint("copy the token again; it is made of letters, digits, `_`, `.` and `-`")
                .needing_person());
        }
        Ok(SecretString::from(value))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    const TOKEN: &str = "CCIPAT_example_0123456789abcdef";

    fn of_variables(set: &[(&str, &'static str)]) -> Result<String, TargetError> {
        let value = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        CIRCLECI
            .find(value, &[], &["token"])
            .map(|token| token.expose_secret().to_owned())
    }

    fn of_file(text: &str) -> Result<String, TargetError> {
        let dir = tempfile::tempdir().unwrap();
        let (missing, file) = (dir.path().join("config.yml"), dir.path().join("cli.yml"));
        place::write_private(&file, text.as_bytes()).unwrap();
        CIRCLECI
            .find(|_| None, &[missing, file], &["token"])
            .map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn variables_count_in_their_order_and_before_files() {
        let all = [
            ("CIRCLECI_TOKEN", "c"),
            ("CIRCLECI_CLI_TOKEN", "b"),
            ("CIRCLE_TOKEN", "a"),
        ];
        assert_eq!(of_variables(&all), Ok("a".to_owned()));
        assert_eq!(of_variables(&all[..2]), Ok("b".to_owned()));
        assert_eq!(of_variables(&all[..1]), Ok("c".to_owned()));
    }

    #[test]
    fn the_end_of_a_line_is_stripped_and_white_space_inside_is_refused_without_showing_the_token() {
        assert_eq!(of_variables(&[("CIRCLE_TOKEN", "abc\n")]), Ok("abc".to_owned()));
        assert_eq!(of_variables(&[("CIRCLE_TOKEN", "abc\r\n")]), Ok("abc".to_owned()));
        for bad in ["abc def", " abc", "abc\n\n", "\n", "äbc"] {
            let error = of_variables(&[("CIRCLE_TOKEN", bad), ("CIRCLECI_TOKEN", "other")]).unwrap_err();
            assert_eq!(
                error.message,
                "the CircleCI token in `CIRCLE_TOKEN` is empty or has white space or other odd characters in it"
            );
            assert!(error.needs_person);
        }
    }

    #[test]
    fn the_token_is_read_from_the_files_of_the_circleci_cli() {
        for line in [
            format!("token: {TOKEN}"),
            format!("token: \"{TOKEN}\""),
            format!("token: '{TOKEN}'  # mine"),
            format!("token:   {TOKEN} # mine"),
        ] {
            let text = format!("host: https://circleci.com\n{line}\r\nendpoint: graphql-unstable\n");
            assert_eq!(of_file(&text), Ok(TOKEN.to_owned()), "{line}");
        }
    }

    #[test]
    fn a_file_without_a_token_of_its_own_gives_none() {
        for text in [
            "",
            "token:\n",
            "token: \"\"\n",
            "token: ~\n",
            "other:\n  token: abc\n",
            "token: # none\n",
        ] {
            let error = of_file(text).unwrap_err();
            assert_eq!(error.message, "no CircleCI token was found", "{text:?}");
            assert!(error.needs_person);
            assert!(
                error
                    .hint
                    .unwrap()
                    .contains("CIRCLE_TOKEN (or CIRCLECI_CLI_TOKEN, CIRCLECI_TOKEN)")
            );
        }
    }

    #[test]
    fn a_damaged_token_in_a_file_is_refused_without_being_shown() {
        let error = of_file("token: abc def\n").unwrap_err();
        assert!(!format!("{error:?}").contains("abc"), "{error:?}");
    }

    fn with(variables: &[(&str, &str)]) -> (tempfile::TempDir, Environment) {
        let dir = tempfile::tempdir().unwrap();
        let environment = Environment::of(dir.path().to_str().unwrap(), dir.path(), variables);
        (dir, environment)
    }

    fn shown(token: Result<SecretString, TargetError>) -> Result<String, String> {
        let token = token.map(|token| token.expose_secret().to_owned());
        token.map_err(|error| error.hint.unwrap_or_default())
    }

    #[test]
    fn a_token_for_github_com_goes_to_no_other_server() {
        let (_dir, environment) = with(&[("GITHUB_TOKEN", "b"), ("GH_TOKEN", "a"), ("GH_ENTERPRISE_TOKEN", "c")]);
        let tokens = Tokens::Environment(&environment);
        assert_eq!(shown(tokens.github("github.com")), Ok("a".to_owned()));
        assert_eq!(shown(tokens.github("acme.ghe.com")), Ok("a".to_owned()));
        assert_eq!(shown(tokens.github("github.example.com")), Ok("c".to_owned()));
        let (_dir, environment) = with(&[("GITHUB_TOKEN", "b")]);
        let hint = shown(Tokens::Environment(&environment).github("github.com.example.com")).unwrap_err();
        assert!(hint.starts_with("set GH_ENTERPRISE_TOKEN"), "{hint}");
    }

    #[test]
    fn the_tokens_of_gh_and_glab_are_found_by_their_host() {
        let (dir, environment) = with(&[]);
        let gh =
            "github.com:\n    users:\n        you:\n            oauth_token: gho_other\n    oauth_token: gho_mine\n";
        let glab =
            "host: gitlab.com\nhosts:\n    gitlab.com:\n        api_host: gitlab.com\n        token: glpat-mine\n";
        for (file, text) in [(".config/gh/hosts.yml", gh), (".config/glab-cli/config.yml", glab)] {
            let path = dir.path().join(file);
            place::private_dir(path.parent().unwrap()).unwrap();
            place::write_private(&path, text.as_bytes()).unwrap();
        }
        let tokens = Tokens::Environment(&environment);
        assert_eq!(shown(tokens.github("github.com")), Ok("gho_mine".to_owned()));
        assert_eq!(shown(tokens.gitlab("gitlab.com")), Ok("glpat-mine".to_owned()));
        let hint = shown(tokens.gitlab("git.example.com")).unwrap_err();
        assert!(hint.contains("CI_JOB_TOKEN of a job cannot"), "{hint}");
    }
}
