//! The stores of AWS, in front of a double of the two services.

mod aws;
mod secrets_manager;
mod ssm;
