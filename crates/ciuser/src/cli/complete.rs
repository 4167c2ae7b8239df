//! What flags and environment say of targets that the spec leaves open.

use ciuser_core::name::Region;
use ciuser_core::spec::Spec;
use ciuser_core::target::{ProviderSpec, StoreSpec};

use super::exit::CliError;
use super::global::Setting;
use super::live::Live;
use super::spec_args::key_file_beside;
use crate::provider::CiSystem;
use crate::token::vault_server;

/// Fills in what flags and environment say for every user: region, servers, sandbox key file.
///
/// # Errors
/// When two targets that the spec tells apart turn out to be the same place.
pub(super) fn complete(mut spec: Spec, setting: &Setting<'_>, live: &Live<'_>) -> Result<Spec, CliError> {
    spec.region = setting
        .global
        .region
        .clone()
        .or(spec.region)
        .or_else(|| live.region.clone());
    for user in &mut spec.users {
        complete_targets(&mut user.stores, &mut user.deliver, setting, spec.region.as_ref());
    }
    spec.check_places()
        .map_err(|error| CliError::usage(error.to_string()))?;
    Ok(spec)
}

/// Fills in what flags and environment say for every target: region, server, sandbox key file. A plan and the journal
/// then say where a place is, whatever the environment is when they are read.
pub(super) fn complete_targets(
    stores: &mut [StoreSpec],
    deliver: &mut [ProviderSpec],
    setting: &Setting<'_>,
    region: Option<&Region>,
) {
    for store in stores {
        complete_store(store, setting, region);
    }
    for place in deliver {
        let server = server(CiSystem::of(place), setting);
        let url = place.url_mut();
        *url = url.take().or(server.map(str::to_owned));
    }
}

fn complete_store(store: &mut StoreSpec, setting: &Setting<'_>, pipelines: Option<&Region>) {
    match store {
        StoreSpec::Kdbx {
            path,
            password_file: None,
            key_file: key_file @ None,
        } if setting.global.sandbox => *key_file = Some(key_file_beside(path)),
        StoreSpec::AwsSecretsManager {
            region: region @ None, ..
        }
        | StoreSpec::AwsSsm {
            region: region @ None, ..
        } => *region = pipelines.cloned(),
        StoreSpec::Vault { url, namespace, .. } if !setting.global.sandbox => {
            let [server, team] = vault_server(setting.environment).map(|said| said.map(str::to_owned));
            *url = url.take().or(server);
            *namespace = namespace.take().or(team);
        }
        _ => {}
    }
}

/// Returns where a CI system answers, if flags or environment say it.
fn server<'s>(system: CiSystem, setting: &Setting<'s>) -> Option<&'s str> {
    // Every host leads into the sandbox; this one says so where a place is described.
    if setting.global.sandbox && system.is_in_sandbox() {
        return Some("https://sandbox.localhost");
    }
    let variable = |name| setting.environment.variable(name);
    match system {
        CiSystem::Circleci => setting
            .global
            .circleci_url
            .as_deref()
            .or_else(|| variable("CIRCLE_HOST")),
        CiSystem::Github => variable("GH_HOST"),
        CiSystem::Gitlab => variable("GITLAB_HOST").or_else(|| variable("GL_HOST")),
        CiSystem::Bitbucket | CiSystem::Buildkite => None,
    }
}

/// Returns where each CI system is to be looked through: where flags and environment say that it answers, and where a place
/// of it is known to be. Where everybody's answers is asked only if nothing else is known of the system: a token may be for
/// a server of one's own, and is no business of others.
pub(super) fn servers<'p>(
    known: impl Iterator<Item = &'p ProviderSpec>,
    setting: &Setting<'_>,
) -> Vec<(CiSystem, Option<String>)> {
    let there = |system: &CiSystem| !setting.global.sandbox || system.is_in_sandbox();
    let systems: Vec<_> = CiSystem::ALL.into_iter().filter(there).collect();
    let named = systems
        .iter()
        .filter_map(|system| Some((*system, Some(server(*system, setting)?.to_owned()))));
    let mut servers: Vec<(CiSystem, Option<String>)> = named.collect();
    for place in known {
        let server = (CiSystem::of(place), place.url().map(str::to_owned));
        if there(&server.0) && !servers.contains(&server) {
            servers.push(server);
        }
    }
    for system in systems {
        if servers.iter().all(|(known, _)| *known != system) {
            servers.push((system, None));
        }
    }
    servers
}
