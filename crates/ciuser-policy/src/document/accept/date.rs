//! What a `Date...` operator compares with: a date of ISO 8601 in one of the forms that the W3C lists, or seconds.

use super::{Faults, operator};
use crate::document::fault::Fault;
use crate::document::model::{OperatorBlock, Scalar};

/// The years that IAM's parser counts, which are Java's.
const YEARS: std::ops::RangeInclusive<i64> = -292_275_054..=292_278_993;

pub(super) fn check(block: &OperatorBlock, faults: &mut Faults) {
    if !operator::bare(&block.operator.value).starts_with("Date") {
        return;
    }
    for value in block.keys.iter().flat_map(|(_, values)| values.iter()) {
        if matches!(value.value, Scalar::Bool(_)) || !is_date(value.value.as_str()) {
            let text = value.value.as_str().to_owned();
            faults.push((Fault::Date(text), value.span));
        }
    }
}

/// Returns whether IAM takes a text for a date.
fn is_date(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    if !text.contains(['t', '-']) {
        return text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<i64>().is_ok();
    }
    let (date, time) = text.split_once('t').unwrap_or((&text, ""));
    is_day(date) && (time.is_empty() || is_time(time))
}

/// `-?YEAR[-MONTH[-DAY]]`.
fn is_day(date: &str) -> bool {
    let (sign, rest) = date.strip_prefix('-').map_or((1, date), |rest| (-1, rest));
    let mut parts = rest.split('-');
    let year = parts
        .next()
        .filter(|year| !year.is_empty() && year.bytes().all(|byte| byte.is_ascii_digit()));
    let year = year
        .and_then(|year| year.parse::<i64>().ok())
        .is_some_and(|year| YEARS.contains(&(sign * year)));
    let month = parts.next().is_none_or(|month| is_number(month, 1..=12));
    let day = parts.next().is_none_or(|day| is_number(day, 1..=31));
    year && month && day && parts.next().is_none()
}

/// `HOUR[:MINUTE[:SECOND[.FRACTION]][ZONE]]`.
fn is_time(time: &str) -> bool {
    let (clock, zone) = match time.find(['z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, ""),
    };
    let mut parts = clock.split(':');
    let hour = parts.next().is_some_and(|hour| is_number(hour, 0..=23));
    let minute = parts.next().map(|minute| is_number(minute, 0..=59));
    let second = parts.next().is_none_or(is_second);
    let zone = zone.is_empty() || (minute.is_some() && is_zone(zone));
    hour && minute != Some(false) && second && zone && parts.next().is_none()
}

/// A second with up to nine digits behind the point.
fn is_second(second: &str) -> bool {
    let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let is_fraction = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_number(whole, 0..=59) && is_fraction
}

/// `z`, or the hours and perhaps minutes that a clock is ahead or behind.
fn is_zone(zone: &str) -> bool {
    let Some(ahead) = zone.strip_prefix(['+', '-']) else {
        return zone == "z";
    };
    let (hours, minutes) = ahead.split_once(':').unwrap_or((ahead, "00"));
    hours.len() == 2 && is_number(hours, 0..=23) && minutes.len() == 2 && is_number(minutes, 0..=59)
}

/// Returns whether a text is a number of one or two digits within a range.
fn is_number(text: &str, range: std::ops::RangeInclusive<u8>) -> bool {
    matches!(text.len(), 1 | 2)
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse().is_ok_and(|number| range.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates_of_iso_8601_and_seconds_are_dates() {
        for date in [
            "2017-07-01T00:00:00Z",
            "2017-07",
            "2017-07-01",
            "01T",
            "2016-12-13t2:00:00.593194+23",
            "2016-12-13T21:20:37.593194+00:00",
            "2016-12-13T21:20:37-05:00",
            "2016-12-13T21:20Z",
            "2016-12-13T21:20",
            "-292275054",
            "0",
            "1480896000",
            "9223372036854775807",
        ] {
            assert!(is_date(date), "{date}");
        }
    }

    #[test]
    fn what_is_neither_is_none() {
        for text in [
            "",
            "tomorrow",
            "234-13",
            "2017-02-32",
            "2017-02-03-04",
            "2017-01-01Z",
            "2016-12-13T24:00",
            "2016-12-13T23:60",
            "2016-12-13T21Z",
            "2016-12-13t2:00:00.593194+1",
            "2016-12-13t2:00:00.1999999999+10:59",
            "2016-12-13T21:20:37+05:60",
            "-292275055",
            "292278994-01",
            "-1480896000000",
            "+5",
            "1_000",
            " 1",
            "9223372036854775808",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
