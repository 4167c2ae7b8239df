//! Amazon Resource Names: `arn:partition:service:region:account:resource`.

/// Splits an ARN at its first five colons. Those in variables do not count: `arn:aws:sqs:*:${aws:PrincipalAccount}:queue` has
/// six parts. One that is short has fewer.
pub(crate) fn parts(arn: &str) -> Vec<&str> {
    let mut parts = Vec::with_capacity(6);
    let mut rest = arn;
    while parts.len() < 5 {
        let Some((part, after)) = split_part(rest) else { break };
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

fn split_part(text: &str) -> Option<(&str, &str)> {
    let mut in_variable = false;
    let mut before = ' ';
    let colon = text.char_indices().find(|(_, c)| {
        in_variable = (in_variable || (before == '$' && *c == '{')) && *c != '}';
        before = *c;
        *c == ':' && !in_variable
    });
    let (part, after) = text.split_at_checked(colon?.0)?;
    Some((part, after.strip_prefix(':')?))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn colons_in_variables_and_behind_the_fifth_do_not_split() {
        assert_eq!(
            parts("arn:aws:logs:*:${aws:PrincipalAccount}:log-group:x:*"),
            ["arn", "aws", "logs", "*", "${aws:PrincipalAccount}", "log-group:x:*"]
        );
        assert_eq!(parts("arn:aws:s3*"), ["arn", "aws", "s3*"]);
        assert_eq!(
            parts("arn:aws:sqs:*:${unclosed:q"),
            ["arn", "aws", "sqs", "*", "${unclosed:q"]
        );
    }
}
