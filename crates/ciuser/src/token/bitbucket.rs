//! Bitbucket's tokens: an access token stands alone, a person's API token goes with the address of the account.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciuser_core::port::TargetError;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::Source;

/// What opens Bitbucket.
#[derive(Clone)]
pub(crate) enum BitbucketToken {
    /// An access token of a repository, project or workspace, or of OAuth.
    Access(SecretString),
    /// A person's API token, as Basic authentication sends it: `ADDRESS:TOKEN` in Base64.
    Api(SecretString),
}

const HINT: &str = "set BITBUCKET_TOKEN to an access token of the repository or workspace, or BITBUCKET_EMAIL and \
                    BITBUCKET_API_TOKEN to the address and an API token of your Atlassian account";

const ACCESS: Source = Source {
    service: "Bitbucket",
    variables: &["BITBUCKET_TOKEN"],
    hint: HINT,
};

const API: Source = Source {
    service: "Bitbucket",
    variables: &["BITBUCKET_API_TOKEN"],
    hint: HINT,
};

/// The API takes the address only; the second name is what other programs call it.
const ADDRESSES: [&str; 2] = ["BITBUCKET_EMAIL", "BITBUCKET_USERNAME"];

/// Finds the token among the variables.
pub(super) fn find<'e>(variable: impl Fn(&str) -> Option<&'e str>) -> Result<BitbucketToken, TargetError> {
    if variable("BITBUCKET_TOKEN").is_some() {
        return ACCESS.find(variable, &[], &[]).map(BitbucketToken::Access);
    }
    let token = API.find(&variable, &[], &[])?;
    let address = ADDRESSES.iter().find_map(|name| variable(name)).ok_or_else(|| {
        TargetError::new("the Bitbucket token in `BITBUCKET_API_TOKEN` needs the address of its account")
            .with_hint("set BITBUCKET_EMAIL to the address of the Atlassian account that the token is of")
            .needing_person()
    })?;
    let pair = Zeroizing::new(format!("{}:{}", address.trim(), token.expose_secret()));
    Ok(BitbucketToken::Api(SecretString::from(
        STANDARD.encode(pair.as_bytes()),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &'static str)]) -> Result<String, TargetError> {
        let value = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        find(value).map(|token| match token {
            BitbucketToken::Access(token) => format!("Bearer {}", token.expose_secret()),
            BitbucketToken::Api(token) => format!("Basic {}", token.expose_secret()),
        })
    }

    #[test]
    fn an_access_token_counts_before_an_api_token() {
        let api = [("BITBUCKET_API_TOKEN", "abc"), ("BITBUCKET_EMAIL", "me@example.com")];
        assert_eq!(of(&api), Ok("Basic bWVAZXhhbXBsZS5jb206YWJj".to_owned()));
        let both = [api[0], api[1], ("BITBUCKET_TOKEN", "xyz\n")];
        assert_eq!(of(&both), Ok("Bearer xyz".to_owned()));
    }

    #[test]
    fn an_api_token_without_an_address_is_refused_and_not_shown() {
        let error = of(&[("BITBUCKET_API_TOKEN", "abcdefgh")]).unwrap_err();
        assert_eq!(
            error.message,
            "the Bitbucket token in `BITBUCKET_API_TOKEN` needs the address of its account"
        );
        assert!(error.needs_person && !format!("{error:?}").contains("abcdefgh"));
        assert_eq!(of(&[]).unwrap_err().message, "no Bitbucket token was found");
    }
}
