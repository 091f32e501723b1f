//! The generated secret of the embedded database.

use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;

use vestibule::core::random::SystemRandom;

use super::{Place, SECRET};

fn mode(place: &Place, path: &str) -> u32 {
    place.path().join(path).metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn the_secret_is_generated_once_for_the_owner_only() {
    let place = Place::new();
    let configuration = place.load();
    configuration.check_secret().unwrap();
    assert!(!place.path().join("data").exists(), "reading and checking write nothing");
    let first = configuration.jwt_secret(&SystemRandom).unwrap();
    assert_eq!((mode(&place, "data"), mode(&place, "data/jwt_secret")), (0o700, 0o600));
    assert_eq!(first.reveal().len(), 64);
    assert!(place.load().jwt_secret(&SystemRandom).unwrap() == first);
    assert!(Place::new().load().jwt_secret(&SystemRandom).unwrap() != first);
    let names: Vec<_> =
        std::fs::read_dir(place.path().join("data")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["jwt_secret"]);
}

#[test]
fn processes_that_start_at_once_agree() {
    for _ in 0..20 {
        let place = Place::new();
        let barrier = Barrier::new(16);
        let secrets: Vec<_> = std::thread::scope(|scope| {
            let start = || {
                let configuration = place.load();
                barrier.wait();
                configuration.jwt_secret(&SystemRandom).unwrap()
            };
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(secrets.iter().all(|secret| *secret == secrets[0]));
        assert_eq!(std::fs::read_dir(place.path().join("data")).unwrap().count(), 1);
    }
}

#[test]
fn a_configured_secret_needs_no_file_and_a_configured_database_gets_none() {
    let place = Place::new().variable("JWT_SECRET", SECRET);
    assert_eq!(place.load().jwt_secret(&SystemRandom).unwrap().reveal(), SECRET.as_bytes());
    let place = Place::new().flag("database.url", "sqlite://data/vestibule.db");
    assert!(place.load().jwt_secret(&SystemRandom).is_err());
    assert!(!place.path().join("data").exists());
}

#[test]
fn an_unusable_file_is_refused() {
    let place = Place::new();
    let error = |place: &Place| {
        let error = place.load().jwt_secret(&SystemRandom).unwrap_err().to_string();
        assert_eq!(place.load().check_secret().unwrap_err().to_string(), error);
        place.relative(&error)
    };
    let file = place.path().join("data/jwt_secret");
    let set_mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    place.load().jwt_secret(&SystemRandom).unwrap();
    set_mode(0o644);
    assert_eq!(
        error(&place),
        "data/jwt_secret: every user of this machine can access the secret (mode 0644): run: chmod 600 \
         data/jwt_secret; if others may have read it, delete it instead, and a new one is made"
    );
    set_mode(0o660);
    assert!(place.load().jwt_secret(&SystemRandom).is_ok(), "access of the group is accepted");
    std::fs::write(&file, "").unwrap();
    assert_eq!(
        error(&place),
        "data/jwt_secret: the secret in it has 0 bytes and needs 32: delete the file to create a new secret"
    );
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    set_mode(0o700);
    assert_eq!(
        error(&place),
        "data/jwt_secret: the secret cannot be read there (Is a directory (os error 21)): give this user the permission, \
         or set JWT_SECRET"
    );
}
