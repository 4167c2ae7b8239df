//! What policies let a caller do, as AWS decides it.

mod conditions;
mod log;
mod policies;
mod resources;
mod words;

use ciuser_sandbox::Credentials;

use crate::client::{Client, Node, Refused};

/// The parameters of a request.
type Params<'a> = &'a [(&'a str, &'a str)];

/// A caller: a user `me`, who may do nothing that the test does not allow, and the administrator.
struct Me {
    admin: Client,
    key: Credentials,
}

impl Me {
    fn new() -> Me {
        let mut admin = Client::new();
        admin.user("me");
        let key = admin.key_of("me");
        Me { admin, key }
    }

    /// Gives the caller these statements, in place of those before.
    fn with(statements: &str) -> Me {
        let mut me = Me::new();
        me.admin.put_policy("me", statements);
        me
    }

    fn call(&mut self, action: &str, params: Params<'_>) -> Result<Node, Refused> {
        self.admin.acting_as(&self.key, |client| client.call(action, params))
    }

    fn ok(&mut self, action: &str, params: Params<'_>) -> Node {
        self.admin.acting_as(&self.key, |client| client.ok(action, params))
    }

    /// Calls an operation that policies must deny, and returns AWS's words.
    fn denied(&mut self, action: &str, params: Params<'_>) -> String {
        let refused = self.admin.acting_as(&self.key, |client| client.refused(action, params));
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (403, "AccessDenied"),
            "{refused:?}"
        );
        refused.message
    }

    /// Tells whether policies let the caller do it.
    fn may(&mut self, action: &str, params: Params<'_>) -> bool {
        match self.call(action, params) {
            Err(refused) => {
                !(refused.code == "AccessDenied" && refused.message.contains("not authorized to perform: iam:"))
            }
            Ok(_) => true,
        }
    }
}
