//! GitLab in the sandbox, and answers of it that are written down.

mod place;
mod survey;
mod wire;
