//! What `docs/reference` is made of: the command line, the sandbox's operations, and the JSON Schemas of everything
//! that is read or written.
//!
//! The pages are checked in, so that they can be read without the program; the test here fails when one of them is
//! not what the code says. `cargo run -p xtask -- reference` writes them. All of this is in the tests only: the
//! program does not carry its own schemas.
#![expect(
    clippy::disallowed_methods,
    reason = "compares files of the repository, and reads the variable by which xtask asks to write them"
)]

mod command_line;
mod sandbox;
mod schema;
mod spec_file;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Set by `xtask`: write the pages instead of comparing them.
const WRITE: &str = "CIUSER_WRITE_REFERENCE";

const REGENERATE: &str = "`cargo run -p xtask -- reference` makes it anew";

fn directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference"))
}

/// All generated pages: path below `docs/reference`, and text.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([
        ("cli.md".to_owned(), command_line::page()),
        ("sandbox-operations.md".to_owned(), sandbox::page()),
    ]);
    for (name, schema) in schema::all() {
        let text = serde_json::to_string_pretty(&schema).unwrap();
        pages.insert(format!("schema/{name}.json"), format!("{text}\n"));
    }
    pages
}

#[test]
fn the_reference_pages_are_what_the_code_says() {
    let write = std::env::var_os(WRITE).is_some();
    for (name, text) in pages() {
        let path = directory().join(&name);
        if write {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        } else {
            let there = fs::read_to_string(&path).unwrap_or_default();
            assert!(there == text, "docs/reference/{name} is not current: {REGENERATE}");
        }
    }
}

#[test]
fn nothing_else_lies_among_the_schemas() {
    let made = pages();
    for entry in fs::read_dir(directory().join("schema")).unwrap() {
        let name = format!("schema/{}", entry.unwrap().file_name().to_string_lossy());
        assert!(
            made.contains_key(&name),
            "docs/reference/{name} is made by nothing: delete it"
        );
    }
}
