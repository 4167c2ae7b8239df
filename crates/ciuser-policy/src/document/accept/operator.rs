//! The names of condition operators.

use super::Faults;
use crate::document::fault::Fault;
use crate::document::model::OperatorBlock;

/// "IAM JSON policy elements: Condition operators".
pub(crate) const OPERATORS: [&str; 27] = [
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
];

/// Checks the operator of a block. One without keys says nothing, and IAM does not look at its name.
pub(super) fn check(block: &OperatorBlock, faults: &mut Faults) {
    let operator = &block.operator;
    if !block.keys.is_empty() && !is_known(&operator.value) {
        faults.push((Fault::Operator(operator.value.clone()), operator.span));
    }
}

/// Returns whether IAM knows an operator, with or without a quantifier and `IfExists`. Whether it would take one in other
/// case is not known: such a one is not taken.
fn is_known(operator: &str) -> bool {
    OPERATORS.contains(&bare(operator))
}

/// Returns an operator without its quantifier and suffix.
pub(super) fn bare(operator: &str) -> &str {
    let unquantified = ["ForAnyValue:", "ForAllValues:"];
    let unquantified = unquantified
        .into_iter()
        .find_map(|quantifier| operator.strip_prefix(quantifier));
    let bare = unquantified.unwrap_or(operator);
    bare.strip_suffix("IfExists").unwrap_or(bare)
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn an_operator_may_have_a_quantifier_and_if_exists() {
        for operator in [
            "Bool",
            "BoolIfExists",
            "ForAnyValue:StringLikeIfExists",
            "ForAllValues:ArnEquals",
        ] {
            assert!(is_known(operator), "{operator}");
        }
        for operator in [
            "",
            "bool",
            "StringLikes",
            "ForAnyValue::StringLike",
            "ForSomeValues:Bool",
            "IfExists",
        ] {
            assert!(!is_known(operator), "{operator}");
        }
    }
}
