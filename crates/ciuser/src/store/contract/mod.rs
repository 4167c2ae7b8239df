//! The one contract of all stores, whatever they are made of, and the rig that tests of single stores share.
//!
//! A store is put under it in its own tests, by two things: a [`Ground`], which says how to make an empty place and how
//! to look at it from outside, and a line that names it:
//!
//! ```text
//! struct Vaulted { rig: Rig, vault: DoubleOfVault }
//! impl Ground for Vaulted { ... }
//! contract!(vault: Vaulted);            // the rules of all stores
//! file_contract!(vault_file: Vaulted);  // and those of a store that is one file
//! ```
//!
//! The rules are functions in [`rules`] and [`file_rules`]; what only one store promises is tested beside it.

pub(super) mod file_rules;
mod ground;
mod rig;
pub(super) mod rules;

pub(super) use ground::{Ground, is_file_of, lay_file};
pub(super) use rig::{Rig, bytes, check, clear, get_back, look, new_key, open, owner, put, shown};

pub(super) use crate::rig::{SECRET, key};

/// Asks a store for every rule of the contract: `contract!(NAME: GROUND)`.
macro_rules! contract {
    ($store:ident: $ground:ty) => {
        $crate::store::contract::asked!($store: $ground, rules,
            nothing_there_is_nothing_held_and_a_look_makes_nothing
            what_was_put_is_held_and_given_back_by_a_store_opened_anew
            what_was_put_is_proven_and_what_was_not_put_is_not
            putting_the_same_key_again_changes_nothing
            a_new_key_of_the_user_takes_the_place_of_the_old_one
            a_look_that_may_not_ask_asks_nobody
            what_a_check_lets_through_can_be_put_for_every_user_name
            a_key_without_a_region_is_kept_as_well
            the_key_of_another_user_stays_what_it_is
            something_else_in_the_place_is_never_changed_unseen
            what_was_seen_is_cleared_once_and_nothing_is_held_then
            nothing_there_is_clear_already_and_nothing_is_made
            another_key_than_was_seen_is_not_cleared
            a_cleared_store_takes_the_next_key
            how_to_open_it_never_shows_the_secret
        );
    };
}

/// Asks a store that is one file for the rules of files: `file_contract!(NAME: GROUND)`.
macro_rules! file_contract {
    ($store:ident: $ground:ty) => {
        $crate::store::contract::asked!($store: $ground, file_rules,
            a_file_that_is_missing_is_made_and_that_is_said_before
            neither_a_look_nor_a_clearing_makes_a_file
            the_same_key_again_writes_no_byte_and_makes_no_copy
            the_file_of_before_is_kept_beside_the_new_one
            files_and_directories_are_for_their_owner_only
            a_directory_in_the_place_of_the_file_is_refused
            a_file_in_the_place_of_the_directory_is_refused
            how_to_open_it_names_the_file
        );
    };
}

macro_rules! asked {
    ($store:ident: $ground:ty, $rules:ident, $($rule:ident)+) => {
        mod $store {
            use super::*;

            $(
                #[test]
                fn $rule() {
                    $crate::store::contract::$rules::$rule::<$ground>();
                }
            )+
        }
    };
}

pub(super) use {asked, contract, file_contract};
