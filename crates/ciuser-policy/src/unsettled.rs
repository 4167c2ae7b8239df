//! What AWS does not document, or documents in two ways: each a switch, with the safe answer as its default.

/// How to read what AWS's documentation leaves open.
///
/// Under the defaults such a case is `Undetermined`, unless something else decides: no gate lets it pass, and no proof
/// rests on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Unsettled {
    /// A condition operator without `ForAllValues` or `ForAnyValue`, and a request with several values for its key.
    pub several_values: SeveralValues,
    /// `Null`, and a request whose value for the key is the empty string.
    pub empty_value: EmptyValue,
    /// `ForAnyValue:...IfExists`, and a request without the key.
    pub any_value_if_exists: AnyValueIfExists,
    /// An operator whose name is written in another case: `stringequals`.
    pub operator_case: OperatorCase,
}

/// A plain operator meets several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum SeveralValues {
    /// It is not known whether the condition holds.
    #[default]
    Unknown,
    /// The condition does not hold.
    NoMatch,
}

/// `Null` meets an empty value. The IAM User Guide says of it that "the key exists and its value is not null", and of
/// set operators that an empty string is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum EmptyValue {
    /// It is not known which it counts as.
    #[default]
    Unknown,
    /// It counts as no value.
    Absent,
    /// It counts as a value.
    Present,
}

/// `ForAnyValue` with `...IfExists` meets no key. The IAM User Guide says of `ForAnyValue` that it does not hold then, and of
/// `...IfExists` that every operator does. Whoever tried it says that it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AnyValueIfExists {
    /// It is not known whether the condition holds.
    #[default]
    Unknown,
    /// The condition holds.
    Match,
    /// The condition does not hold.
    NoMatch,
}

/// The case of operator names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OperatorCase {
    /// Names are known in the case in which AWS writes them.
    #[default]
    Counts,
    /// Case makes no difference.
    Ignored,
}
