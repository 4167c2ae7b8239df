//! The page of the AWS operations that the sandbox serves. `tests/foreign/test_conversations.py` reads it too, and
//! fails when one of them is never asked for.

use std::fmt::Write as _;

pub(super) fn page() -> String {
    let mut page = "\
# AWS operations in the sandbox

What `ciuser sandbox serve` and `--sandbox` answer as AWS does; anything else is refused with `InvalidAction`.

Each but `GetCallerIdentity` needs the permission of its own name, on the resource and with the condition keys that the
Service Authorization Reference gives for it; tags at creation need the permission to tag besides.

"
    .to_owned();
    for operation in ciuser_sandbox::operations() {
        writeln!(page, "- `{operation}`").unwrap();
    }
    page
}
