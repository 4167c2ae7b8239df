//! From JSON to a typed document.
//!
//! The structure is that of the IAM User Guide's "Grammar of the IAM JSON policy language". Whether IAM accepts the names
//! in it is decided elsewhere.

use jsonc_parser::ast::{Object, ObjectProp, StringLit, Value};
use jsonc_parser::common::{Range, Ranged as _};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::PolicyKind;
use super::error::{DocumentError, StatementFault};
use super::model::{
    Document, Effect, Element, OneOrList, OperatorBlock, Principals, Scalar, Span, Statement, Strings, Version, Written,
};

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a document. The text must be JSON already: here it is read for the places.
pub(super) fn read(text: &str, kind: PolicyKind) -> Result<Document, DocumentError> {
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Off,
        tokens: false,
    };
    let parsed = parse_to_ast(text, &collect, &STRICT).map_err(|error| DocumentError::Json(error.to_string()))?;
    match parsed.value {
        Some(Value::Object(object)) => document(&object, kind),
        _ => Err(DocumentError::NotAnObject),
    }
}

fn document(object: &Object<'_>, kind: PolicyKind) -> Result<Document, DocumentError> {
    let mut version = None;
    let mut id = None;
    let mut statements = None;
    for member in &object.properties {
        match member.name.as_str() {
            "Version" => version = Some(read_version(&member.value)?),
            "Id" => id = Some(string(&member.value).ok_or_else(|| DocumentError::UnknownElement("Id".to_owned()))?),
            "Statement" => statements = Some(&member.value),
            other => return Err(DocumentError::UnknownElement(other.to_owned())),
        }
    }
    let statements = match statements {
        Some(Value::Object(one)) => OneOrList::One(numbered(&Value::Object(one.clone()), 0, kind)?),
        Some(Value::Array(list)) if !list.elements.is_empty() => {
            let read = list.elements.iter().enumerate();
            OneOrList::List(
                read.map(|(index, one)| numbered(one, index, kind))
                    .collect::<Result<_, _>>()?,
            )
        }
        _ => return Err(DocumentError::NoStatement),
    };
    Ok(Document {
        version,
        id,
        statements,
    })
}

fn read_version(value: &Value<'_>) -> Result<Written<Version>, DocumentError> {
    let written = string(value).ok_or_else(|| DocumentError::Version("not a string".to_owned()))?;
    let version = match written.value.as_str() {
        "2012-10-17" => Version::V2012,
        "2008-10-17" => Version::V2008,
        other => return Err(DocumentError::Version(format!("`{other}`"))),
    };
    Ok(Written {
        value: version,
        span: written.span,
    })
}

fn numbered(value: &Value<'_>, index: usize, kind: PolicyKind) -> Result<Statement, DocumentError> {
    let sid = |object: &Object<'_>| {
        let sid = object.get_string("Sid").map(|sid| sid.value.to_string());
        sid.filter(|sid| !sid.is_empty()).map(|sid| format!("`{sid}`"))
    };
    let called = value.as_object().and_then(sid);
    statement(value, kind).map_err(|fault| DocumentError::Statement {
        statement: called.unwrap_or_else(|| (index + 1).to_string()),
        fault,
    })
}

fn statement(value: &Value<'_>, kind: PolicyKind) -> Result<Statement, StatementFault> {
    let object = value.as_object().ok_or(StatementFault::NotAnObject)?;
    for member in &object.properties {
        let name = member.name.as_str();
        match name {
            "Principal" | "NotPrincipal" if !kind.has_principals() => {
                return Err(StatementFault::Principal(name.to_owned()));
            }
            "Sid" | "Effect" | "Principal" | "NotPrincipal" | "Action" | "NotAction" | "Resource" | "NotResource"
            | "Condition" => {}
            other => return Err(StatementFault::UnknownElement(other.to_owned())),
        }
    }
    let effect = object.get_string("Effect").ok_or(StatementFault::Effect)?;
    let effect = Written {
        value: match &*effect.value {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            _ => return Err(StatementFault::Effect),
        },
        span: span(effect.range),
    };
    let actions = one_of(object, "Action", "NotAction")?.ok_or(StatementFault::NoActions)?;
    let resources = one_of(object, "Resource", "NotResource")?;
    if resources.is_none() && kind != PolicyKind::Trust {
        return Err(StatementFault::NoResources);
    }
    Ok(Statement {
        span: span(object.range),
        sid: object.get_string("Sid").map(written),
        effect,
        principals: principals(object)?,
        actions,
        resources,
        conditions: object.get("Condition").map(conditions).transpose()?,
    })
}

/// Reads one of two elements that exclude each other; nothing when neither names anything.
fn one_of(
    object: &Object<'_>,
    name: &'static str,
    negated: &'static str,
) -> Result<Option<Element<Strings>>, StatementFault> {
    let (name, member, negated) = match (object.get(name), object.get(negated)) {
        (Some(_), Some(_)) => return Err(StatementFault::Both(name, negated)),
        (Some(member), None) => (name, member, false),
        (None, Some(member)) => (negated, member, true),
        (None, None) => return Ok(None),
    };
    let value = strings(&member.value).ok_or(StatementFault::NotStrings(name))?;
    let names_something = match &value {
        OneOrList::One(one) => !one.value.is_empty(),
        OneOrList::List(list) => !list.is_empty(),
    };
    Ok(names_something.then(|| Element {
        negated,
        name: span(member.name.range()),
        value,
    }))
}

fn principals(object: &Object<'_>) -> Result<Option<Element<Principals>>, StatementFault> {
    let (name, member, negated) = match (object.get("Principal"), object.get("NotPrincipal")) {
        (Some(_), Some(_)) => return Err(StatementFault::Both("Principal", "NotPrincipal")),
        (Some(member), None) => ("Principal", member, false),
        (None, Some(member)) => ("NotPrincipal", member, true),
        (None, None) => return Ok(None),
    };
    let value = match &member.value {
        Value::StringLit(everyone) if everyone.value == "*" => Principals::Everyone(span(everyone.range)),
        Value::Object(kinds) => {
            let of = |kind: &ObjectProp<'_>| Some((key(kind), strings(&kind.value)?));
            let kinds: Option<_> = kinds.properties.iter().map(of).collect();
            Principals::Of(kinds.ok_or(StatementFault::NotStrings(name))?)
        }
        _ => return Err(StatementFault::NotStrings(name)),
    };
    Ok(Some(Element {
        negated,
        name: span(member.name.range()),
        value,
    }))
}

fn conditions(member: &ObjectProp<'_>) -> Result<Written<Vec<OperatorBlock>>, StatementFault> {
    let operators = member.value.as_object().ok_or(StatementFault::Condition)?;
    let block = |operator: &ObjectProp<'_>| {
        let keys = operator.value.as_object()?.properties.iter();
        Some(OperatorBlock {
            operator: key(operator),
            keys: keys
                .map(|member| Some((key(member), scalars(&member.value)?)))
                .collect::<Option<_>>()?,
        })
    };
    let blocks: Option<_> = operators.properties.iter().map(block).collect();
    Ok(Written {
        value: blocks.ok_or(StatementFault::Condition)?,
        span: span(operators.range),
    })
}

fn strings(value: &Value<'_>) -> Option<Strings> {
    one_or_list(value, string)
}

fn scalars(value: &Value<'_>) -> Option<OneOrList<Written<Scalar>>> {
    one_or_list(value, |value| {
        let scalar = match value {
            Value::StringLit(text) => Scalar::String(text.value.to_string()),
            Value::NumberLit(number) => Scalar::Number(number.value.to_owned()),
            Value::BooleanLit(boolean) => Scalar::Bool(boolean.value),
            Value::Object(_) | Value::Array(_) | Value::NullKeyword(_) => return None,
        };
        Some(Written {
            value: scalar,
            span: span(value.range()),
        })
    })
}

fn one_or_list<T>(value: &Value<'_>, read: impl Fn(&Value<'_>) -> Option<T>) -> Option<OneOrList<T>> {
    match value {
        Value::Array(list) => Some(OneOrList::List(list.elements.iter().map(read).collect::<Option<_>>()?)),
        one => read(one).map(OneOrList::One),
    }
}

fn string(value: &Value<'_>) -> Option<Written<String>> {
    value.as_string_lit().map(written)
}

fn written(text: &StringLit<'_>) -> Written<String> {
    Written {
        value: text.value.to_string(),
        span: span(text.range),
    }
}

fn key(member: &ObjectProp<'_>) -> Written<String> {
    Written {
        value: member.name.as_str().to_owned(),
        span: span(member.name.range()),
    }
}

fn span(range: Range) -> Span {
    Span {
        start: range.start,
        end: range.end,
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
