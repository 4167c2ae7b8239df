//! `simulate`: decisions about requests; and the lines of `--requests`, in and out.

use std::borrow::Cow;
use std::fmt;

use ciuser_policy::evaluate::{self, Layer, Miss, Part, Verdict};
use ciuser_policy::request::Context;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

/// What policies say to requests.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Simulate<'a> {
    /// One decision for each action and each resource.
    pub(crate) decisions: Vec<Decided<'a>>,
    /// What `--expect` said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<&'static str>,
    /// Whether every decision is as `--expect` said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_expected: Option<bool>,
}

/// What policies say to one request.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Decided<'a> {
    /// The decision.
    pub(crate) decision: Decision,
    /// The action that was asked for.
    pub(crate) action: Cow<'a, str>,
    /// The resource.
    pub(crate) resource: Cow<'a, str>,
    /// The statements that decided: those that allow it, those that deny it, or those that are not understood.
    pub(crate) statements: Vec<StatementAt>,
    /// For an implicit deny: the kinds of policies that would have to allow it, and do not.
    pub(crate) missing: Vec<InLayer>,
    /// Statements about the action that the request misses, unless it is allowed. Not in the lines of `--requests`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) misses: Vec<Missed>,
}

/// What is decided about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Decision {
    /// It is allowed.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement denies it, and one that must allow it is missing.
    ImplicitDeny,
    /// It depends on something that is not understood, or that AWS does not document.
    Undetermined,
}

/// A kind of policy that has a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LayerName {
    /// The policies of the user and its groups, or of the role.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// The session policy.
    Session,
    /// Service control policies.
    ServiceControl,
    /// Resource control policies.
    ResourceControl,
    /// The policy of the resource.
    Resource,
}

/// A kind of policy, and for control policies the level of the organisation.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct InLayer {
    /// The kind.
    pub(crate) layer: LayerName,
    /// The level, the root being 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) level: Option<usize>,
}

/// A statement.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct StatementAt {
    #[serde(flatten)]
    layer: InLayer,
    /// The policy: its name, or its file as it was typed.
    policy: String,
    /// Which statement of the policy it is, counted from 1.
    number: usize,
    /// Its `Sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
}

/// A statement that a request misses.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Missed {
    #[serde(flatten)]
    statement: StatementAt,
    /// `Allow` or `Deny`.
    effect: &'static str,
    /// What of it does not hold: `Action`, `Resource`, `Principal`, or a condition key.
    fails: Vec<String>,
    /// What of it is not understood, in the same words.
    not_understood: Vec<String>,
}

impl<'a> Decided<'a> {
    /// Describes a verdict.
    pub(crate) fn of(
        action: impl Into<Cow<'a, str>>,
        resource: impl Into<Cow<'a, str>>,
        verdict: &Verdict,
        misses: &[Miss],
    ) -> Decided<'a> {
        Decided {
            decision: verdict.decision.into(),
            action: action.into(),
            resource: resource.into(),
            statements: verdict.deciding.iter().map(StatementAt::of).collect(),
            missing: verdict.missing.iter().copied().map(InLayer::of).collect(),
            misses: misses.iter().map(Missed::of).collect(),
        }
    }
}

impl From<evaluate::Decision> for Decision {
    fn from(decision: evaluate::Decision) -> Decision {
        match decision {
            evaluate::Decision::Allowed => Decision::Allowed,
            evaluate::Decision::ExplicitDeny => Decision::ExplicitDeny,
            evaluate::Decision::ImplicitDeny => Decision::ImplicitDeny,
            evaluate::Decision::Undetermined => Decision::Undetermined,
        }
    }
}

impl InLayer {
    fn of(layer: Layer) -> InLayer {
        let (layer, level) = match layer {
            Layer::Identity => (LayerName::Identity, None),
            Layer::Boundary => (LayerName::Boundary, None),
            Layer::Session => (LayerName::Session, None),
            Layer::ServiceControl(level) => (LayerName::ServiceControl, Some(level)),
            Layer::ResourceControl(level) => (LayerName::ResourceControl, Some(level)),
            Layer::Resource => (LayerName::Resource, None),
        };
        InLayer { layer, level }
    }
}

impl StatementAt {
    /// Describes a statement.
    pub(crate) fn of(at: &evaluate::StatementAt) -> StatementAt {
        StatementAt {
            layer: InLayer::of(at.layer),
            policy: at.policy.clone(),
            number: at.index + 1,
            sid: at.sid.clone(),
        }
    }
}

impl Missed {
    fn of(miss: &Miss) -> Missed {
        let words = |parts: &[Part]| parts.iter().map(part_in_words).collect();
        Missed {
            statement: StatementAt::of(&miss.statement),
            effect: miss.effect.as_str(),
            fails: words(&miss.fails),
            not_understood: words(&miss.not_understood),
        }
    }
}

fn part_in_words(part: &Part) -> String {
    match part {
        Part::Action => "Action".to_owned(),
        Part::Resource => "Resource".to_owned(),
        Part::Principal => "Principal".to_owned(),
        Part::Condition(key) => key.clone(),
    }
}

/// One request: a line of the file that `policies simulate --requests` reads.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SimulateRequest<'a> {
    /// The action: `s3:GetObject`.
    #[serde(borrow)]
    pub(crate) action: Cow<'a, str>,
    /// The ARN of the resource; `*` if absent.
    #[serde(borrow, default = "any_resource")]
    pub(crate) resource: Cow<'a, str>,
    /// Condition keys, each with its value or values. Keys that follow from the principal need not be given.
    #[serde(default, deserialize_with = "context")]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, ContextValues>"))]
    pub(crate) context: Context,
    /// Who asks, as `--principal` has it, which counts if absent.
    #[serde(borrow, default)]
    pub(crate) principal: Option<Cow<'a, str>>,
    /// The account of the resource, as `--resource-account` has it, which counts if absent.
    #[serde(borrow, default)]
    pub(crate) resource_account: Option<Cow<'a, str>>,
}

/// The value of a condition key, or its values.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "the value of a condition key is neither a string nor a list of strings"
)]
enum ContextValues {
    One(ContextValue),
    Several(Vec<ContextValue>),
}

/// A value: a text, or a number or boolean, which stands for its text.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
enum ContextValue {
    Text(String),
    Number(serde_json::Number),
    Boolean(bool),
}

fn any_resource<'a>() -> Cow<'a, str> {
    Cow::Borrowed("*")
}

/// Reads condition keys. A key that is there twice is an error: readers differ in which of the two counts.
fn context<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Context, D::Error> {
    struct Keys;
    impl<'de> Visitor<'de> for Keys {
        type Value = Context;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object of condition keys")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Context, A::Error> {
            let mut context = Context::default();
            while let Some((key, values)) = members.next_entry::<Cow<'de, str>, ContextValues>()? {
                if !context.values(&key).is_empty() {
                    return Err(A::Error::custom(format_args!("condition key `{key}` is there twice")));
                }
                for value in values.into_vec() {
                    context.add(&key, value);
                }
            }
            Ok(context)
        }
    }
    deserializer.deserialize_map(Keys)
}

impl ContextValues {
    fn into_vec(self) -> Vec<String> {
        let values = match self {
            ContextValues::One(one) => vec![one],
            ContextValues::Several(several) => several,
        };
        let texts = values.into_iter().map(|value| match value {
            ContextValue::Text(text) => text,
            ContextValue::Number(number) => number.to_string(),
            ContextValue::Boolean(boolean) => boolean.to_string(),
        });
        texts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<SimulateRequest<'_>, String> {
        serde_json::from_str(line).map_err(|error| error.to_string())
    }

    #[test]
    fn a_request_needs_an_action_only() {
        let request = read(r#"{"action":"s3:ListAllMyBuckets"}"#).unwrap();
        assert_eq!((&*request.action, &*request.resource), ("s3:ListAllMyBuckets", "*"));
        assert_eq!(request.context, Context::default());
    }

    #[test]
    fn values_are_texts_numbers_and_booleans_alone_or_in_lists() {
        let request = read(r#"{"action":"a:b","context":{"One":"x","two":[true,3,"y"],"none":[],"n":-1.5}}"#).unwrap();
        let expected = [("one", "x"), ("two", "true"), ("two", "3"), ("two", "y"), ("n", "-1.5")];
        assert_eq!(request.context, expected.into_iter().collect());
    }

    #[test]
    fn what_is_not_a_request_is_an_error() {
        for (line, message) in [
            (r#"{"resource":"*"}"#, "missing field `action`"),
            (r#"{"action":"a:b","ressource":"*"}"#, "unknown field `ressource`"),
            (r#"{"action":"a:b","action":"a:c"}"#, "duplicate field `action`"),
            (
                r#"{"action":"a:b","context":{"K":"1","k":"2"}}"#,
                "condition key `k` is there twice",
            ),
            (
                r#"{"action":"a:b","context":{"k":{}}}"#,
                "neither a string nor a list of strings",
            ),
            (
                r#"{"action":"a:b","context":{"k":[["nested"]]}}"#,
                "neither a string nor a list of strings",
            ),
            ("[]", "invalid length"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(message), "{line}: {error}");
        }
    }
}
