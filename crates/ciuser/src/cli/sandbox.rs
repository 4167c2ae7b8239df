//! `ciuser sandbox`: serves the local AWS account, CI systems and 1Password to other programs, or starts them over.

use ciuser_core::port::{Clock as _, Entropy as _};
use ciuser_sandbox::{Answer, Request, StateDir, StateError};
use clap::{Args, Subcommand};
use secrecy::ExposeSecret as _;

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Process, open_sandbox, sandbox_trouble};
use crate::clock::SystemClock;
use crate::document::{Document, Kind, SandboxProject, SandboxReset, SandboxServe};
use crate::token::SandboxTokens;

/// What `--help` says of the sandbox.
pub(super) const ABOUT: &str = "\
Serve or reset the local sandbox

The sandbox is a local AWS account (IAM, STS), a local CircleCI organisation `gh/acme` with the project \
`gh/acme/storefront`, a GitHub organisation `acme` with the repository `acme/storefront`, a GitLab group `acme` with the \
project `acme/storefront`, and a 1Password Connect server with the vault `Infrastructure`. It is what `--sandbox` talks to. Its state is kept between runs.

Requests to AWS are decided by the policies of the caller, as AWS decides them; `--sandbox` acts as an administrator.";

/// Arguments of `sandbox`.
#[derive(Debug, Args)]
pub(super) struct SandboxArgs {
    #[command(subcommand)]
    command: SandboxCommand,
}

const SERVE_EXAMPLES: &str = "\
Examples:
  For the AWS CLI, Terraform or your own tests, at a port of your choice:
    ciuser sandbox serve --port 4599
  With the variables that another shell needs:
    ciuser sandbox serve --port 4599 --env";

const RESET_EXAMPLES: &str = "\
Examples:
  Forget every user, key, context and variable of the sandbox:
    ciuser sandbox reset";

const PROJECT_EXAMPLES: &str = "\
Examples:
  Rehearse with the slug of a project of yours:
    ciuser sandbox add-project gh/initech/website
  One of CircleCI's GitHub App or GitLab, whose slug is made of ids:
    ciuser sandbox add-project circleci/initech/website";

#[derive(Debug, Subcommand)]
enum SandboxCommand {
    /// Serve the sandbox on a loopback port, until interrupted
    Serve(ServeArgs),
    /// Add a project to the sandbox's CircleCI, with its organisation, and print its slug
    #[command(after_help = PROJECT_EXAMPLES)]
    AddProject(AddProjectArgs),
    /// Delete the state; the next use starts over
    #[command(after_help = RESET_EXAMPLES)]
    Reset,
}

#[derive(Debug, Args)]
#[command(after_help = SERVE_EXAMPLES)]
struct ServeArgs {
    /// Port [default: a free one]
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    port: u16,
    /// Print lines for a shell to `eval`, so that other clients use the sandbox
    #[arg(long)]
    env: bool,
}

#[derive(Debug, Args)]
struct AddProjectArgs {
    /// `gh/ORG/REPO`, `bb/ORG/REPO`, or `circleci/NAME/NAME`
    #[arg(value_name = "SLUG")]
    slug: String,
}

/// Runs `sandbox`.
pub(super) async fn run(args: &SandboxArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let process = Process::new(setting)?;
    let state = open_sandbox(&process)?;
    match &args.command {
        SandboxCommand::Serve(args) => serve(args, &process, state).await,
        SandboxCommand::AddProject(args) => add_project(args, &process, &state),
        SandboxCommand::Reset => {
            state.reset().map_err(|error| sandbox_trouble(&error))?;
            setting
                .ui
                .talk("  the sandbox starts over with its next use; files of stores were left where they are");
            if setting.ui.is_json() {
                setting.ui.json(&Document::new(Kind::SandboxReset, SandboxReset {}));
            }
            Ok(Exit::Done)
        }
    }
}

fn add_project(args: &AddProjectArgs, process: &Process<'_>, state: &StateDir) -> Result<Exit, CliError> {
    let fill = &mut |bytes: &mut [u8]| process.entropy.fill(bytes);
    let added = state.with_engine(SystemClock.now(), fill, |engine| {
        let mut more = |bytes: &mut [u8]| process.entropy.fill(bytes);
        engine.circleci().add_project(&args.slug, &mut more)
    });
    let slug = added.map_err(|error| sandbox_trouble(&error))?.ok_or_else(|| {
        CliError::usage(format!("`{}` is not the slug of a project", args.slug))
            .with_hint("write `gh/ORG/REPO`, `bb/ORG/REPO` or `circleci/NAME/NAME`")
    })?;
    let ui = process.setting.ui;
    if ui.is_json() {
        ui.json(&Document::new(Kind::SandboxAddProject, SandboxProject { slug }));
    } else {
        ui.result(&slug);
    }
    Ok(Exit::Done)
}

async fn serve(args: &ServeArgs, process: &Process<'_>, state: StateDir) -> Result<Exit, CliError> {
    let failed = |error: std::io::Error| CliError::failed(format!("serving the sandbox: {error}"));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port))
        .await
        .map_err(failed)?;
    let url = format!("http://{}", listener.local_addr().map_err(failed)?);
    announce(args, process, &state, &url)?;
    let entropy = process.entropy;
    let answer = move |request: Request| -> Result<Answer, StateError> {
        state.handle(SystemClock.now(), &mut |bytes: &mut [u8]| entropy.fill(bytes), &request)
    };
    let interrupted = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    ciuser_sandbox::serve::serve(listener, answer, interrupted)
        .await
        .map_err(failed)?;
    Ok(Exit::Done)
}

fn announce(args: &ServeArgs, process: &Process<'_>, state: &StateDir, url: &str) -> Result<(), CliError> {
    let ui = process.setting.ui;
    let now = SystemClock.now();
    let fill = &mut |bytes: &mut [u8]| process.entropy.fill(bytes);
    let asked = state.with_engine(now, fill, |engine| {
        let mut more = |bytes: &mut [u8]| process.entropy.fill(bytes);
        let admin = engine.ensure_admin_user(now, &mut more);
        (admin, SandboxTokens::of(engine, now, &process.entropy))
    });
    let (admin, tokens) = asked.map_err(|error| sandbox_trouble(&error))?;
    let variables = [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_ACCESS_KEY_ID", admin.access_key_id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", admin.secret_access_key.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("GH_HOST", url),
        ("GH_ENTERPRISE_TOKEN", tokens.github.expose_secret()),
        ("GITLAB_HOST", url),
        ("GITLAB_TOKEN", tokens.gitlab.expose_secret()),
        ("OP_CONNECT_HOST", url),
        ("OP_CONNECT_TOKEN", tokens.connect.expose_secret()),
        ("CIRCLE_HOST", url),
        ("CIRCLE_TOKEN", tokens.circleci.expose_secret()),
    ];
    if ui.is_json() {
        let served = SandboxServe {
            url: url.to_owned(),
            env: variables.map(|(name, value)| (name, value.to_owned())).into(),
        };
        ui.json(&Document::new(Kind::SandboxServe, served));
    } else if args.env {
        // The sandbox's keys open nothing but the sandbox; values hold no quotes.
        for (name, value) in variables {
            ui.result(&format!("export {name}='{value}'"));
        }
    } else {
        ui.result(&format!("serving the sandbox at {url}"));
        ui.talk("  `ciuser sandbox serve --env` prints the keys for other clients; Ctrl-C ends it");
    }
    Ok(())
}
