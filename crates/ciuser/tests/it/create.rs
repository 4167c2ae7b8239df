//! `create` where nobody can be asked: what is missing is said, and no wizard waits.

use crate::program::Home;

#[test]
fn without_a_terminal_a_missing_name_is_wrong_usage_and_is_named() {
    let home = Home::new();
    let ended = home.ciuser(&["create", "--for", "s3"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert_eq!(
        ended.stderr,
        "error: the following required argument was not provided: <NAME>\n\
         hint: `ciuser create NAME --sandbox` names the user; on a terminal `ciuser create --sandbox` asks\n      \
         for all that is missing\n"
    );
}

#[test]
fn save_writes_what_was_asked_for_once_it_is_done_and_never_over_a_file() {
    let home = Home::new();
    let create = [
        "create",
        "ci",
        "--for",
        "s3",
        "--store",
        "csv:keys.csv",
        "--yes",
        "--save",
        "ci.toml",
    ];
    assert_eq!(home.ciuser(&create).code, 0);
    let written = std::fs::read_to_string(home.path("ci.toml")).unwrap();
    assert!(written.contains("name = \"ci\""), "{written}");
    let plan = home.json(0, &["plan", "-f", "ci.toml"]);
    assert_eq!(plan["lines"], serde_json::json!([]));
    let again = home.ciuser(&create);
    assert_eq!(again.code, 4, "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(home.path("ci.toml")).unwrap(), written);
}
