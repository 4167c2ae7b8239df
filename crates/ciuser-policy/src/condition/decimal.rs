//! Numbers as policies compare them: exact decimals.

/// Digits behind the point that are kept.
const PLACES: u32 = 18;
const ONE: i128 = 10_i128.pow(PLACES);

/// A number with up to eighteen digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

impl Decimal {
    /// Reads a decimal number. Nothing for another text, for an exponent, and for more digits than are kept.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(part) {
            return None;
        }
        let part = part.trim_end_matches('0');
        let places = u32::try_from(part.len()).ok().filter(|places| *places <= PLACES)?;
        let part: i128 = if part.is_empty() { 0 } else { part.parse().ok()? };
        let scaled = whole.parse::<i128>().ok()?.checked_mul(ONE)?;
        let value = scaled.checked_add(part * 10_i128.pow(PLACES - places))?;
        Some(Self(if negative { -value } else { value }))
    }

    /// Returns the number times a thousand million, less what is behind the point then.
    pub(crate) fn in_billionths(self) -> i128 {
        self.0 / (ONE / 1_000_000_000)
    }

    /// Returns what is so many thousand-millionths.
    pub(crate) fn of_billionths(billionths: i128) -> Self {
        Self(billionths.saturating_mul(ONE / 1_000_000_000))
    }

    /// Returns the numbers next to this one on both sides, and itself.
    pub(crate) fn with_neighbours(self) -> [Self; 3] {
        [Self(self.0.saturating_sub(1)), self, Self(self.0.saturating_add(1))]
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (
            self.0.unsigned_abs() / ONE.unsigned_abs(),
            self.0.unsigned_abs() % ONE.unsigned_abs(),
        );
        if part == 0 {
            return write!(formatter, "{sign}{whole}");
        }
        let digits = format!("{part:018}");
        write!(formatter, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn numbers_are_compared_by_value_not_by_spelling() {
        for (one, other) in [("10", "10.0"), ("0.1", "+0.10"), ("-0", "0"), ("007", "7")] {
            assert_eq!(Decimal::read(one), Decimal::read(other), "{one} {other}");
        }
        assert!(Decimal::read("9007199254740993") > Decimal::read("9007199254740992"));
        assert!(Decimal::read("-1.5") < Decimal::read("-1.25"));
    }

    #[test]
    fn what_is_no_decimal_number_is_none() {
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1e3",
            "0x1",
            "1 ",
            "NaN",
            "1.0000000000000000001",
            "٣",
        ] {
            assert_eq!(Decimal::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_written_as_it_is_read() {
        for text in ["0", "-1.5", "12.000000000000000001"] {
            assert_eq!(Decimal::read(text).unwrap().to_string(), text);
        }
    }
}
