//! What policies grant beyond others.

mod access_analyzer;
mod cases;
mod managed;
mod random;
mod random_principals;
mod soundness;
mod witness;
