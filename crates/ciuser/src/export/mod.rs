//! Writes the users of a spec for tools that manage infrastructure: Terraform, CloudFormation.
//!
//! Invariants: the same spec gives the same text; there is no access key in it, and no secret could be: those tools
//! would keep it in their state. What is made from the text is what ciuser itself would make, but for its own tags:
//! `ciuser plan --adopt` then adopts the users and finds nothing else to change. Asks nobody: names of policies that
//! the catalogue lacks are the account's own.

mod about;
mod cloudformation;
mod hcl;
mod label;
mod policy;
mod terraform;
#[cfg(test)]
mod tests;

use ciuser_core::spec::Spec;

/// For which tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// Terraform or OpenTofu, as HCL
    Terraform,
    /// AWS CloudFormation, as a YAML template
    Cloudformation,
}

impl Format {
    /// Returns the word that asks for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Format::Terraform => "terraform",
            Format::Cloudformation => "cloudformation",
        }
    }

    /// Returns how every text for this tool begins: what begins so may be written anew.
    pub(crate) fn head(self) -> String {
        format!("# Written by `ciuser export {}`", self.word())
    }
}

/// Returns the text for this tool.
pub(crate) fn export(format: Format, spec: &Spec) -> String {
    match format {
        Format::Terraform => terraform::text(spec),
        Format::Cloudformation => cloudformation::text(spec),
    }
}
