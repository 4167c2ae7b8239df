//! GitHub as its clients see it: the secrets and variables of Actions, of a repository, its environments and its
//! organisation, under `/api/v3` as GitHub Enterprise Server has them.
//!
//! What must stay true: no answer shows the value of a secret; a secret is taken only as a box sealed to the key that
//! is given out for its place. The boxes are opened when they arrive, so that [`State::job`] can tell what a job would
//! get. There are no workflows here, and nothing is executed.

mod environment;
mod job;
mod locker;
mod organization;
mod repository;
mod route;
mod secret;
mod state;
mod variable;

pub use job::Job;
pub(crate) use route::PREFIX;
pub use route::handle;
pub use state::State;
