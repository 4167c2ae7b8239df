//! What policies grant beyond others.

mod access_analyzer;
mod managed;
mod witness;
