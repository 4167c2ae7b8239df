//! `ciuser circleci config`: prints the deploy jobs of a spec's users, or merges them into the pipeline file. Asks
//! nobody, calls nobody.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ciuser_core::name::UserName;
use clap::{Args, Subcommand};

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::plan::read_spec_file;
use crate::document::{CircleciConfig, CircleciDeploy, Document, Kind};
use crate::pipeline::{Deploy, Ours, Service, Settings, Unmergeable, deploys, ours};
use crate::place;

/// Arguments of `circleci`.
#[derive(Debug, Args)]
pub(super) struct CircleciArgs {
    #[command(subcommand)]
    command: CircleciCommand,
}

#[derive(Debug, Subcommand)]
enum CircleciCommand {
    /// Print the deploy jobs of a spec's users, or merge them into `.circleci/config.yml`
    #[command(long_about = ABOUT)]
    Config(Box<ConfigArgs>),
}

const ABOUT: &str = "\
Print the deploy jobs of a spec's users, or merge them into `.circleci/config.yml`

A static site goes to S3, with an invalidation of CloudFront; an application to Elastic Beanstalk. The jobs use plain \
`aws` commands, and the contexts that the spec delivers to. `--write` puts them between two lines that mark them as \
ours; comments and everything else stay as they are, and the same again changes nothing.";

const EXAMPLES: &str = "\
Examples:
  Read the jobs of the users of a spec file:
    ciuser circleci config -f ciuser.toml
  Put them behind the job `build` of a workflow that is there:
    ciuser circleci config --write --workflow ship --requires build \\
        --bucket storefront-web --distribution E2QWRUHEXAMPLE --canary";

/// Arguments of `circleci config`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct ConfigArgs {
    /// Spec file
    #[arg(long, short, value_name = "FILE", default_value = "ciuser.toml")]
    file: PathBuf,
    /// Only this user of the file; repeatable
    #[arg(long, value_name = "NAME")]
    user: Vec<UserName>,
    /// Services to deploy to [default: told from the policies]
    #[arg(long = "for", value_name = "SERVICE,...", value_delimiter = ',', value_enum)]
    services: Vec<Service>,
    /// Merge the jobs into the pipeline file, which is made if it is missing
    #[arg(long)]
    write: bool,
    /// Pipeline file
    #[arg(long, value_name = "FILE", default_value = ".circleci/config.yml")]
    config: PathBuf,
    /// Add a job that fails when the key is not the user's; the others wait for it
    #[arg(long)]
    canary: bool,
    /// Workflow that the jobs go to; made if it is missing
    #[arg(long, value_name = "NAME", default_value = "ciuser-deploy")]
    workflow: String,
    /// Job of that workflow to wait for, whose workspace has what is deployed; repeatable
    #[arg(long, value_name = "JOB")]
    requires: Vec<String>,
    /// Branch that is deployed
    #[arg(long, value_name = "BRANCH", default_value = "main")]
    branch: String,
    /// Image that the jobs run in; it needs the AWS CLI, bash and zip
    #[arg(long, value_name = "IMAGE", default_value = "cimg/aws:2026.10")]
    image: String,
    /// Bucket of the site [default: the variable SITE_BUCKET]
    #[arg(long, value_name = "NAME", value_parser = safe_in_shell, help_heading = "Static site")]
    bucket: Option<String>,
    /// Distribution in front of it [default: the variable SITE_DISTRIBUTION]
    #[arg(long, value_name = "ID", value_parser = safe_in_shell, help_heading = "Static site")]
    distribution: Option<String>,
    /// Directory that the bucket shall hold
    #[arg(long, value_name = "DIR", default_value = "build", value_parser = safe_in_shell, help_heading = "Static site")]
    site_directory: String,
    /// Application [default: the variable EB_APPLICATION]
    #[arg(long, value_name = "NAME", value_parser = safe_in_shell, help_heading = "Elastic Beanstalk")]
    application: Option<String>,
    /// Environment [default: the variable EB_ENVIRONMENT]
    #[arg(long, value_name = "NAME", value_parser = safe_in_shell, help_heading = "Elastic Beanstalk")]
    environment: Option<String>,
    /// Directory that is deployed
    #[arg(long, value_name = "DIR", default_value = ".", value_parser = safe_in_shell, help_heading = "Elastic Beanstalk")]
    app_directory: String,
}

/// Takes what means nothing else inside double quotes, or one variable.
fn safe_in_shell(text: &str) -> Result<String, String> {
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let is_variable = inner.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    let is_plain = |c: char| c.is_alphanumeric() || " ._/:@+-".contains(c);
    if !text.is_empty() && (is_variable || text.chars().all(is_plain)) && !text.starts_with('-') {
        Ok(text.to_owned())
    } else {
        Err("letters, digits and ` ._/:@+-`, or one variable as `${NAME}`".to_owned())
    }
}

impl ConfigArgs {
    fn settings(&self) -> Settings {
        Settings {
            services: self.services.clone(),
            bucket: self.bucket.clone(),
            distribution: self.distribution.clone(),
            site_directory: self.site_directory.clone(),
            application: self.application.clone(),
            environment: self.environment.clone(),
            app_directory: self.app_directory.clone(),
            branch: self.branch.clone(),
            workflow: self.workflow.clone(),
            requires: self.requires.clone(),
            canary: self.canary,
            image: self.image.clone(),
        }
    }
}

/// Runs `circleci`.
pub(super) fn run(args: &CircleciArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let CircleciCommand::Config(args) = &args.command;
    let settings = args.settings();
    let deploys = deploys_of(args, &settings, setting)?;
    let ours = ours(&deploys, &settings);
    let written = match args.write {
        true => Some(merge(args, &ours, setting)?),
        false => None,
    };
    let alone = || ours.alone().map_err(|error| CliError::usage(error.to_string()));
    let variables: BTreeSet<_> = deploys.iter().flat_map(|deploy| deploy.variables(&settings)).collect();
    if setting.ui.is_json() {
        let document = CircleciConfig {
            file: args.write.then(|| args.config.display().to_string()),
            changed: written == Some(true),
            text: if args.write { None } else { Some(alone()?) },
            deploys: deploys.iter().map(in_document).collect(),
            variables: variables.iter().map(|&name| name.to_owned()).collect(),
        };
        setting.ui.json(&Document::new(Kind::CircleciConfig, document));
        return Ok(Exit::Done);
    }
    match written {
        None => setting.ui.verbatim(&alone()?),
        Some(true) => setting.ui.talk(&format!("  wrote {}", args.config.display())),
        Some(false) => setting.ui.talk(&format!("  {} has it already", args.config.display())),
    }
    let mut next = Vec::new();
    if !variables.is_empty() {
        let named: Vec<_> = variables.iter().map(|name| format!("`{name}`")).collect();
        next.push(format!("give the project or the context {}", named.join(", ")));
    }
    if written == Some(true) {
        next.push("read what changed, then commit it".to_owned());
    }
    if !next.is_empty() {
        setting.ui.next(&next);
    }
    Ok(Exit::Done)
}

fn in_document(deploy: &Deploy) -> CircleciDeploy {
    CircleciDeploy {
        user: deploy.user.to_string(),
        services: deploy.services.clone(),
        contexts: deploy.contexts.clone(),
    }
}

/// Reads the spec and returns what there is a job for.
fn deploys_of(args: &ConfigArgs, settings: &Settings, setting: &Setting<'_>) -> Result<Vec<Deploy>, CliError> {
    let mut spec = read_spec_file(&args.file, setting)?;
    let unknown = args
        .user
        .iter()
        .find(|name| !spec.users.iter().any(|user| user.name.same_as(name)));
    if let Some(unknown) = unknown {
        let what = format!("`{}` has no user `{unknown}`", args.file.display());
        return Err(CliError::usage(what));
    }
    if !args.user.is_empty() {
        let named = |name: &UserName| args.user.iter().any(|one| one.same_as(name));
        spec.users.retain(|user| named(&user.name));
    }
    let deploys = deploys(&spec, settings);
    if deploys.is_empty() {
        let what = format!(
            "no user of `{}` has a place `circleci-context` or `circleci-project`",
            args.file.display()
        );
        return Err(CliError::usage(what).with_hint("name one with `[[user.deliver]]`"));
    }
    let idle: Vec<_> = deploys.iter().filter(|deploy| !deploy.has_jobs()).collect();
    if idle.len() == deploys.len() && !settings.canary {
        let what = "the policies name no service that there is a deploy job for";
        return Err(CliError::usage(what).with_hint("name it: `--for s3,cloudfront,elasticbeanstalk`"));
    }
    for deploy in idle {
        setting
            .ui
            .warn(&format!("user `{}` has nothing to deploy by its policies", deploy.user));
    }
    Ok(deploys)
}

/// Merges the jobs into the pipeline file, and tells whether it changed.
fn merge(args: &ConfigArgs, ours: &Ours, setting: &Setting<'_>) -> Result<bool, CliError> {
    let home = Some(setting.environment.home());
    let path = place::absolute(setting.environment.current_dir(), home, &args.config.to_string_lossy());
    // A pipe would be waited for.
    place::refuse_what_is_no_file(&path)?;
    let there = place::read_text(&path)?;
    let merged = match &there {
        Some(text) => ours.merged(text),
        None => ours.alone(),
    };
    let merged = merged.map_err(|error| refused(args, &error))?;
    let changed = there.as_ref() != Some(&merged);
    if changed && !setting.global.dry_run {
        place::make_directory_of(&path)?;
        place::write_public(&path, merged.as_bytes())?;
    }
    Ok(changed)
}

fn refused(args: &ConfigArgs, error: &Unmergeable) -> CliError {
    let what = format!("`{}` is left as it is: {error}", args.config.display());
    let hint = "without `--write` the jobs are printed, to be put in by hand";
    CliError::refused(what).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_as_more_than_a_value_is_refused() {
        for good in [
            "storefront-web",
            "my app",
            "${SITE_BUCKET}",
            ".",
            "E2QWRUHEXAMPLE",
            "größe",
        ] {
            assert_eq!(safe_in_shell(good).as_deref(), Ok(good));
        }
        for bad in [
            "", "a\"b", "$(id)", "`id`", "a\\", "a\nb", "${A:-x}", "$A", "<< x >>", "-rf", "a;b",
        ] {
            assert!(safe_in_shell(bad).is_err(), "{bad}");
        }
    }
}
