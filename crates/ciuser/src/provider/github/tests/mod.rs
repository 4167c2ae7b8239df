//! GitHub in the sandbox, and answers of it that are written down.

mod organization;
mod repository;
mod survey;
mod wire;
