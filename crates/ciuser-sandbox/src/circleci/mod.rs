//! CircleCI as its clients see it: API v2 with contexts, restrictions and variables, and the v1.1 variable routes.
//!
//! What must stay true: no answer shows a value, only its last characters; a write is applied completely or not at
//! all; what a job would get is decided by [`State::job_environment`] alone. There are no pipelines here, and
//! nothing is executed; rates are not limited unless [`Faults`] say so.

mod answer;
mod auth;
mod call;
mod context;
mod context_variable;
mod faults;
mod job;
mod organization;
mod page;
mod project;
mod project_variable;
mod restriction;
mod route;
mod state;
mod user;
mod v1;
mod variable;

pub use faults::Faults;
pub use job::JobError;
pub use route::handle;
pub use state::State;
