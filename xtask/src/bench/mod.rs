//! Benchmarks: the program beside its peers, in turn, on this machine. Never a test: nothing here fails on a figure.

mod bound;
mod client;
pub(crate) mod create;
mod error;
mod goals;
mod http;
mod machine;
mod measure;
mod moto;
mod options;
mod page;
mod peers;
mod place;
pub(crate) mod policy;
mod program;
mod series;
