//! The structure of an identity-based policy, as the IAM User Guide's "Grammar of the IAM JSON policy language" has it.

use serde_json::{Map, Value};

use crate::document::error::{DocumentError, StatementFault};

const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];
const DOCUMENT_ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS: [&str; 7] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];
const PRINCIPALS: [&str; 2] = ["Principal", "NotPrincipal"];

/// Checks a whole document.
pub(super) fn document(value: &Value) -> Result<(), DocumentError> {
    let document = value.as_object().ok_or(DocumentError::NotAnObject)?;
    if let Some(unknown) = document.keys().find(|key| !DOCUMENT_ELEMENTS.contains(&key.as_str())) {
        return Err(DocumentError::UnknownElement(unknown.clone()));
    }
    version(document.get("Version"))?;
    let statements = match document.get("Statement") {
        Some(Value::Array(list)) if !list.is_empty() => list.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => return Err(DocumentError::NoStatement),
    };
    for (index, value) in statements.iter().enumerate() {
        statement(value).map_err(|fault| DocumentError::Statement {
            statement: called(value, index),
            fault,
        })?;
    }
    Ok(())
}

/// A document without a version is in the language of 2008.
fn version(version: Option<&Value>) -> Result<(), DocumentError> {
    match version {
        None => Ok(()),
        Some(Value::String(known)) if VERSIONS.contains(&known.as_str()) => Ok(()),
        Some(Value::String(other)) => Err(DocumentError::Version(format!("`{other}`"))),
        Some(_) => Err(DocumentError::Version("not a string".to_owned())),
    }
}

fn called(statement: &Value, index: usize) -> String {
    match statement.get("Sid").and_then(Value::as_str) {
        Some(sid) if !sid.is_empty() => format!("`{sid}`"),
        _ => (index + 1).to_string(),
    }
}

fn statement(value: &Value) -> Result<(), StatementFault> {
    let statement = value.as_object().ok_or(StatementFault::NotAnObject)?;
    for key in statement.keys() {
        if PRINCIPALS.contains(&key.as_str()) {
            return Err(StatementFault::Principal(key.clone()));
        }
        if !STATEMENT_ELEMENTS.contains(&key.as_str()) {
            return Err(StatementFault::UnknownElement(key.clone()));
        }
    }
    if !matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")) {
        return Err(StatementFault::Effect);
    }
    if !one_of(statement, "Action", "NotAction")? {
        return Err(StatementFault::NoActions);
    }
    if !one_of(statement, "Resource", "NotResource")? {
        return Err(StatementFault::NoResources);
    }
    condition(statement.get("Condition"))
}

/// Returns whether one of two elements that exclude each other is there and names something.
fn one_of(statement: &Map<String, Value>, name: &'static str, negated: &'static str) -> Result<bool, StatementFault> {
    match (statement.get(name), statement.get(negated)) {
        (Some(_), Some(_)) => Err(StatementFault::Both(name, negated)),
        (Some(value), None) => names_something(value).ok_or(StatementFault::NotStrings(name)),
        (None, Some(value)) => names_something(value).ok_or(StatementFault::NotStrings(negated)),
        (None, None) => Ok(false),
    }
}

/// Returns whether a string or list of strings names anything, or `None` if it is neither.
fn names_something(value: &Value) -> Option<bool> {
    match value {
        Value::String(name) => Some(!name.is_empty()),
        Value::Array(names) if names.iter().all(Value::is_string) => Some(!names.is_empty()),
        _ => None,
    }
}

fn condition(condition: Option<&Value>) -> Result<(), StatementFault> {
    let Some(condition) = condition else { return Ok(()) };
    let operators = condition.as_object().ok_or(StatementFault::Condition)?;
    if operators.values().all(Value::is_object) {
        Ok(())
    } else {
        Err(StatementFault::Condition)
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{DocumentError, PolicyDocument, StatementFault};

    fn error_of(text: &str) -> DocumentError {
        PolicyDocument::parse(text).unwrap_err()
    }

    /// The error of a document whose one statement has these members.
    fn statement_error(members: &str) -> DocumentError {
        error_of(&format!(r#"{{"Version":"2012-10-17","Statement":[{{{members}}}]}}"#))
    }

    #[test]
    fn a_document_may_lack_a_version_and_have_one_statement_without_a_list() {
        let text = r#"{"Statement":{"Effect":"Deny","NotAction":"iam:*","NotResource":["a","b"]}}"#;
        assert_eq!(PolicyDocument::parse(text).unwrap().text(), text);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, message) in [
            (
                "nonsense",
                "the document is not valid JSON: expected ident at line 1 column 2",
            ),
            ("[]", "the document is not a JSON object"),
            (
                r#"{"version":"2012-10-17"}"#,
                "unknown element `version` in the document",
            ),
            (
                r#"{"Version":"2012-10-18"}"#,
                "`Version` is `2012-10-18`, not `2012-10-17` (or the old `2008-10-17`)",
            ),
            (
                r#"{"Version":"2012-10-17","Statement":[]}"#,
                "the document has no `Statement`",
            ),
            (r#"{"Statement":[1]}"#, "statement 1: it is not a JSON object"),
        ] {
            assert_eq!(error_of(text).to_string(), message);
        }
    }

    #[test]
    fn a_statement_is_named_by_its_sid() {
        let error = statement_error(r#""Sid":"Read","Effect":"allow","Action":"s3:*","Resource":"*""#);
        assert_eq!(
            error.to_string(),
            "statement `Read`: `Effect` must be `Allow` or `Deny`"
        );
    }

    #[test]
    fn each_fault_has_the_message_that_iam_answers() {
        for (members, message) in [
            (
                r#""Effect":"Allow","Resource":"*""#,
                "Policy statement must contain actions.",
            ),
            (
                r#""Effect":"Allow","Action":[],"Resource":"*""#,
                "Policy statement must contain actions.",
            ),
            (
                r#""Effect":"Allow","Action":"s3:*""#,
                "Policy statement must contain resources.",
            ),
            (
                r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*""#,
                "Policy document should not specify a principal.",
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*""#,
                "Syntax errors in policy.",
            ),
            (
                r#""Effect":"Allow","Action":[1],"Resource":"*""#,
                "Syntax errors in policy.",
            ),
            (
                r#""Effect":"Allow","Actions":"s3:*","Resource":"*""#,
                "Syntax errors in policy.",
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":[]"#,
                "Syntax errors in policy.",
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":"x"}"#,
                "Syntax errors in policy.",
            ),
        ] {
            assert_eq!(statement_error(members).iam_message(), message, "{members}");
        }
        assert_eq!(error_of("nonsense").iam_message(), "This policy contains invalid Json");
    }

    #[test]
    fn a_repeated_key_cannot_hide_an_effect() {
        let error = statement_error(r#""Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*""#);
        assert!(matches!(&error, DocumentError::Json(reason) if reason.starts_with("duplicate key `Effect`")));
    }

    #[test]
    fn the_second_of_two_statements_is_found() {
        let good = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
        let error = error_of(&format!(
            r#"{{"Statement":[{good},{{"Effect":"Allow","Action":"s3:*"}}]}}"#
        ));
        let expected = DocumentError::Statement {
            statement: "2".to_owned(),
            fault: StatementFault::NoResources,
        };
        assert_eq!(error, expected);
    }
}
