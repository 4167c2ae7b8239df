//! Finds the programs to compare: ciuser first, then the peers that this machine has.
#![expect(
    clippy::disallowed_methods,
    reason = "looks for the peers' programs, and initialises Terraform"
)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::client::Client;
use super::error::Error;
use super::machine::first_line;
use super::options::Options;
use super::place::{SPEC, USERS};
use super::program::Program;

/// The clients, what they need, and who is missing.
pub(super) struct Peers {
    /// ciuser, then its peers.
    pub(super) clients: Vec<Client>,
    pub(super) missing: Vec<String>,
    pub(super) moto: String,
    pub(super) python: PathBuf,
    /// The search path for programs: Python's own directory first, as a version manager's shims in front of Python
    /// and the AWS CLI would be measured with them.
    pub(super) path: OsString,
}

impl Peers {
    pub(super) fn find(
        options: &Options,
        program: &Program,
        repository: &Path,
        directory: &Path,
    ) -> Result<Peers, Error> {
        let python = first_line(&options.python, &["-c", "import sys; print(sys.executable)"]);
        let python = PathBuf::from(python.ok_or_else(|| Error::Moto("there is no Python to run it".to_owned()))?);
        let moto = version_of(&python, "moto")
            .ok_or_else(|| Error::Moto("not installed; `pip install 'moto[server]'`".to_owned()))?;
        let path = search_path(&python);
        let scripts = repository.join("xtask/bench");
        let search = Search {
            path: &path,
            scripts: &scripts,
        };
        let found = [
            boto3(&python, &scripts),
            search.aws_cli(),
            search.terraform(options.terraform_plugins.as_deref(), directory),
        ];
        let mut clients = vec![ciuser(program)];
        let mut missing = Vec::new();
        for peer in found {
            match peer {
                Ok(client) => clients.push(client),
                Err(why) => missing.push(why),
            }
        }
        Ok(Peers {
            clients,
            missing,
            moto,
            python,
            path,
        })
    }
}

fn ciuser(program: &Program) -> Client {
    Client {
        name: "ciuser",
        version: program.version.clone(),
        program: program.path.clone().into(),
        arguments: ["apply", "--file", SPEC, "--yes", "--no-input"]
            .map(OsString::from)
            .into(),
    }
}

fn boto3(python: &Path, scripts: &Path) -> Result<Client, String> {
    let version = version_of(python, "boto3").ok_or("boto3 script: no boto3 here")?;
    let language = first_line(python, &["--version"]).unwrap_or_default();
    Ok(Client {
        name: "boto3 script",
        version: format!("boto3 {version}, {language}"),
        program: python.into(),
        arguments: vec![scripts.join("create.py").into(), USERS.into()],
    })
}

struct Search<'a> {
    path: &'a OsString,
    scripts: &'a Path,
}

impl Search<'_> {
    fn aws_cli(&self) -> Result<Client, String> {
        let aws = self.program("aws").ok_or("AWS CLI script: no `aws` here")?;
        let version = first_line(&aws, &["--version"]).ok_or("AWS CLI script: `aws --version` fails")?;
        Ok(Client {
            name: "AWS CLI script",
            version: version.split(' ').next().unwrap_or_default().to_owned(),
            program: "bash".into(),
            arguments: vec![self.scripts.join("create.sh").into(), USERS.into()],
        })
    }

    /// Initialises one directory for all runs: that is done once in a project's life, so it is not measured.
    fn terraform(&self, plugins: Option<&Path>, directory: &Path) -> Result<Client, String> {
        let terraform = self.program("terraform").ok_or("Terraform: no `terraform` here")?;
        let project = directory.join("terraform");
        std::fs::create_dir(&project)
            .and_then(|()| std::fs::copy(self.scripts.join("main.tf"), project.join("main.tf")))
            .map_err(|error| format!("Terraform: {error}"))?;
        let mut init = self.command(&terraform, &project);
        init.args(["init", "-input=false"]);
        if let Some(plugins) = plugins {
            let mut option = OsString::from("-plugin-dir=");
            option.push(plugins);
            init.arg(option);
        }
        let done = init.output().map_err(|error| format!("Terraform: {error}"))?;
        if !done.status.success() {
            return Err("Terraform: `terraform init` finds no AWS provider (`--terraform-plugins`)".to_owned());
        }
        let said = self.command(&terraform, &project).arg("version").output();
        let said = said.map_err(|error| format!("Terraform: {error}"))?;
        Ok(Client {
            name: "Terraform",
            version: terraform_version(&String::from_utf8_lossy(&said.stdout)),
            program: "bash".into(),
            arguments: vec![self.scripts.join("terraform.sh").into(), project.into(), USERS.into()],
        })
    }

    fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("PATH", self.path)
            .env("CHECKPOINT_DISABLE", "1")
            .current_dir(directory);
        command
    }

    fn program(&self, name: &str) -> Option<PathBuf> {
        std::env::split_paths(self.path)
            .map(|directory| directory.join(name))
            .find(|path| path.is_file())
    }
}

fn search_path(python: &Path) -> OsString {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let own = python.parent().map(Path::to_owned);
    let directories = own.into_iter().chain(std::env::split_paths(&inherited));
    // It fails for a directory with a colon in its name, which cannot have been in the list.
    std::env::join_paths(directories).unwrap_or(inherited)
}

fn version_of(python: &Path, package: &str) -> Option<String> {
    first_line(
        python,
        &["-c", &format!("import {package}; print({package}.__version__)")],
    )
}

/// Returns the versions of Terraform and its provider, from lines such as `Terraform v1.0.0` and
/// `+ provider HOST/hashicorp/aws v5.0.0`.
fn terraform_version(said: &str) -> String {
    let versions = said.lines().filter_map(|line| {
        let (what, version) = line.rsplit_once(' ')?;
        match what {
            "Terraform" => Some(format!("Terraform {version}")),
            _ if what.starts_with("+ provider") => Some(format!("AWS provider {version}")),
            _ => None,
        }
    });
    versions.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terraform_is_named_with_its_provider() {
        let said = "Terraform v1.11.4\non linux_amd64\n+ provider example.com/hashicorp/aws v5.100.0\n";
        assert_eq!(terraform_version(said), "Terraform v1.11.4, AWS provider v5.100.0");
    }
}
