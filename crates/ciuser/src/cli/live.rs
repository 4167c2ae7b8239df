//! Everything that a command works with, connected: AWS or sandbox, targets, journal, seal, locks, signals.

use std::rc::Rc;
use std::sync::Arc;

use ciuser_aws::{AwsIam, AwsSts, AwsTrail, Options, Session, SessionError, StaticCredentials};
use ciuser_core::apply::World;
use ciuser_core::inventory::Reader;
use ciuser_core::name::{AccessKeyId, Region, RunId};
use ciuser_core::plan::Session as SessionSource;
use ciuser_core::port::{Caller, Clock as _, Entropy as _, IamErrorKind, Scope, Sts as _, Transport};
use ciuser_core::secret::SecretAccessKey;
use ciuser_core::spec::SealSpec;
use ciuser_core::whereabouts::Looker;
use ciuser_sandbox::{StateDir, StateError};

use super::exit::CliError;
use super::global::Setting;
use super::places::OwnPlaces;
use crate::clock::SystemClock;
use crate::entropy::OsEntropy;
use crate::hold::Signals;
use crate::journal::SqliteJournal;
use crate::lock::FileLock;
use crate::seal::SpoolSeal;
use crate::store;
use crate::targets::{OpenTargets, Reach};
use crate::token::{SandboxTokens, Tokens};
use crate::transport::{HttpsTransport, Limits, Proxy, SandboxTransport};
use crate::ui::{TerminalPrompt, Ui};

/// What stays the same for the whole process.
pub(super) struct Process<'a> {
    pub(super) setting: Setting<'a>,
    pub(super) entropy: OsEntropy,
    pub(super) prompt: TerminalPrompt<'a>,
    pub(super) own: OwnPlaces,
}

impl<'a> Process<'a> {
    pub(super) fn new(setting: &Setting<'a>) -> Result<Process<'a>, CliError> {
        let entropy = OsEntropy::new().map_err(|error| CliError::failed(error.to_string()))?;
        let own = OwnPlaces::of(setting);
        Ok(Process {
            setting: *setting,
            entropy,
            prompt: TerminalPrompt::new(setting.ui),
            own,
        })
    }

    /// Makes the id of this run.
    pub(super) fn new_run(&self) -> RunId {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        RunId::from_entropy(bytes)
    }

    pub(super) fn stores(&self) -> store::Session<'_> {
        store::Session::new(
            &self.prompt,
            &self.entropy,
            self.setting.environment,
            self.setting.global.sandbox,
        )
    }
}

/// A connected run.
pub(super) struct Live<'a> {
    pub(super) ui: &'a Ui,
    pub(super) run: RunId,
    pub(super) prompt: &'a TerminalPrompt<'a>,
    pub(super) scope: Scope,
    pub(super) caller: Caller,
    pub(super) source: SessionSource,
    /// The region that the pipeline gets, if one is known.
    pub(super) region: Option<Region>,
    pub(super) iam: AwsIam,
    pub(super) journal: SqliteJournal,
    sts: AwsSts,
    trail: AwsTrail,
    targets: OpenTargets<'a>,
    lock: FileLock,
    signals: Signals,
    clock: Rc<SystemClock>,
    own: OwnPlaces,
}

impl<'a> Live<'a> {
    /// Connects, asks STS who is calling, and shows it.
    pub(super) async fn connect(
        process: &'a Process<'a>,
        stores: &'a store::Session<'a>,
        clock: &'a SystemClock,
    ) -> Result<Live<'a>, CliError> {
        let setting = process.setting;
        let run = process.new_run();
        let Wire {
            transport,
            credentials,
            tokens,
            proxy,
        } = Wire::lay(process)?;
        let options = Options {
            profile: setting.global.profile.clone(),
            region: setting.global.region.clone().or_else(|| sandbox_region(&setting)),
            endpoint_url: setting.global.endpoint_url.clone(),
            run: run.clone(),
            credentials,
            sleep: None,
        };
        let session = Session::connect(options, transport.clone(), &process.prompt)
            .await
            .map_err(|error| no_session(&error))?;
        let shared_clock = Rc::new(SystemClock);
        let sts = session.sts();
        let caller = sts.get_caller_identity().await.map_err(|error| who(&error))?;
        let endpoint = if setting.global.sandbox {
            "sandbox".to_owned()
        } else {
            session.endpoint_label().to_owned()
        };
        setting.ui.account(caller.account.as_str(), &caller.arn, &endpoint);
        check_caller(&setting, &caller)?;
        warn_of_plain_http(&setting, &endpoint);
        let signals = listen()?;
        Ok(Live {
            ui: setting.ui,
            prompt: &process.prompt,
            scope: Scope {
                endpoint,
                account: caller.account.clone(),
            },
            caller,
            source: SessionSource {
                profile: setting.global.profile.clone(),
                region: setting.global.region.as_ref().map(ToString::to_string),
                endpoint_url: setting.global.endpoint_url.clone(),
            },
            region: session.region().cloned(),
            iam: session.iam(shared_clock.clone()),
            sts,
            trail: session.trail(shared_clock.clone()),
            journal: process.own.journal(),
            targets: OpenTargets {
                stores,
                reach: Reach {
                    transport,
                    clock,
                    entropy: &process.entropy,
                    tokens,
                    aws: Some(session).filter(|_| !setting.global.sandbox),
                    proxy,
                },
            },
            lock: FileLock::new(process.own.state.join("locks")),
            signals,
            clock: shared_clock,
            own: process.own.clone(),
            run,
        })
    }

    /// Returns where the secrets of this plan are sealed.
    pub(super) fn seal(&self, spec: &SealSpec) -> SpoolSeal {
        SpoolSeal::new(self.own.state.join("spool"), self.own.config.join("seal"), spec.clone())
    }

    /// Returns everything that apply and handover touch.
    pub(super) fn world<'b>(&'b self, seal: &'b SpoolSeal) -> World<'b> {
        World {
            iam: &self.iam,
            sts: &self.sts,
            trail: &self.trail,
            targets: &self.targets,
            journal: &self.journal,
            seal,
            lock: &self.lock,
            hold: &self.signals,
            clock: &*self.clock,
            ask: self.ui,
            report: self.ui,
        }
    }

    /// Returns what reads whatever is there. A locked store may ask for its passphrase with `unlock`.
    pub(super) fn reader(&self, unlock: bool) -> Reader<'_> {
        Reader {
            iam: &self.iam,
            targets: &self.targets,
            journal: &self.journal,
            scope: &self.scope,
            run: &self.run,
            unlock,
        }
    }

    /// Returns what looks for keys.
    pub(super) fn looker<'b>(&'b self, unlock: bool, region: Option<&'b Region>) -> Looker<'b> {
        Looker {
            reader: self.reader(unlock),
            sts: &self.sts,
            caller: &self.caller,
            region,
        }
    }

    /// Returns what opens targets, for reading.
    pub(super) fn targets(&self) -> &OpenTargets<'a> {
        &self.targets
    }

    /// From now on a first signal lets the step in hand be finished.
    pub(super) fn finish_steps(&self) {
        self.signals.finish_steps();
    }
}

/// The way out: to the world, or into the sandbox.
struct Wire<'a> {
    transport: Arc<dyn Transport>,
    credentials: Option<StaticCredentials>,
    tokens: Tokens<'a>,
    proxy: Proxy,
}

impl<'a> Wire<'a> {
    fn lay(process: &Process<'a>) -> Result<Wire<'a>, CliError> {
        if process.setting.global.sandbox {
            Wire::into_sandbox(process)
        } else {
            Wire::to_the_world(process)
        }
    }

    fn into_sandbox(process: &Process<'a>) -> Result<Wire<'a>, CliError> {
        let state = open_sandbox(process)?;
        let (entropy, now) = (process.entropy, SystemClock.now());
        let asked = state.with_engine(now, &mut |bytes: &mut [u8]| entropy.fill(bytes), |engine| {
            (
                engine.state().admin_session().clone(),
                SandboxTokens::of(engine, now, &entropy),
            )
        });
        let (session, tokens) = asked.map_err(|error| sandbox_trouble(&error))?;
        let damaged = || CliError::failed("the sandbox's own credentials are damaged").with_hint(RESET);
        let credentials = StaticCredentials {
            id: AccessKeyId::new(session.access_key_id).map_err(|_| damaged())?,
            secret: SecretAccessKey::new(session.secret_access_key).map_err(|_| damaged())?,
            session_token: session
                .session_token
                .map(SecretAccessKey::new)
                .transpose()
                .map_err(|_| damaged())?,
        };
        let transport = SandboxTransport::new(state, || SystemClock.now(), move |bytes| entropy.fill(bytes));
        Ok(Wire {
            transport: Arc::new(transport),
            credentials: Some(credentials),
            tokens: Tokens::Sandbox(tokens),
            proxy: Proxy::default(),
        })
    }

    fn to_the_world(process: &Process<'a>) -> Result<Wire<'a>, CliError> {
        let environment = process.setting.environment;
        let ca_bundle = match environment.variable("AWS_CA_BUNDLE") {
            Some(path) => Some(read_ca_bundle(path)?),
            None => None,
        };
        let lower_or_upper = |upper: &str| {
            environment
                .variable(&upper.to_lowercase())
                .or_else(|| environment.variable(upper))
                .map(str::to_owned)
        };
        let proxy = Proxy {
            https: lower_or_upper("HTTPS_PROXY"),
            except: lower_or_upper("NO_PROXY"),
        };
        let transport = HttpsTransport::new(Limits::default(), ca_bundle.as_deref(), proxy.clone())
            .map_err(|error| CliError::failed(error.to_string()))?;
        Ok(Wire {
            transport: Arc::new(transport),
            credentials: None,
            tokens: Tokens::Environment(environment),
            proxy,
        })
    }
}

fn read_ca_bundle(path: &str) -> Result<Vec<u8>, CliError> {
    match crate::place::read(std::path::Path::new(path)) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(CliError::failed(format!(
            "the certificates that `AWS_CA_BUNDLE` names are not there: `{path}`"
        ))),
        Err(error) => Err(CliError::failed(error.to_string())),
    }
}

const RESET: &str = "`ciuser sandbox reset` starts it over";

/// Opens the directory of the sandbox.
pub(super) fn open_sandbox(process: &Process<'_>) -> Result<StateDir, CliError> {
    StateDir::open(&process.own.sandbox).map_err(|error| sandbox_trouble(&error))
}

/// Says what is wrong with the sandbox.
pub(super) fn sandbox_trouble(error: &StateError) -> CliError {
    let failed = CliError::failed(error.to_string());
    match error.hint() {
        Some(hint) => failed.with_hint(hint),
        None => failed,
    }
}

/// A pipeline in the sandbox needs some region; a real one is never made up.
fn sandbox_region(setting: &Setting<'_>) -> Option<Region> {
    if setting.global.sandbox {
        Region::new("us-east-1").ok()
    } else {
        None
    }
}

fn listen() -> Result<Signals, CliError> {
    Signals::listen(|signal| crate::ui::signal_noted(signal.name()))
        .map_err(|error| CliError::failed(format!("listening for signals: {error}")))
}

fn no_session(error: &SessionError) -> CliError {
    let ended = if error.is_nobody_to_ask() {
        CliError::refused(error.to_string())
    } else {
        CliError::failed(error.to_string())
    };
    match error.hint() {
        Some(hint) => ended.with_hint(hint),
        None => ended,
    }
}

fn who(error: &ciuser_core::port::IamError) -> CliError {
    let failed = CliError::failed(format!("asking STS who is calling: {error}"));
    match error.kind {
        IamErrorKind::Credentials => {
            failed.with_hint("set `--profile`, or run with `--sandbox` to try everything without an account")
        }
        IamErrorKind::InvalidClientTokenId => {
            failed.with_hint("the credentials are not known, inactive or expired; `--profile` chooses others")
        }
        _ => match error.hint() {
            Some(hint) => failed.with_hint(hint),
            None => failed,
        },
    }
}

/// Plain HTTP shows the secret to everybody on the way; on this machine there is nobody on the way.
fn warn_of_plain_http(setting: &Setting<'_>, endpoint: &str) {
    let server = setting
        .global
        .circleci_url
        .as_deref()
        .or_else(|| setting.environment.variable("CIRCLE_HOST"));
    for url in [Some(endpoint), server].into_iter().flatten() {
        let host = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split(['/', ':']).next());
        if host.is_some_and(|host| host != "localhost" && !host.starts_with("127.") && host != "[") {
            setting.ui.warn(&format!(
                "`{url}` is not encrypted: whoever carries the request can read the secret"
            ));
        }
    }
}

fn check_caller(setting: &Setting<'_>, caller: &Caller) -> Result<(), CliError> {
    if let Some(expected) = setting
        .global
        .expect_account
        .as_ref()
        .filter(|expected| **expected != caller.account)
    {
        let what = format!(
            "this is account {}, and `--expect-account` says {expected}",
            caller.account
        );
        return Err(CliError::refused(what).with_hint("check `--profile`"));
    }
    if caller.is_root() && !setting.global.allow_root {
        return Err(CliError::refused("the caller is the root user of the account")
            .with_hint("use a role or user with permissions for IAM, or `--allow-root` if it must be"));
    }
    Ok(())
}
