//! What values a condition key has.

/// The type of a condition key's values, in AWS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// An ARN.
    Arn,
    /// Several ARNs.
    ArrayOfArn,
    /// Several times `true` or `false`.
    ArrayOfBool,
    /// Several texts.
    ArrayOfString,
    /// `true` or `false`.
    Bool,
    /// A time.
    Date,
    /// A time that can be compared as a number too: `aws:EpochTime`.
    DateOrNumeric,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A number.
    Numeric,
    /// A text.
    String,
    /// A text or an ARN, depending on who federates: `aws:FederatedProvider`.
    StringOrArn,
}

impl ValueType {
    const ALL: [Self; 11] = [
        Self::Arn,
        Self::ArrayOfArn,
        Self::ArrayOfBool,
        Self::ArrayOfString,
        Self::Bool,
        Self::Date,
        Self::DateOrNumeric,
        Self::IpAddress,
        Self::Numeric,
        Self::String,
        Self::StringOrArn,
    ];

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value_type| value_type.name() == name)
    }

    /// Returns AWS's word for it, as `ArrayOfString`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arn => "ARN",
            Self::ArrayOfArn => "ArrayOfARN",
            Self::ArrayOfBool => "ArrayOfBool",
            Self::ArrayOfString => "ArrayOfString",
            Self::Bool => "Bool",
            Self::Date => "Date",
            Self::DateOrNumeric => "DateOrNumeric",
            Self::IpAddress => "IPAddress",
            Self::Numeric => "Numeric",
            Self::String => "String",
            Self::StringOrArn => "StringOrArn",
        }
    }

    /// Returns whether a request may have several values of the key, so that conditions on it need a set operator
    /// (`ForAllValues`, `ForAnyValue`).
    pub fn is_multivalued(self) -> bool {
        matches!(self, Self::ArrayOfArn | Self::ArrayOfBool | Self::ArrayOfString)
    }
}
