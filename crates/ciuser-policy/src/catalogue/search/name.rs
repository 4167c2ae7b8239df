//! How well a word is found in a policy's name, whose words are told apart by capitals: `AmazonS3FullAccess`.

use crate::catalogue::search::Rank;

/// Returns how well `word`, in lower case, is found in `name`.
pub(super) fn rank(word: &str, name: &str) -> Option<Rank> {
    let lower = name.to_ascii_lowercase();
    if lower == word {
        return Some(Rank::IsName);
    }
    if lower.starts_with(word) {
        return Some(Rank::StartsName);
    }
    let mut places = lower
        .match_indices(word)
        .map(|(start, _)| (start, start + word.len()))
        .peekable();
    places.peek()?;
    let borders = borders(name);
    let is_word = places.any(|(start, end)| borders.contains(&start) && borders.contains(&end));
    Some(if is_word { Rank::WordOfName } else { Rank::InName })
}

/// Returns where words of a name begin and end: at hyphens and underscores, where a capital follows a small letter or
/// a digit (`S3|Full`), and before the last of several capitals (`AWS|Elastic`).
fn borders(name: &str) -> Vec<usize> {
    let bytes = name.as_bytes();
    let mut borders = vec![0];
    for (index, window) in bytes.windows(2).enumerate() {
        let &[left, right] = window else { continue };
        let next_is_small = bytes.get(index + 2).is_some_and(u8::is_ascii_lowercase);
        let capital_begins = right.is_ascii_uppercase() && (!left.is_ascii_uppercase() || next_is_small);
        if capital_begins || !left.is_ascii_alphanumeric() || !right.is_ascii_alphanumeric() {
            borders.push(index + 1);
        }
    }
    borders.push(bytes.len());
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str) -> Vec<&str> {
        borders(name)
            .windows(2)
            .map(|pair| name.get(pair[0]..pair[1]).unwrap())
            .collect()
    }

    #[test]
    fn capitals_hyphens_and_digits_divide_a_name() {
        assert_eq!(words("AmazonS3FullAccess"), ["Amazon", "S3", "Full", "Access"]);
        assert_eq!(
            words("AWSElasticBeanstalkReadOnly"),
            ["AWS", "Elastic", "Beanstalk", "Read", "Only"]
        );
        assert_eq!(
            words("AdministratorAccess-Amplify"),
            ["Administrator", "Access", "-", "Amplify"]
        );
        assert_eq!(words("AmazonEC2FullAccess"), ["Amazon", "EC2", "Full", "Access"]);
    }

    #[test]
    fn a_word_is_better_than_a_part_of_one_and_the_start_better_than_both() {
        assert_eq!(rank("amazons3fullaccess", "AmazonS3FullAccess"), Some(Rank::IsName));
        assert_eq!(rank("amazon", "AmazonS3FullAccess"), Some(Rank::StartsName));
        assert_eq!(rank("s3", "AmazonS3FullAccess"), Some(Rank::WordOfName));
        assert_eq!(
            rank("elasticbeanstalk", "AdministratorAccess-AWSElasticBeanstalk"),
            Some(Rank::WordOfName)
        );
        assert_eq!(rank("stalk", "AWSElasticBeanstalkReadOnly"), Some(Rank::InName));
        assert_eq!(rank("s3", "AmazonEC2FullAccess"), None);
    }
}
