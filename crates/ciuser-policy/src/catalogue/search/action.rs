//! Whether a word means one of a policy's actions.

use crate::catalogue::search::Rank;
use crate::pattern::Pattern;

/// Returns the action, as the policy writes it, that a word in lower case means, and how well.
///
/// `s3` is the service, best of all `s3:*`; `s3:putobject` is what the action says or covers (`s3:Put*`, `*`); anything
/// else is looked for in the part after the service.
pub(super) fn find<'a>(word: &str, actions: &'a [String]) -> Option<(Rank, &'a str)> {
    let first = |wanted: &dyn Fn(&str) -> bool| actions.iter().map(String::as_str).find(|action| wanted(action));
    if word.contains(':') {
        return first(&|action| says(word, &action.to_ascii_lowercase())).map(|action| (Rank::InAction, action));
    }
    let of_service = |action: &str| service_and_name(action).0.eq_ignore_ascii_case(word);
    if let Some(whole) = first(&|action| of_service(action) && service_and_name(action).1 == "*") {
        return Some((Rank::IsService, whole));
    }
    let named = |action: &str| service_and_name(action).1.to_ascii_lowercase().contains(word);
    first(&of_service)
        .or_else(|| first(&named))
        .map(|action| (Rank::InAction, action))
}

fn service_and_name(action: &str) -> (&str, &str) {
    action.split_once(':').unwrap_or(("", action))
}

fn says(word: &str, action: &str) -> bool {
    action.starts_with(word) || Pattern::action(action).matches_as_it_is(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(word: &str, actions: &[&str]) -> Option<String> {
        let actions: Vec<String> = actions.iter().map(|action| (*action).to_owned()).collect();
        find(word, &actions).map(|(_, action)| action.to_owned())
    }

    #[test]
    fn a_service_is_found_by_its_prefix_and_before_names_that_contain_it() {
        assert_eq!(found("s3", &["ecs:S3Thing", "s3:Get*"]).as_deref(), Some("s3:Get*"));
        assert_eq!(found("s3", &["s3express:*"]), None);
    }

    #[test]
    fn the_whole_service_is_better_than_some_of_it() {
        let actions = ["s3:Get*".to_owned(), "s3:*".to_owned()];
        assert_eq!(find("s3", &actions), Some((Rank::IsService, "s3:*")));
        assert_eq!(find("s3", &actions[..1]), Some((Rank::InAction, "s3:Get*")));
    }

    #[test]
    fn a_whole_action_is_found_where_it_is_covered() {
        assert_eq!(
            found("s3:putobject", &["s3:Get*", "s3:Put*"]).as_deref(),
            Some("s3:Put*")
        );
        assert_eq!(found("s3:putobject", &["*"]).as_deref(), Some("*"));
        assert_eq!(found("s3:putobject", &["s3:GetObject"]), None);
    }

    #[test]
    fn part_of_an_actions_name_is_enough() {
        assert_eq!(
            found("invalidation", &["cloudfront:CreateInvalidation"]).as_deref(),
            Some("cloudfront:CreateInvalidation")
        );
    }
}
