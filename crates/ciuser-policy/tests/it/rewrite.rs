//! Writes a policy in another way that means the same: for proofs that must not be able to take a short cut.
//!
//! Statements are split by their actions, resources and values, and shuffled; a pattern is replaced by several that
//! together match the same texts (`Get*` by `Get` and `Get?*`); operators by others that mean the same. Where the dice do none
//! of it, or it cannot be done, a statement is split by whether a request has some key.

use serde_json::{Map, Value, json};

/// A source of decisions, the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides.max(1) as u64).unwrap_or_default()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.roll(at + 1));
        }
    }
}

/// Returns a document that means the same as an identity-based policy.
pub(crate) fn rewritten(document: &Value, dice: &mut Dice) -> Value {
    let statements = statements(document);
    let mut rewritten = Vec::new();
    for statement in &statements {
        split(statement, dice, &mut rewritten);
    }
    if pieces(&rewritten) == pieces(&statements) {
        let at = dice.roll(rewritten.len());
        let with_key = by_presence(&mut rewritten[at]);
        rewritten.push(with_key);
    }
    dice.shuffle(&mut rewritten);
    let mut other = document.clone();
    other["Statement"] = Value::Array(rewritten);
    other
}

fn statements(document: &Value) -> Vec<Value> {
    match &document["Statement"] {
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    }
}

/// Returns how many statements there are, and values in their lists.
fn pieces(statements: &[Value]) -> (usize, usize) {
    let elements = ["Action", "NotAction", "Resource", "NotResource"];
    let values = statements
        .iter()
        .flat_map(|statement| elements.map(|element| &statement[element]));
    (statements.len(), values.map(|values| texts(values).len()).sum())
}

/// Leaves a statement the requests without some key; returns one for those that have it.
fn by_presence(statement: &mut Value) -> Value {
    const KEY: &str = "aws:RequestTag/rewritten";
    let mut other = statement.clone();
    statement["Condition"]["Null"][KEY] = json!("true");
    other["Condition"]["Null"][KEY] = json!("false");
    other
}

/// Splits a statement into some that together match the same requests.
fn split(statement: &Value, dice: &mut Dice, into: &mut Vec<Value>) {
    let mut parts = vec![statement.as_object().cloned().unwrap_or_default()];
    parts[0].remove("Sid");
    for element in ["Action", "Resource"] {
        parts = parts.into_iter().flat_map(|part| halves(part, element, dice)).collect();
    }
    for mut part in parts {
        for element in ["Action", "NotAction", "Resource", "NotResource"] {
            if let Some(values) = part.get(element) {
                let is_action = element.ends_with("Action");
                let mut texts: Vec<String> = texts(values)
                    .iter()
                    .flat_map(|text| several(text, is_action, dice))
                    .collect();
                dice.shuffle(&mut texts);
                part.insert(element.to_owned(), json!(texts));
            }
        }
        if let Some(conditions) = part.get("Condition").and_then(Value::as_object) {
            let conditions: Map<String, Value> = conditions
                .iter()
                .map(|(operator, keys)| other_operator(operator, keys))
                .collect();
            // Two operators may have become the same one; then nothing is rewritten here.
            if conditions.len() == part["Condition"].as_object().map_or(0, Map::len) {
                part.insert("Condition".to_owned(), Value::Object(conditions));
            }
        }
        into.push(Value::Object(part));
    }
}

/// Puts some of the element's values into one statement and the others into another one.
fn halves(part: Map<String, Value>, element: &str, dice: &mut Dice) -> Vec<Map<String, Value>> {
    let Some(values) = part.get(element) else {
        return vec![part];
    };
    let mut texts = texts(values);
    if texts.len() < 2 || dice.roll(2) == 0 {
        return vec![part];
    }
    dice.shuffle(&mut texts);
    let others = texts.split_off(1 + dice.roll(texts.len() - 1));
    [texts, others]
        .into_iter()
        .map(|texts| {
            let mut half = part.clone();
            half.insert(element.to_owned(), json!(texts));
            half
        })
        .collect()
}

fn texts(values: &Value) -> Vec<String> {
    let one = |value: &Value| value.as_str().map(str::to_owned);
    match values {
        Value::Array(list) => list.iter().filter_map(one).collect(),
        single => one(single).into_iter().collect(),
    }
}

/// Returns patterns that together match what one matches: where it ends with a star, the text before it, and the rest.
fn several(pattern: &str, is_action: bool, dice: &mut Dice) -> Vec<String> {
    let splittable = if is_action {
        pattern.split_once(':').is_some_and(|(_, name)| name.len() > 1)
    } else {
        // In a shorter ARN a star at the end means more than in a part of a complete one.
        pattern.splitn(6, ':').nth(5).is_some_and(|resource| resource.len() > 1)
    };
    match pattern.strip_suffix('*') {
        Some(before) if splittable && !before.ends_with(['*', '$', '{']) && dice.roll(2) == 0 => {
            let mut longer = several(&format!("{before}?*"), is_action, dice);
            longer.push(before.to_owned());
            longer
        }
        _ => vec![pattern.to_owned()],
    }
}

/// Writes an operator as another one that means the same, its values as a list or as one.
fn other_operator(operator: &str, keys: &Value) -> (String, Value) {
    let wild = keys.to_string().contains(['*', '?']);
    let other = match operator {
        "StringEquals" if !wild => "StringLike",
        "StringNotEquals" if !wild => "StringNotLike",
        "ForAnyValue:StringEquals" if !wild => "ForAnyValue:StringLike",
        "ForAllValues:StringEquals" if !wild => "ForAllValues:StringLike",
        "ArnLike" => "ArnEquals",
        "ArnEquals" => "ArnLike",
        "ArnNotLike" => "ArnNotEquals",
        same => same,
    };
    let keys = keys.as_object().into_iter().flatten().map(|(key, values)| {
        let values = match values {
            Value::Array(list) => list.iter().rev().cloned().collect(),
            one => vec![one.clone()],
        };
        (key.to_uppercase(), Value::Array(values))
    });
    (other.to_owned(), Value::Object(keys.collect()))
}
