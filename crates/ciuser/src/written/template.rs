//! `ciuser.toml` for a person who has none yet: one example user, and as comments what else a file may say.

use ciuser_core::name::{AccountId, ProjectName, Region};

const TEMPLATE: &str = include_str!("template.toml");

/// Returns the template with what is known already filled in.
pub(crate) fn template(project: Option<&ProjectName>, account: Option<&AccountId>, region: Option<&Region>) -> String {
    let mut text = TEMPLATE.to_owned();
    let known = [
        (
            "project = \"default\"            ",
            project.map(|name| format!("project = \"{name}\"")),
        ),
        (
            "# id = \"111122223333\"          ",
            account.map(|id| format!("id = \"{id}\"")),
        ),
        (
            "# region = \"eu-west-1\"         ",
            region.map(|name| format!("region = \"{name}\"")),
        ),
    ];
    for (line, value) in known {
        if let Some(value) = value {
            text = text.replace(line, &format!("{value:<31}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use toml::Table;

    use super::*;

    #[test]
    fn the_template_is_toml_with_and_without_what_is_commented_out() {
        let text = template(None, None, None);
        assert_eq!(text, TEMPLATE);
        text.parse::<Table>().unwrap();
        let is_toml = |line: &str| {
            line.starts_with("[[")
                || line
                    .split_once(" = ")
                    .is_some_and(|(key, _)| !key.contains(char::is_whitespace))
        };
        let lines = text.lines().map(|line| match line.strip_prefix("# ") {
            Some(rest) if is_toml(rest) => rest,
            _ => line,
        });
        let whole = lines.collect::<Vec<_>>().join("\n").parse::<Table>().unwrap();
        let user = whole["user"][0].as_table().unwrap();
        let keys: Vec<&str> = user.keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            [
                "attach", "boundary", "deliver", "groups", "inline", "name", "path", "policies", "store", "tags",
                "untag"
            ]
        );
    }

    #[test]
    fn what_is_known_takes_the_place_of_the_example() {
        let project = ProjectName::new("storefront").unwrap();
        let account = AccountId::new("222233334444").unwrap();
        let region = Region::new("us-gov-west-1").unwrap();
        let text = template(Some(&project), Some(&account), Some(&region));
        let table = text.parse::<Table>().unwrap();
        assert_eq!(table["project"].as_str(), Some("storefront"));
        assert_eq!(table["account"]["id"].as_str(), Some("222233334444"));
        assert_eq!(table["account"]["region"].as_str(), Some("us-gov-west-1"));
        let comments = |text: &str| -> Vec<_> { text.lines().map(|line| line.rfind('#')).collect() };
        assert_eq!(comments(&text), comments(TEMPLATE), "comments stay in their column");
    }
}
