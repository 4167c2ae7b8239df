//! The Connect server of 1Password, by the variables that its own clients read.

use ciuser_core::port::TargetError;
use secrecy::SecretString;

use super::Source;

const HOST: &str = "OP_CONNECT_HOST";
const TOKEN: &str = "OP_CONNECT_TOKEN";

const CONNECT: Source = Source {
    service: "1Password Connect",
    variables: &[TOKEN],
    hint: "set OP_CONNECT_TOKEN to an access token of the Connect server",
};

/// How a Connect server is reached.
pub(crate) struct ConnectAccess {
    /// Its address.
    pub(crate) host: String,
    /// The token.
    pub(crate) token: SecretString,
}

/// Finds the server; nothing when none is named.
pub(super) fn find<'e>(variable: impl Fn(&str) -> Option<&'e str>) -> Result<Option<ConnectAccess>, TargetError> {
    let half = |set: &str, missing: &str| {
        TargetError::new(format!("{set} is set, and {missing} is not"))
            .with_hint("a Connect server takes both; with neither, the program `op` is used")
    };
    match (variable(HOST), variable(TOKEN)) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(half(HOST, TOKEN)),
        (None, Some(_)) => Err(half(TOKEN, HOST)),
        (Some(host), Some(_)) => Ok(Some(ConnectAccess {
            host: host.to_owned(),
            token: CONNECT.find(variable, &[], &[])?,
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(set: &[(&str, &'static str)]) -> Result<Option<String>, String> {
        let value = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let found = find(value).map_err(|error| error.message)?;
        Ok(found.map(|access| access.host))
    }

    #[test]
    fn a_server_takes_an_address_and_a_token() {
        let (host, token) = ((HOST, "http://localhost:8080"), (TOKEN, "eyJhbGciOiJFUzI1NiJ9"));
        assert_eq!(found(&[]), Ok(None));
        assert_eq!(found(&[host, token]), Ok(Some("http://localhost:8080".to_owned())));
        assert_eq!(
            found(&[host]),
            Err("OP_CONNECT_HOST is set, and OP_CONNECT_TOKEN is not".to_owned())
        );
        assert_eq!(
            found(&[token]),
            Err("OP_CONNECT_TOKEN is set, and OP_CONNECT_HOST is not".to_owned())
        );
        let damaged = found(&[host, (TOKEN, "eyJ hbG")]).unwrap_err();
        assert!(!damaged.contains("hbG"), "{damaged}");
    }
}
