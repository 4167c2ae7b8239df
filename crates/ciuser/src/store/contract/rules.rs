//! The rules that every store keeps.

use ciuser_core::name::{AccountId, UserArn, UserName};
use ciuser_core::port::{Holdings, KeyOwner, Proof, Store};

use super::{Ground, SECRET, check, clear, get_back, key, look, new_key, owner, put};
use crate::rig::run;

/// What stands in the way of a key; no message may repeat it.
const DIARY: &str = "my diary";

/// Says whose the key of another user of the same account is.
fn another(name: &str) -> KeyOwner {
    KeyOwner {
        user: UserName::new(name).unwrap(),
        arn: UserArn::new(format!("arn:aws:iam::111122223333:user/{name}")).unwrap(),
        ..owner()
    }
}

/// Reads the secret back, if the store is of those that can.
fn given_back(store: &dyn Store, owner: &KeyOwner, key: &ciuser_core::secret::AccessKey) -> Option<String> {
    let secret = run(store.get_back(owner, &key.id)).unwrap();
    secret.map(|secret| secret.expose().to_owned())
}

pub(in crate::store) fn nothing_there_is_nothing_held_and_a_look_makes_nothing<G: Ground>() {
    let ground = G::new();
    let before = ground.seen();
    assert_eq!(ground.opened(look).unwrap().holdings, Holdings::Nothing);
    assert_eq!(ground.opened(check).unwrap().holdings, Holdings::Nothing);
    assert_eq!(ground.opened(|store| get_back(store, &key().id)), None);
    assert_eq!(ground.seen(), before);
}

pub(in crate::store) fn what_was_put_is_held_and_given_back_by_a_store_opened_anew<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    let gives_back = ground.spec().gives_back();
    ground.opened(|store| {
        assert_eq!(check(store).unwrap().holdings, ground.held(&key().id));
        assert_eq!(get_back(store, &key().id).as_deref(), gives_back.then_some(SECRET));
        assert_eq!(get_back(store, &new_key().id), None);
    });
}

pub(in crate::store) fn what_was_put_is_proven_and_what_was_not_put_is_not<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| {
        put(store, &owner(), &key()).unwrap();
        let (proof, _) = run(store.proof(&owner(), &key())).unwrap();
        let best = match ground.spec().gives_back() {
            true => Proof::Value,
            false => Proof::Accepted,
        };
        assert_eq!(proof, best);
        assert!(run(store.proof(&owner(), &new_key())).is_err());
    });
}

pub(in crate::store) fn putting_the_same_key_again_changes_nothing<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    let before = ground.seen();
    ground.opened(|store| {
        put(store, &owner(), &key()).unwrap();
        check(store).unwrap();
        put(store, &owner(), &key()).unwrap();
    });
    assert_eq!(ground.seen(), before);
}

pub(in crate::store) fn a_new_key_of_the_user_takes_the_place_of_the_old_one<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    // Once as a run that looked does it, once as `resume` does, which opens the store anew.
    for new in [new_key(), key(), new_key()] {
        ground.opened(|store| {
            check(store).unwrap();
            put(store, &owner(), &new).unwrap();
        });
        assert_eq!(ground.opened(check).unwrap().holdings, ground.held(&new.id));
    }
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    ground.opened(|store| {
        assert_eq!(check(store).unwrap().holdings, ground.held(&key().id));
        let back = ground.spec().gives_back().then(|| SECRET.to_owned());
        assert_eq!(get_back(store, &key().id), back);
    });
}

pub(in crate::store) fn a_look_that_may_not_ask_asks_nobody<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    ground.rig().person.questions.borrow_mut().clear();
    ground.rig().person.answers.borrow_mut().push("an answer");
    let held = ground.opened(look).unwrap().holdings;
    assert!(held == ground.held(&key().id) || held == Holdings::Locked, "{held:?}");
    assert_eq!(*ground.rig().person.questions.borrow(), [""; 0]);
}

pub(in crate::store) fn what_a_check_lets_through_can_be_put_for_every_user_name<G: Ground>() {
    for name in ["a", "a.b_c-d", "=1+1,2@x", "@SUM", "..", "-rf", &"x".repeat(64)] {
        let (ground, odd) = (G::new(), another(name));
        ground.opened(|store| match run(store.check(&odd, true)) {
            Ok(_) => {
                put(store, &odd, &key()).unwrap();
                let back = ground.spec().gives_back().then(|| SECRET.to_owned());
                assert_eq!(given_back(store, &odd, &key()), back, "{name}");
            }
            Err(refused) => assert_eq!(put(store, &odd, &key()).unwrap_err(), refused, "{name}"),
        });
    }
}

pub(in crate::store) fn a_key_without_a_region_is_kept_as_well<G: Ground>() {
    let ground = G::new();
    let nowhere = KeyOwner {
        region: None,
        ..owner()
    };
    ground.opened(|store| {
        put(store, &nowhere, &key()).unwrap();
        assert_eq!(check(store).unwrap().holdings, ground.held(&key().id));
    });
}

pub(in crate::store) fn the_key_of_another_user_stays_what_it_is<G: Ground>() {
    let elsewhere = KeyOwner {
        account: AccountId::new("444455556666").unwrap(),
        arn: UserArn::new("arn:aws:iam::444455556666:user/CI_USER").unwrap(),
        ..owner()
    };
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    let before = ground.seen();
    // A place without a word about accounts cannot tell the second one; it never says that the key is the user's.
    for other in [another("CI_USER_2"), elsewhere] {
        let many = ground.spec().keeps_many();
        let held = ground.opened(|store| run(store.check(&other, true))).unwrap().holdings;
        match held {
            Holdings::Nothing => assert!(many, "{other:?}"),
            Holdings::Foreign { .. } => assert!(!many, "{other:?}"),
            Holdings::Unattributed(id) => assert_eq!((id, many), (key().id, false)),
            held => panic!("{held:?} for {other:?}"),
        }
        if many {
            ground.opened(|store| put(store, &other, &new_key())).unwrap();
            let given = ground.opened(|store| given_back(store, &other, &new_key()));
            assert!(given.is_some(), "{other:?}");
        } else if other.user != owner().user {
            ground.opened(|store| put(store, &other, &new_key())).unwrap_err();
            assert_eq!(ground.seen(), before);
        }
        assert_eq!(ground.opened(check).unwrap().holdings, ground.held(&key().id));
    }
}

pub(in crate::store) fn something_else_in_the_place_is_never_changed_unseen<G: Ground>() {
    let ground = G::new();
    ground.occupy(DIARY);
    assert!(ground.is_occupied_by(DIARY), "the ground is broken");
    for answer in [
        ground.opened(check).map(|state| format!("{state:?}")),
        ground
            .opened(|store| put(store, &owner(), &key()))
            .map(|()| String::new()),
    ] {
        let said = match answer {
            Ok(said) => said,
            Err(error) => format!("{error:?}"),
        };
        assert!(!said.contains(DIARY) && !said.contains(SECRET), "{said}");
        assert!(ground.is_occupied_by(DIARY), "{said}");
    }
}

pub(in crate::store) fn what_was_seen_is_cleared_once_and_nothing_is_held_then<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    ground.opened(|store| {
        let seen = check(store).unwrap().holdings;
        for _ in 0..2 {
            clear(store, &seen).unwrap();
            assert_eq!(ground.opened(check).unwrap().holdings, Holdings::Nothing);
            assert_eq!(get_back(store, &key().id), None);
        }
    });
}

pub(in crate::store) fn nothing_there_is_clear_already_and_nothing_is_made<G: Ground>() {
    let ground = G::new();
    let before = ground.seen();
    ground.opened(|store| clear(store, &ground.held(&key().id))).unwrap();
    assert_eq!(ground.seen(), before);
}

pub(in crate::store) fn another_key_than_was_seen_is_not_cleared<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| put(store, &owner(), &new_key())).unwrap();
    let before = ground.seen();
    let error = ground
        .opened(|store| clear(store, &ground.held(&key().id)))
        .unwrap_err();
    assert!(error.message.ends_with("has changed since it was looked at"), "{error}");
    assert_eq!(ground.seen(), before);
}

pub(in crate::store) fn a_cleared_store_takes_the_next_key<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| {
        put(store, &owner(), &key()).unwrap();
        clear(store, &ground.held(&key().id)).unwrap();
        put(store, &owner(), &new_key()).unwrap();
    });
    assert_eq!(ground.opened(check).unwrap().holdings, ground.held(&new_key().id));
}

pub(in crate::store) fn how_to_open_it_never_shows_the_secret<G: Ground>() {
    let ground = G::new();
    ground.opened(|store| {
        put(store, &owner(), &key()).unwrap();
        let state = check(store).unwrap();
        let shown = format!("{} {state:?}", store.describe());
        assert!(!store.describe().is_empty() && !shown.contains(SECRET), "{shown}");
    });
}
