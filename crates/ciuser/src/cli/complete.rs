//! What flags and environment say of targets that the spec leaves open.

use ciuser_core::spec::Spec;
use ciuser_core::target::{ProviderSpec, StoreSpec};

use super::global::Setting;
use super::live::Live;
use super::spec_args::key_file_beside;

/// Fills in what flags and environment say for every user: account, region, CircleCI server, sandbox key file.
pub(super) fn complete(mut spec: Spec, setting: &Setting<'_>, live: &Live<'_>) -> Spec {
    spec.region = setting
        .global
        .region
        .clone()
        .or(spec.region)
        .or_else(|| live.region.clone());
    for user in &mut spec.users {
        complete_targets(&mut user.stores, &mut user.deliver, setting);
    }
    spec
}

/// Fills in what flags and environment say for every target: CircleCI server, sandbox key file.
pub(super) fn complete_targets(stores: &mut [StoreSpec], deliver: &mut [ProviderSpec], setting: &Setting<'_>) {
    for store in stores {
        if let StoreSpec::Kdbx {
            path,
            password_file: None,
            key_file: key_file @ None,
        } = store
            && setting.global.sandbox
        {
            *key_file = Some(key_file_beside(path));
        }
    }
    for place in deliver {
        if let Some((url @ None, server)) = server_of(place, setting) {
            // Every host leads into the sandbox; this one says so where a place is described.
            let server = if setting.global.sandbox {
                Some("https://sandbox.localhost")
            } else {
                server
            };
            *url = server.map(str::to_owned);
        }
    }
}

/// Returns where CircleCI answers, if that is not where it answers for everybody.
pub(super) fn circleci_server<'s>(setting: &Setting<'s>) -> Option<&'s str> {
    // Every host leads into the sandbox; this one says so where a place is described.
    if setting.global.sandbox {
        return Some("https://sandbox.localhost");
    }
    let named = setting.global.circleci_url.as_deref();
    named.or_else(|| setting.environment.variable("CIRCLE_HOST"))
}

/// Returns the address that a place names, and the one that flags and environment name for its CI system.
fn server_of<'p, 's>(
    place: &'p mut ProviderSpec,
    setting: &Setting<'s>,
) -> Option<(&'p mut Option<String>, Option<&'s str>)> {
    let variable = |names: &[&str]| names.iter().find_map(|name| setting.environment.variable(name));
    match place {
        ProviderSpec::CircleciContext { url, .. } | ProviderSpec::CircleciProject { url, .. } => {
            Some((url, circleci_server(setting)))
        }
        ProviderSpec::Github { url, .. } | ProviderSpec::GithubOrganization { url, .. } => {
            Some((url, variable(&["GH_HOST"])))
        }
        ProviderSpec::Gitlab { url, .. } | ProviderSpec::GitlabGroup { url, .. } => {
            Some((url, variable(&["GITLAB_HOST", "GL_HOST"])))
        }
        _ => None,
    }
}
