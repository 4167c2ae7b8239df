//! Instants as policies write them: the W3C's profile of ISO 8601, or seconds since 1970.

use jiff::Timestamp;

use super::decimal::Decimal;

/// An instant, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Instant(i128);

impl Instant {
    /// Reads an instant: `2026`, `2026-11`, `2026-11-29`, `2026-11-29T13:36Z`, `2026-11-29T13:36:00.5+01:00`; or seconds,
    /// which four digits are not. What is left out is the first of its kind.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() != 4
            && let Some(seconds) = Decimal::read(text)
        {
            return Some(Self(seconds.in_billionths()));
        }
        let whole = match text.len() {
            4 => format!("{text}-01-01T00:00:00Z"),
            7 => format!("{text}-01T00:00:00Z"),
            10 => format!("{text}T00:00:00Z"),
            _ => text.to_owned(),
        };
        let instant: Timestamp = whole.parse().ok()?;
        Some(Self(instant.as_nanosecond()))
    }

    /// Returns the instants next to this one on both sides, and itself.
    pub(crate) fn with_neighbours(self) -> [Self; 3] {
        [Self(self.0.saturating_sub(1)), self, Self(self.0.saturating_add(1))]
    }

    /// Writes the instant as a request could have it: in seconds, if it is outside of the years that have four digits.
    pub(crate) fn written(self) -> String {
        match Timestamp::from_nanosecond(self.0) {
            Ok(instant) => instant.to_string(),
            Err(_) => Decimal::of_billionths(self.0).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Instant;

    #[test]
    fn one_instant_may_be_written_in_many_ways() {
        let midnight = Instant::read("2026-11-29T00:00:00Z").unwrap();
        for text in [
            "2026-11-29",
            "2026-11-29T00:00Z",
            "2026-11-29T01:00:00+01:00",
            "2026-11-28T19:00-05:00",
            "1795910400",
            "1795910400.0",
        ] {
            assert_eq!(Instant::read(text), Some(midnight), "{text}");
        }
        assert_eq!(Instant::read("2026"), Instant::read("2026-01-01T00:00:00Z"));
        assert_eq!(Instant::read("2026-11"), Instant::read("2026-11-01"));
    }

    #[test]
    fn what_is_no_instant_is_none() {
        for text in [
            "",
            "soon",
            "2026-13",
            "2026-11-31",
            "2026-11-29T25:00Z",
            "2026-11-29T00:00:00",
        ] {
            assert_eq!(Instant::read(text), None, "{text}");
        }
    }

    #[test]
    fn an_instant_is_written_as_it_is_read() {
        for written in ["2026-11-29", "1893456000000", "-1893456000000.5", "253402300800"] {
            for instant in Instant::read(written).unwrap().with_neighbours() {
                assert_eq!(Instant::read(&instant.written()), Some(instant), "{written}");
            }
        }
    }
}
