//! The answers that are judged, with our own verdict.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use vestibule_testing::authenticator::{ALGORITHMS, Algorithm, Authenticator};

use super::change::{Change, any_change, sign_again};
use super::owner::Owner;
use crate::support::SITE;

/// How many answers are changed.
const CHANGED: usize = 2_000;

/// The seed of the changes: they are the same at each run, while challenges are new.
const SEED: [u8; 32] = *b"the same changes at each run 43!";

/// What a passkey answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// It is added.
    Registration,
    /// A challenge of its account.
    Challenge,
    /// A sign-in without a name.
    SignIn,
}

const CEREMONIES: [Ceremony; 3] = [Ceremony::Registration, Ceremony::Challenge, Ceremony::SignIn];

/// What an answer is.
#[derive(Debug, Clone)]
pub(super) struct What {
    pub(super) ceremony: Ceremony,
    /// The algorithm of the passkey.
    pub(super) algorithm: Algorithm,
    /// What was changed; nothing in an honest one.
    pub(super) change: Option<Change>,
    /// Whether the changed answer was signed again, so that its signature is right.
    pub(super) is_signed_again: bool,
}

/// An answer.
pub(super) struct Case {
    /// What it is, and what was changed.
    pub(super) what: What,
    /// What the other judge reads.
    pub(super) line: Json,
    /// Our verdict.
    pub(super) is_accepted: bool,
}

impl Case {
    /// Answers as this says, and judges the answer.
    async fn of(owner: &mut Owner, what: What) -> Self {
        let begun = owner.begin(what.ceremony).await;
        let options = &begun.options;
        let mut answer = owner.answer(what.ceremony, options);
        if let Some(change) = &what.change {
            change.apply(&mut answer);
        }
        if what.is_signed_again {
            sign_again(owner.device(what.ceremony), &mut answer);
        }
        let is_accepted = owner.accepts(what.ceremony, &begun, &answer).await;
        let mut line = json!({ "origin": SITE, "challenge": options["challenge"], "answer": answer });
        if what.ceremony == Ceremony::Registration {
            line["create"] = true.into();
            line["rp_id"] = options["rp"]["id"].clone();
        } else {
            line["rp_id"] = options["rpId"].clone();
            line["registration"] = owner.registration(what.ceremony).clone();
            line["needs_user"] = (what.ceremony == Ceremony::SignIn).into();
        }
        Self { what, line, is_accepted }
    }
}

/// Honest answers of every kind of passkey, and changed ones.
pub(super) async fn cases() -> Vec<Case> {
    let mut owners = Vec::new();
    for algorithm in ALGORITHMS {
        for (backup, step) in [((false, false), 1), ((true, false), 1), ((true, true), 0)] {
            let device = Authenticator { algorithm, backup, step, ..Authenticator::new(SITE) };
            owners.push((algorithm, Owner::with(device).await));
        }
    }
    let mut cases = Vec::new();
    for (algorithm, owner) in &mut owners {
        for ceremony in CEREMONIES.into_iter().chain(CEREMONIES) {
            let what = What { ceremony, algorithm: *algorithm, change: None, is_signed_again: false };
            cases.push(Case::of(owner, what).await);
        }
    }
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let any = (0..owners.len(), prop::sample::select(CEREMONIES.to_vec()), any_change(), any::<bool>());
    for _ in 0..CHANGED {
        let (owner, ceremony, change, sign) = any.new_tree(&mut runner).unwrap().current();
        let (algorithm, owner) = &mut owners[owner];
        let is_signed_again = sign && ceremony != Ceremony::Registration;
        let what = What { ceremony, algorithm: *algorithm, change: Some(change), is_signed_again };
        cases.push(Case::of(owner, what).await);
    }
    cases
}
