//! The guarantees of [`Passwords`].

use std::sync::mpsc;

use vestibule_core::{DomainError, ErrorKind};

use super::*;

const SALT: [u8; 16] = *b"0123456789abcdef";

/// `pässwörd 🔑 ` as scrypt-kdf 2.0.1 hashes it with N = 1 024.
const FOREIGN_PASSWORD: &str = "pässwörd 🔑 ";
const FOREIGN: &str = "c2NyeXB0AAoAAAAIAAAAAQve9FpKkEOdCIkC+OuBIXrjOqliDvF+RYFylRCO18D49YaSrFU5JUGBu0pW4zQDWBnDBseu6xzASym6lExTew7BTpwSGc2uUUFmRmEMYnvk";

const NO_MATCH: Verdict = Verdict { matches: false, outdated: false };
const CURRENT: Verdict = Verdict { matches: true, outdated: false };
const OUTDATED: Verdict = Verdict { matches: true, outdated: true };

fn fast() -> Passwords {
    fast_with(|_| ())
}

fn fast_with(change: impl FnOnce(&mut PasswordConfig)) -> Passwords {
    let mut config = PasswordConfig::fast_for_tests();
    change(&mut config);
    Passwords::start(config).unwrap()
}

/// One thread, held up until the sender is dropped, and room for `queue` to wait.
fn blocked_pool(queue: usize) -> (Passwords, mpsc::Sender<()>) {
    let passwords = fast_with(|config| (config.threads, config.queue) = (1, queue));
    let (begun, has_begun) = mpsc::channel();
    let (release, gate) = mpsc::channel();
    let work = move |_: &mut Memory| {
        begun.send(()).unwrap();
        let _: Result<(), _> = gate.recv();
    };
    // Its receiver must live until the work has begun, or the work is not done.
    let _receiver = passwords.0.pool.submit(work).unwrap();
    has_begun.recv().unwrap();
    (passwords, release)
}

#[tokio::test]
async fn a_password_matches_its_own_hash_only() {
    let passwords = fast();
    let hash = passwords.hash("correct horse", SALT).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"), "{hash}");
    assert_eq!(passwords.verify("correct horse", Some(&hash)).await, Ok(CURRENT));
    for other in ["correct horse ", "Correct horse", "", "correct horse\0"] {
        assert_eq!(passwords.verify(other, Some(&hash)).await, Ok(NO_MATCH), "{other:?}");
    }
}

/// security.md 9
#[tokio::test]
async fn foreign_hashes_and_other_parameters_are_outdated() {
    let passwords = fast();
    assert_eq!(passwords.verify(FOREIGN_PASSWORD, Some(FOREIGN)).await, Ok(OUTDATED));
    assert_eq!(passwords.verify("password", Some(FOREIGN)).await, Ok(NO_MATCH));

    let hash = fast_with(|config| config.passes = 2).hash("password", SALT).await.unwrap();
    assert_eq!(passwords.verify("password", Some(&hash)).await, Ok(OUTDATED));
    assert_eq!(passwords.verify("Password", Some(&hash)).await, Ok(NO_MATCH));
}

/// security.md 8 and 12
#[tokio::test]
async fn too_long_a_password_is_refused_before_it_is_queued() {
    let (passwords, _release) = blocked_pool(1);
    for password in ["x".repeat(1_025), "é".repeat(1_025), "🔑".repeat(1_025), "x".repeat(1_000_000)] {
        assert_eq!(passwords.hash(&password, SALT).await, Err(HashingError::TooLong));
        assert_eq!(passwords.verify(&password, None).await, Err(HashingError::TooLong));
    }
    let passwords = fast();
    let longest = "🔑".repeat(1_024);
    let hash = passwords.hash(&longest, SALT).await.unwrap();
    assert_eq!(passwords.verify(&longest, Some(&hash)).await, Ok(CURRENT), "nothing is cut off");
    assert_eq!(passwords.verify(&"🔑".repeat(1_023), Some(&hash)).await, Ok(NO_MATCH), "nothing is cut off");
}

/// security.md 12
#[tokio::test]
async fn a_full_queue_refuses_at_once_and_goes_on_later() {
    let (passwords, release) = blocked_pool(2);
    let (first, second, ()) = tokio::join!(
        biased;
        passwords.verify("password", None),
        passwords.hash("password", SALT),
        async {
            let busy = HashingError::Busy { retry_after: Duration::from_secs(1) };
            assert_eq!(passwords.hash("password", SALT).await, Err(busy.clone()));
            assert_eq!(passwords.verify("password", Some(FOREIGN)).await, Err(busy));
            drop(release);
        },
    );
    assert_eq!(first, Ok(NO_MATCH));
    let verdict = passwords.verify("password", Some(&second.unwrap())).await;
    assert_eq!(verdict, Ok(CURRENT));
}

/// security.md 10: each takes the one place in the queue, and `Recipe::decoy` costs what a real hash costs.
#[tokio::test]
async fn an_unknown_address_and_an_unreadable_hash_are_work_too() {
    for (stored, outcome) in [
        (None, Ok(NO_MATCH)),
        (Some(""), Err(HashingError::Unreadable)),
        (Some("password"), Err(HashingError::Unreadable)),
        (Some("$unknown$12$KIXQ2hM1sHhK5y5y5y5y5uJ8Jp1rG9b1Y6m0b8v8b8v8b8v8b8v8a"), Err(HashingError::Unreadable)),
        (Some("$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"), Err(HashingError::Unreadable)),
    ] {
        let (passwords, release) = blocked_pool(1);
        let (found, ()) = tokio::join!(biased; passwords.verify("password", stored), async {
            assert!(matches!(passwords.hash("other", SALT).await, Err(HashingError::Busy { .. })), "{stored:?}");
            drop(release);
        });
        assert_eq!(found, outcome, "{stored:?}");
    }
}

#[tokio::test]
async fn work_is_left_undone_when_its_caller_has_gone() {
    let (passwords, release) = blocked_pool(8);
    let (done, was_done) = mpsc::channel();
    let work = |number: u32| {
        let done = done.clone();
        move |_: &mut Memory| done.send(number).ok()
    };
    let gone = passwords.run(work(1));
    let stays = passwords.run(work(2));
    let abandon = async {
        tokio::select! { biased; _ = gone => (), () = async {} => () }
    };
    // Jobs are done in order: when the second is done, the first is over.
    let ((), result, ()) = tokio::join!(biased; abandon, stays, async { drop(release) });
    assert_eq!(result, Ok(()));
    assert_eq!(was_done.try_iter().collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn sixty_four_checks_at_once_are_all_right() {
    let passwords = fast();
    let own = passwords.hash("correct horse", SALT).await.unwrap();
    let cases = [
        ("correct horse", Some(own.clone()), CURRENT),
        ("correct horse", None, NO_MATCH),
        (FOREIGN_PASSWORD, Some(FOREIGN.to_owned()), OUTDATED),
        ("Correct horse", Some(own), NO_MATCH),
    ];
    let checks: Vec<_> = cases
        .into_iter()
        .cycle()
        .take(64)
        .map(|(password, stored, verdict)| {
            let passwords = passwords.clone();
            tokio::spawn(async move { (passwords.verify(password, stored.as_deref()).await, verdict) })
        })
        .collect();
    for check in checks {
        let (found, verdict) = check.await.unwrap();
        assert_eq!(found, Ok(verdict));
    }
}

/// security.md 12: the thread that checks new passwords is busy and its queue is full.
#[tokio::test]
async fn sign_ins_do_not_wait_for_passwords_that_are_checked() {
    let passwords = fast();
    let hash = passwords.hash("Lantern-trombone-42", SALT).await.unwrap();
    let (begun, has_begun) = mpsc::channel();
    let (release, gate) = mpsc::channel::<()>();
    let work = move |_: &mut Memory| {
        begun.send(()).unwrap();
        let _: Result<(), _> = gate.recv();
    };
    let _blocking = passwords.0.strength_pool.submit(work).unwrap();
    has_begun.recv().unwrap();
    let rules = PasswordRules::new(&crate::AuthOptions::new(vestibule_core::SigningKey::new(&[1; 32])));
    let subject = PasswordSubject::new("ada@example.com", &[]);
    let check_strength = || passwords.check_strength(&rules, "Lantern-trombone-42", &subject);
    let mut waiting: Vec<_> = (0..STRENGTH_QUEUE).map(|_| Box::pin(check_strength())).collect();
    for checked in &mut waiting {
        tokio::select! { biased; _ = checked => panic!("it is held up"), () = async {} => () }
    }
    let error = check_strength().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::TooManyRequests, Some("too_many_new_passwords")));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(4)));
    assert_eq!(passwords.verify("Lantern-trombone-42", Some(&hash)).await, Ok(CURRENT));
    drop(release);
    for checked in waiting {
        checked.await.unwrap();
    }
}

/// security.md 10: what costs two hashes costs two whether the account exists or not.
#[tokio::test]
async fn a_password_in_another_form_is_the_same_password() {
    let passwords = fast();
    let (typed, composed) = ("pa\u{308}ssword 7", "pässword 7");
    let hash = passwords.hash(typed, SALT).await.unwrap();
    assert_eq!(hash, passwords.hash(composed, SALT).await.unwrap());
    for form in [typed, composed] {
        assert_eq!(passwords.verify(form, Some(&hash)).await, Ok(CURRENT), "{form}");
    }
    let recipe = passwords.0.recipe.clone();
    let older = recipe.hash(typed.as_bytes(), SALT, &mut Memory::default()).unwrap().to_string();
    assert_eq!(passwords.verify(typed, Some(&older)).await, Ok(OUTDATED), "as it was typed");
    assert_eq!(passwords.verify(composed, Some(&older)).await, Ok(NO_MATCH), "how it was typed is not known");
    let cost = async |password: &str, stored: Option<&str>| {
        let before = passwords.done();
        drop(passwords.verify(password, stored).await);
        passwords.done() - before
    };
    for stored in [None, Some(hash.as_str()), Some(older.as_str()), Some("rubbish")] {
        assert_eq!(cost("other", stored).await, 1, "{stored:?}");
        assert_eq!(cost("o\u{308}ther", stored).await, 2, "{stored:?}");
    }
    let long = "e\u{301}".repeat(512);
    let hash = passwords.hash(&long, SALT).await.unwrap();
    assert_eq!(passwords.verify(&"é".repeat(512), Some(&hash)).await, Ok(CURRENT));
}
