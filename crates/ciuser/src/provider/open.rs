//! From a provider's description to the provider.

use ciuser_core::port::{Provider, TargetError};
use ciuser_core::target::ProviderSpec;

use super::circleci::{Circleci, ContextPlace, ContextSpec, ProjectPlace};
use crate::targets::Reach;

/// Opens a provider. Sends nothing yet.
///
/// # Errors
/// When there is no token for it.
pub(crate) fn open<'a>(spec: &ProviderSpec, reach: &Reach<'a>) -> Result<Box<dyn Provider + 'a>, TargetError> {
    Ok(match spec.clone() {
        ProviderSpec::CircleciContext {
            org,
            context,
            restrict_to,
            expression,
            open,
            url,
            names,
        } => {
            let spec = ContextSpec {
                org,
                name: context,
                restrict_to,
                expression,
                open,
                names,
            };
            Box::new(ContextPlace::new(circleci(url.as_deref(), reach)?, spec))
        }
        ProviderSpec::CircleciProject { project, url, names } => {
            Box::new(ProjectPlace::new(circleci(url.as_deref(), reach)?, project, names))
        }
        other => return Err(TargetError::new(format!("`{}` is not built yet", other.kind()))),
    })
}

fn circleci<'a>(url: Option<&str>, reach: &Reach<'a>) -> Result<Circleci<'a>, TargetError> {
    let token = reach.tokens.circleci()?;
    Ok(Circleci::new(url, token, reach.transport.clone(), reach.clock))
}
