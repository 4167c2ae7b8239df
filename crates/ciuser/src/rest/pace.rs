//! How long a server asks to wait, in the headers of an answer that was one too many.

use http::HeaderMap;
use http::header::RETRY_AFTER;
use jiff::SignedDuration;

/// Nobody waits longer because a server asked for it.
const LONGEST_PAUSE: i64 = 60;

/// The windows of the family `X-RateLimit-Remaining-Second`, in seconds.
const WINDOWS: [(&str, i64); 4] = [
    ("x-ratelimit-remaining-second", 1),
    ("x-ratelimit-remaining-minute", 60),
    ("x-ratelimit-remaining-hour", 3600),
    ("x-ratelimit-remaining-day", 86_400),
];

/// Returns how long to wait: what `Retry-After` says; else the longest that one of the two families of rate limit headers
/// tells. A form with a date is used by none of the services.
pub(super) fn asked_pause(headers: &HeaderMap) -> Option<SignedDuration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let spent = WINDOWS.iter().filter(|(name, _)| number(name) == Some(0));
    let limits = number("ratelimit-reset")
        .into_iter()
        .chain(spent.map(|(_, seconds)| *seconds));
    let seconds = number(RETRY_AFTER.as_str()).or_else(|| limits.max())?;
    Some(SignedDuration::from_secs(seconds.clamp(0, LONGEST_PAUSE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(headers: &[(&'static str, &str)]) -> Option<i64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        asked_pause(&HeaderMap::from_iter(headers)).map(|pause| pause.as_secs())
    }

    #[test]
    fn a_server_cannot_make_anybody_wait_for_long() {
        assert_eq!(seconds(&[("retry-after", "7")]), Some(7));
        assert_eq!(seconds(&[("retry-after", "86400")]), Some(60));
        assert_eq!(seconds(&[("retry-after", "-1")]), Some(0));
        assert_eq!(seconds(&[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")]), None);
        assert_eq!(seconds(&[("x-ratelimit-remaining-day", "0")]), Some(60));
    }

    #[test]
    fn without_retry_after_the_stricter_of_two_families_counts() {
        assert_eq!(seconds(&[]), None);
        assert_eq!(
            seconds(&[("ratelimit-reset", "9"), ("ratelimit-remaining", "0")]),
            Some(9)
        );
        let both = [("ratelimit-reset", "9"), ("x-ratelimit-remaining-minute", "0")];
        assert_eq!(seconds(&both), Some(60));
        let left = [
            ("x-ratelimit-remaining-second", "0"),
            ("x-ratelimit-remaining-hour", "800"),
        ];
        assert_eq!(seconds(&left), Some(1));
        assert_eq!(seconds(&[both[1], ("retry-after", "2")]), Some(2));
    }
}
