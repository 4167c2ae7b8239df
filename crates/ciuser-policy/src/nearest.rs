//! "Did you mean": the names most like one that does not exist.

/// Below this likeness a suggestion confuses more than it helps.
const LIKE_ENOUGH: f64 = 0.85;

/// More suggestions than these are a search, not an answer.
const AT_MOST: usize = 3;

/// Returns the few candidates most like `wanted`, best first; case does not count.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.truncate(AT_MOST);
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_or_of_case_finds_the_name() {
        let names = ["AmazonS3FullAccess", "CloudFrontFullAccess", "IAMFullAccess"];
        assert_eq!(nearest("amazons3fullacess", names).first(), Some(&"AmazonS3FullAccess"));
    }

    #[test]
    fn something_else_entirely_finds_nothing() {
        assert_eq!(nearest("zebra", ["AmazonS3FullAccess"]), Vec::<&str>::new());
    }
}
