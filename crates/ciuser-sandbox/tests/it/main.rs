//! The sandbox, asked by a client that signs its requests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise, and touch files of their own"
)]

mod access_keys;
mod account;
mod attachments;
mod authentication;
mod authorisation;
mod circleci;
mod client;
mod connect;
mod credentials;
mod faults;
mod github;
mod gitlab;
mod groups;
mod hub;
mod inline;
mod managed;
mod paging;
mod policies;
mod recorded;
mod serve;
mod state_dir;
mod tags;
mod users;
