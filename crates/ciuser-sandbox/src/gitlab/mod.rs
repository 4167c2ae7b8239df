//! GitLab as its clients see it: the CI/CD variables of projects and groups, under `/api/v4`.
//!
//! What must stay true: a variable is named by its key and its environment scope together; a hidden value is in no
//! answer, every other value is; what a job would get is decided by [`State::job`] alone. There are no pipelines here,
//! and nothing is executed.

mod holder;
mod job;
mod route;
mod state;
mod variable;

pub(crate) use route::PREFIX;
pub use route::handle;
pub use state::State;
