//! Invites in every state: one for each five users.

use super::bulk::{Bulk, Cell};
use super::dice::{Dice, id};
use super::names::Name;

const STREAM: u64 = 5;
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// How many invites so many users have.
pub(crate) fn number_of(people: u64) -> u64 {
    people / 5
}

/// Fills invites of the last year: 60 % accepted, 15 % pending, 15 % expired, 10 % revoked.
pub(crate) fn fill(bulk: &Bulk, people: u64, now: i64) {
    let columns = [
        "id",
        "email",
        "email_canonical",
        "state",
        "nonce",
        "expires_at",
        "accepted_at",
        "revoked_at",
        "times_sent",
        "sent_at",
        "search_text",
        "created_at",
        "updated_at",
    ];
    let count = number_of(people);
    let apart = 365 * DAY / count.cast_signed();
    let rows = (0..count).map(|number| {
        let mut dice = Dice::of(STREAM, number);
        let created_at = (now - (count - number).cast_signed() * apart) / 1_000 * 1_000;
        // Numbers that no user's address has.
        let email = Name::random(&mut dice).address(people + number, &mut dice);
        let later = created_at + DAY / 2;
        let (state, expires_at) = match dice.below(100) {
            0..60 => ("accepted", created_at + DAY),
            60..75 => ("pending", now + 30 * DAY + dice.below(1_000_000).cast_signed()),
            75..90 => ("pending", created_at.min(now - DAY) + DAY / 2),
            _ => ("revoked", created_at + DAY),
        };
        let when = |wanted| if state == wanted { Cell::Time(later) } else { Cell::Null };
        vec![
            Cell::Text(id("invite", created_at, &mut dice)),
            Cell::Text(email.clone()),
            Cell::Text(email.clone()),
            Cell::Name(state),
            Cell::Text(format!("{:016x}{:016x}", dice.next(), dice.next())),
            Cell::Time(expires_at),
            when("accepted"),
            when("revoked"),
            Cell::Number(1),
            Cell::Time(created_at),
            Cell::Text(vestibule::database::search::search_text([Some(email.as_str())])),
            Cell::Time(created_at),
            Cell::Time(if state == "pending" { created_at } else { later }),
        ]
    });
    bulk.fill("invites", &columns, rows);
}
