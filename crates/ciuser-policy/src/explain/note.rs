//! What is broader than it may seem, and what is not understood.

use super::{ExplainedStatement, Named};
use crate::document::{Document, Effect, Version};

/// Returns what a reader of the document should know, statement by statement.
pub(super) fn notes(document: &Document, statements: &[ExplainedStatement]) -> Vec<String> {
    let numbered = (1..).zip(statements);
    let mut notes: Vec<String> = numbered
        .flat_map(|(number, statement)| {
            let name = match &statement.sid {
                Some(sid) if !sid.is_empty() => format!("`{sid}`"),
                _ => format!("statement {number}"),
            };
            let about = about(statement).into_iter();
            about.map(move |note| format!("{name} {note}")).collect::<Vec<_>>()
        })
        .collect();
    if document.language() == Version::V2008 && statements.iter().any(has_a_variable) {
        notes.push("`${...}` is no variable here, but text: variables need `\"Version\": \"2012-10-17\"`".to_owned());
    }
    notes
}

fn about(statement: &ExplainedStatement) -> Vec<String> {
    let mut notes = Vec::new();
    let any_resource = statement.resources.as_ref().is_none_or(Named::is_everything);
    if statement.effect == Effect::Allow {
        let unconditional = statement.conditions.is_empty();
        if statement.actions.is_everything() && any_resource && unconditional && statement.principals.is_none() {
            notes.push("allows everything: whoever has it administers the account".to_owned());
        }
        if statement.actions.all_but {
            notes.push("allows every action that it does not name, those that AWS adds later too".to_owned());
        }
        if statement.resources.as_ref().is_some_and(|resources| resources.all_but) {
            notes.push("allows every resource that it does not name, those of other accounts too".to_owned());
        }
        if let Some(principals) = &statement.principals {
            if principals.is_everything() && unconditional {
                notes.push("allows anybody, in any account and without credentials".to_owned());
            }
            if principals.all_but {
                notes.push("allows everybody whom it does not name".to_owned());
            }
        }
    }
    let strange = statement.conditions.iter().filter(|condition| !condition.understood);
    notes.extend(strange.map(|condition| {
        format!(
            "has a condition that is not understood: `{}` on `{}`",
            condition.operator, condition.key
        )
    }));
    notes
}

fn has_a_variable(statement: &ExplainedStatement) -> bool {
    let resources = statement.resources.iter().flat_map(|resources| &resources.names);
    let values = statement.conditions.iter().flat_map(|condition| &condition.values);
    resources.chain(values).any(|text| text.contains("${"))
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::explain::explain;

    fn notes(version: &str, statement: &str) -> Vec<String> {
        let text = format!(r#"{{"Version":"{version}","Statement":{{"Effect":"Allow",{statement}}}}}"#);
        explain(&Document::read(&text).unwrap()).notes
    }

    #[test]
    fn what_is_broad_or_strange_is_noted() {
        let strange = r#""Sid":"Odd","Action":"s3:*","Resource":"*","Condition":{"Equals":{"k":"v"}}"#;
        for (statement, expected) in [
            (
                r#""Action":"*","Resource":"*""#,
                "statement 1 allows everything: whoever has it administers the account",
            ),
            (
                r#""NotAction":"iam:*","Resource":"arn:aws:s3:::a""#,
                "statement 1 allows every action that it does not name, those that AWS adds later too",
            ),
            (
                r#""Action":"s3:*","NotResource":"arn:aws:s3:::a""#,
                "statement 1 allows every resource that it does not name, those of other accounts too",
            ),
            (strange, "`Odd` has a condition that is not understood: `Equals` on `k`"),
        ] {
            assert_eq!(notes("2012-10-17", statement), [expected]);
        }
        assert_eq!(
            notes(
                "2012-10-17",
                r#""Principal":{"AWS":"*"},"Action":"s3:*","Resource":"*""#
            ),
            ["statement 1 allows anybody, in any account and without credentials"]
        );
    }

    #[test]
    fn a_variable_in_the_old_language_is_noted() {
        let statement = r#""Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}""#;
        assert_eq!(notes("2012-10-17", statement), Vec::<String>::new());
        assert_eq!(
            notes("2008-10-17", statement),
            ["`${...}` is no variable here, but text: variables need `\"Version\": \"2012-10-17\"`"]
        );
    }
}
