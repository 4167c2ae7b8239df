//! The rules, by name. The first seven must hold at every instant, the others at the end of every history.

/// Nothing is done with an answered secret before it is sealed.
pub(super) const SEAL_FIRST: &str = "the first act on the answer is to seal it";
/// A CI system never gives a secret back.
pub(super) const STORE_FIRST: &str = "no CI system gets a key before a store has it";
/// A rotation never stops a pipeline.
pub(super) const OLD_KEY: &str = "an old key stays until every target has the new one";
/// The account has two places for keys, and others need one.
pub(super) const TWO_KEYS: &str = "never more than two keys because of us";
/// Unless a reviewed line says so, or a person.
pub(super) const THEIR_KEY: &str = "no key of others is touched unasked";
/// Unless `--overwrite` says so; what came after the last look cannot be seen.
pub(super) const THEIR_VALUE: &str = "no target value of others is overwritten unasked";
/// An inactive key was made inactive by somebody, for a reason.
pub(super) const NO_REACTIVATION: &str = "no key is made active again";
/// The promise. A key that only a guess could delete is reported, with the command.
pub(super) const ORPHAN: &str = "no live key whose secret nobody has";
/// Nothing that was answered is dropped.
pub(super) const SEALED_OR_GONE: &str = "a secret that was answered is sealed or its key is gone";
/// Half a key stops a pipeline, and nobody sees why.
pub(super) const PAIR: &str = "every target holds a pair or is reported";
/// The journal never says what is not so.
pub(super) const JOURNAL: &str = "what is over in the journal is true in IAM";
/// A sealed secret does not outlive its run.
pub(super) const SPOOL: &str = "a run that is over leaves no spool";
/// Users, groups, policies, tags and places that are nobody of ours.
pub(super) const OTHERS: &str = "nothing of others is touched";
/// Neither in the journal nor in what a person is told.
pub(super) const NO_SECRET: &str = "no secret in journal or messages";
/// Where nobody meddles and no person is needed, the job is done in the end.
pub(super) const MADE_GOOD: &str = "what nobody disturbs is made good";
/// No process goes on for ever, and no two rounds tell different things for ever.
pub(super) const END: &str = "every history comes to an end";
