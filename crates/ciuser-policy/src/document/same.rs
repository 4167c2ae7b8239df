//! When two documents differ in writing only.

use super::model::{Document, Effect, Element, OneOrList, Principals, Scalar, Statement, Strings, Version, Written};

impl Document {
    /// Returns whether two documents differ in writing only: white space, the order of elements, a single value or a
    /// list of one, the order of a list's values. The order of statements is a difference.
    pub fn same_as(&self, other: &Self) -> bool {
        Essence::of(self) == Essence::of(other)
    }
}

/// What is equal for documents that mean the same to the letter.
#[derive(PartialEq)]
struct Essence<'a> {
    version: Option<Version>,
    id: Option<&'a str>,
    statements: Vec<StatementEssence<'a>>,
}

#[derive(PartialEq)]
struct StatementEssence<'a> {
    sid: Option<&'a str>,
    effect: Effect,
    principals: Option<(bool, Option<ByName<'a, Names<'a>>>)>,
    actions: (bool, Names<'a>),
    resources: Option<(bool, Names<'a>)>,
    conditions: Option<ByName<'a, ByName<'a, Vec<&'a Scalar>>>>,
}

/// Sorted, as are all lists here.
type Names<'a> = Vec<&'a str>;

type ByName<'a, T> = Vec<(&'a str, T)>;

impl<'a> Essence<'a> {
    fn of(document: &'a Document) -> Self {
        Self {
            version: document.version.as_ref().map(|version| version.value),
            id: document.id.as_ref().map(|id| id.value.as_str()),
            statements: document.statements.iter().map(StatementEssence::of).collect(),
        }
    }
}

impl<'a> StatementEssence<'a> {
    fn of(statement: &'a Statement) -> Self {
        let names = |element: &'a Element<Strings>| (element.negated, strings(&element.value));
        let conditions = statement.conditions.as_ref().map(|conditions| {
            let blocks = conditions.value.iter().map(|block| {
                let keys = block
                    .keys
                    .iter()
                    .map(|(key, values)| (key.value.as_str(), scalars(values)));
                (block.operator.value.as_str(), sorted(keys))
            });
            sorted(blocks)
        });
        Self {
            sid: statement.sid.as_ref().map(|sid| sid.value.as_str()),
            effect: statement.effect.value,
            principals: statement.principals.as_ref().map(principals),
            actions: names(&statement.actions),
            resources: statement.resources.as_ref().map(names),
            conditions,
        }
    }
}

/// Returns the principals by their kinds, or nothing for `"*"`.
fn principals(element: &Element<Principals>) -> (bool, Option<ByName<'_, Names<'_>>>) {
    let kinds = match &element.value {
        Principals::Everyone(_) => None,
        Principals::Of(kinds) => Some(sorted(
            kinds.iter().map(|(kind, names)| (kind.value.as_str(), strings(names))),
        )),
    };
    (element.negated, kinds)
}

fn strings(strings: &Strings) -> Names<'_> {
    sorted(strings.iter().map(|string| string.value.as_str()))
}

fn scalars(values: &OneOrList<Written<Scalar>>) -> Vec<&Scalar> {
    sorted(values.iter().map(|value| &value.value))
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items
}

#[cfg(test)]
mod tests {
    use crate::document::PolicyDocument;

    fn same(left: &str, right: &str) -> bool {
        PolicyDocument::parse(left)
            .unwrap()
            .same_as(&PolicyDocument::parse(right).unwrap())
    }

    const ONE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],
        "Resource":["*"],"Condition":{"StringEquals":{"aws:username":["x"]}}}]}"#;

    #[test]
    fn single_values_white_space_and_order_make_no_difference() {
        let other = r#" {"Statement":{"Condition":{"StringEquals":{"aws:username":"x"}},
            "Resource":"*","Action":["s3:List*","s3:Get*"],"Effect":"Allow"},"Version":"2012-10-17"}"#;
        assert!(PolicyDocument::parse(ONE).unwrap().same_as_text(other));
    }

    #[test]
    fn another_action_effect_or_version_is_a_difference() {
        for (from, to) in [
            ("s3:Get*", "s3:Put*"),
            ("Allow", "Deny"),
            ("2012", "2008"),
            (r#"["x"]"#, r#"["y"]"#),
            (r#"["x"]"#, r#"["x",true]"#),
            ("Resource", "NotResource"),
        ] {
            assert!(!same(ONE, &ONE.replace(from, to)), "{to}");
        }
    }

    #[test]
    fn text_that_is_no_document_is_not_the_same() {
        let document = PolicyDocument::parse(ONE).unwrap();
        assert!(!document.same_as_text("{"));
        assert!(!document.same_as_text(&ONE.replace(r#""Version""#, r#""Version":"2008-10-17","Version""#)));
    }
}
