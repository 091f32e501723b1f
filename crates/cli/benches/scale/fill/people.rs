//! The users, and for each what hangs on them: an identity with a password, roles, sessions.

use super::bulk::{Bulk, Cell};
use super::dice::{Dice, id};
use super::names::Name;
use super::roles::Roles;

/// The first user was created on 1 June 2023, the last one 41 months later; microseconds.
const FIRST: i64 = 1_685_577_600_000_000;
const SPAN: i64 = 41 * 30 * DAY;
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// The streams of numbers, so that none depends on another.
const PERSON: u64 = 1;
const IDENTITY: u64 = 2;
const SESSION: u64 = 3;

/// A user, the same each time for its number.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: Name,
    pub(crate) email: String,
    pub(crate) created_at: i64,
    updated_at: i64,
    /// One in 50 has no name, one in 100 is locked, one in 100 deleted.
    has_name: bool,
    locked_at: Option<i64>,
    deleted_at: Option<i64>,
}

impl Person {
    pub(crate) fn of(number: u64, people: u64) -> Self {
        let mut dice = Dice::of(PERSON, number);
        let apart = SPAN / people.cast_signed();
        let created_at = (FIRST + number.cast_signed() * apart) / 1_000 * 1_000;
        let name = Name::random(&mut dice);
        let later = created_at + dice.below(90 * DAY.unsigned_abs() / 1_000).cast_signed() * 1_000;
        Self {
            id: id("user", created_at, &mut dice),
            email: name.address(number, &mut dice),
            name,
            created_at,
            updated_at: if dice.hits(0.3) { later } else { created_at },
            has_name: !dice.hits(0.02),
            locked_at: dice.hits(0.01).then_some(later),
            deleted_at: dice.hits(0.01).then_some(later),
        }
    }

    /// Whether the user has a name, and is neither locked nor deleted.
    pub(crate) fn is_common(&self) -> bool {
        self.has_name && self.locked_at.is_none() && self.deleted_at.is_none()
    }

    fn row(&self) -> Vec<Cell> {
        let first = self.has_name.then_some(self.name.first);
        let last = self.has_name.then_some(self.name.last.as_str());
        let searched = vestibule::database::search::search_text([Some(self.email.as_str()), first, last]);
        let time = |time: Option<i64>| time.map_or(Cell::Null, Cell::Time);
        vec![
            Cell::Text(self.id.clone()),
            Cell::Text(self.email.clone()),
            Cell::Text(self.email.clone()),
            first.into(),
            last.into(),
            Cell::Text(searched),
            Cell::Time(self.created_at),
            Cell::Time(self.updated_at),
            time(self.locked_at),
            time(self.deleted_at),
        ]
    }

    /// The identity's id: nine in ten sign in with a password.
    fn identity(&self, number: u64) -> Option<(String, String)> {
        let mut dice = Dice::of(IDENTITY, number);
        let signs_in = self.deleted_at.is_none() && dice.hits(0.9);
        signs_in.then(|| (id("authid", self.created_at, &mut dice), id("provid", self.created_at, &mut dice)))
    }
}

/// Fills users, identities, roles and sessions. All have the password of the first user.
pub(crate) fn fill(bulk: &Bulk, people: u64, roles: &Roles, now: i64) {
    let all = || (0..people).map(|number| (number, Person::of(number, people)));
    let columns = [
        "id",
        "email",
        "email_canonical",
        "first_name",
        "last_name",
        "search_text",
        "created_at",
        "updated_at",
        "locked_at",
        "deleted_at",
    ];
    bulk.fill("users", &columns, all().map(|(_, person)| person.row()));

    let with_identity = || all().filter_map(|(number, person)| Some((number, person.identity(number)?, person)));
    let columns = ["id", "app_metadata", "created_at", "updated_at"];
    let rows = with_identity().map(|(_, (identity, _), person)| {
        let metadata = format!("{{\"user_id\":\"{}\"}}", person.id);
        vec![Cell::Text(identity), Cell::Text(metadata), Cell::Time(person.created_at), Cell::Time(person.created_at)]
    });
    bulk.fill("auth_identities", &columns, rows);
    let columns = ["auth_identity_id", "actor_type", "actor_id"];
    let rows = with_identity()
        .map(|(_, (identity, _), person)| vec![Cell::Text(identity), Cell::Name("user"), Cell::Text(person.id)]);
    bulk.fill("auth_identity_actors", &columns, rows);

    let secret = bulk.texts("SELECT provider_metadata FROM provider_identities LIMIT 1").concat();
    let key = bulk.texts("SELECT registration_key FROM provider_identities LIMIT 1").concat();
    let columns = [
        "id",
        "auth_identity_id",
        "provider",
        "entity_id",
        "entity_canonical",
        "registration_key",
        "claimed",
        "provider_metadata",
        "created_at",
        "updated_at",
    ];
    let rows = with_identity().map(|(_, (identity, provider_identity), person)| {
        vec![
            Cell::Text(provider_identity),
            Cell::Text(identity),
            Cell::Name("emailpass"),
            Cell::Text(person.email.clone()),
            Cell::Text(person.email),
            Cell::Text(key.clone()),
            Cell::Flag(true),
            Cell::Text(secret.clone()),
            Cell::Time(person.created_at),
            Cell::Time(person.created_at),
        ]
    });
    bulk.fill("provider_identities", &columns, rows);

    let rows = all().flat_map(|(number, person)| {
        let held = roles.of(number).into_iter();
        held.map(move |role| vec![Cell::Text(person.id.clone()), Cell::Text(role), Cell::Time(person.created_at)])
    });
    bulk.fill("rbac_assignments", &["subject_id", "role_id", "created_at"], rows);
    let rows = all().map(|(number, person)| vec![Cell::Text(person.id), Cell::Text(roles.of(number).join(" "))]);
    bulk.fill("rbac_subject_sets", &["subject_id", "set_id"], rows);
    sessions(bulk, people, now, 0.2, (0, 6 * DAY));
}

/// Fills sessions of a share of the users, last used some time before `now`.
pub(crate) fn sessions(bulk: &Bulk, people: u64, now: i64, share: f64, (least, most): (i64, i64)) {
    let columns = [
        "id",
        "auth_identity_id",
        "actor_type",
        "actor_id",
        "provider",
        "created_at",
        "expires_at",
        "last_used_at",
        "proved_at",
        "awaits_mfa",
        "awaits_verification",
        "address",
        "user_agent",
    ];
    let rows = (0..people).filter_map(|number| {
        let mut dice = Dice::of(SESSION.wrapping_add(most.unsigned_abs()), number);
        if !dice.hits(share) {
            return None;
        }
        let person = Person::of(number, people);
        let (identity, _) = person.identity(number)?;
        let used = now - least - dice.below((most - least).unsigned_abs()).cast_signed();
        let began = used - dice.below(DAY.unsigned_abs()).cast_signed();
        Some(vec![
            Cell::Text(id("sess", began, &mut dice)),
            Cell::Text(identity),
            Cell::Name("user"),
            Cell::Text(person.id),
            Cell::Name("emailpass"),
            Cell::Time(began),
            Cell::Time(began + 30 * DAY),
            Cell::Time(used),
            Cell::Time(began),
            Cell::Flag(false),
            Cell::Flag(false),
            Cell::Text(format!("203.0.{}.{}", dice.below(256), dice.below(256))),
            Cell::Name("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
        ])
    });
    bulk.fill("auth_sessions", &columns, rows);
}
