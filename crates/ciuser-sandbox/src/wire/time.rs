//! The ways in which AWS writes a time.

use jiff::Timestamp;

/// Returns the time as the XML protocols write it: `2026-11-23T18:59:15Z`.
pub(crate) fn iso_8601(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Returns the time as HTTP's `Date` header writes it: `Mon, 23 Nov 2026 18:59:15 GMT`.
pub(crate) fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Returns the time without its fraction of a second: IAM's dates have none.
pub(crate) fn to_the_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_aws_writes_them() {
        let time: Timestamp = "2026-11-23T18:59:15.987Z".parse().unwrap();
        assert_eq!(iso_8601(time), "2026-11-23T18:59:15Z");
        assert_eq!(http_date(time), "Mon, 23 Nov 2026 18:59:15 GMT");
        assert_eq!(to_the_second(time).to_string(), "2026-11-23T18:59:15Z");
    }
}
