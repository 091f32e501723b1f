//! What has happened: an entry of the audit log for each two users, an event and its mail for each five.

use super::bulk::{Bulk, Cell};
use super::dice::{Dice, id};
use super::people::Person;

const ENTRY: u64 = 6;
const EVENT: u64 = 7;
const DELIVERY: u64 = 8;
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

const ACTIONS: [&str; 6] =
    ["session.started", "user.updated", "invite.created", "invite.accepted", "user.roles_assigned", "user.locked"];

/// How many events so many users have.
pub(crate) fn events_of(people: u64) -> u64 {
    people / 5
}

/// Fills the audit log of the last year.
pub(crate) fn entries(bulk: &Bulk, people: u64, now: i64) {
    let columns = [
        "id",
        "action",
        "actor_type",
        "actor_id",
        "target_type",
        "target_id",
        "address",
        "user_agent",
        "request_id",
        "before",
        "after",
        "created_at",
    ];
    let count = people / 2;
    let apart = 365 * DAY / count.cast_signed();
    let rows = (0..count).map(|number| {
        let mut dice = Dice::of(ENTRY, number);
        let created_at = (now - (count - number).cast_signed() * apart) / 1_000 * 1_000;
        let [actor, target] = [0; 2].map(|_: u8| Person::of(dice.below(people), people).id);
        vec![
            Cell::Text(id("audit", created_at, &mut dice)),
            Cell::Text(dice.pick(&ACTIONS).to_owned()),
            Cell::Name("user"),
            Cell::Text(actor),
            Cell::Name("user"),
            Cell::Text(target),
            Cell::Text(format!("203.0.113.{}", dice.below(256))),
            Cell::Name("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
            Cell::Text(id("req", created_at, &mut dice)),
            Cell::Name("{\"first_name\":\"Anna\"}"),
            Cell::Name("{\"first_name\":\"Anne\"}"),
            Cell::Time(created_at),
        ]
    });
    bulk.fill("audit_entries", &columns, rows);
}

/// Fills events between `from` and `until` with their mails, all delivered, at the end of the feed.
pub(crate) fn events(bulk: &Bulk, people: u64, (from, until): (i64, i64)) {
    // What the program has recorded is older than these: events are deleted in the order of the feed.
    bulk.run(&format!("UPDATE outbox_events SET created_at = {}", bulk.time(from)));
    let before = bulk.number("SELECT position FROM outbox_head").cast_signed();
    let count = events_of(people);
    let event = |number: u64| {
        let created_at = from + (until - from) / count.cast_signed() * number.cast_signed();
        let mut dice = Dice::of(EVENT ^ until.unsigned_abs(), number);
        let person = Person::of(dice.below(people), people);
        (id("event", created_at, &mut dice), person, created_at, before + 1 + number.cast_signed())
    };
    let columns = ["id", "name", "subject", "data", "created_at", "position"];
    let rows = (0..count).map(|number| {
        let (id, person, created_at, position) = event(number);
        let data = format!("{{\"id\":\"{}\"}}", person.id);
        let (id, subject) = (Cell::Text(id), Cell::Text(person.id));
        vec![id, Cell::Name("user.updated"), subject, Cell::Text(data), Cell::Time(created_at), Cell::Number(position)]
    });
    bulk.fill("outbox_events", &columns, rows);
    let columns = [
        "id",
        "event_id",
        "position",
        "name",
        "subject",
        "destination",
        "target",
        "state",
        "attempts",
        "next_try_at",
        "recipient",
        "created_at",
        "updated_at",
        "finished_at",
    ];
    let rows = (0..count).map(|number| {
        let (event_id, person, created_at, position) = event(number);
        let delivery = id("dlv", created_at, &mut Dice::of(DELIVERY ^ until.unsigned_abs(), number));
        let state = if number % 200 == 0 { "failed" } else { "sent" };
        vec![
            Cell::Text(delivery),
            Cell::Text(event_id),
            Cell::Number(position),
            Cell::Name("user.updated"),
            Cell::Text(person.id),
            Cell::Name("mail"),
            Cell::Name(""),
            Cell::Name(state),
            Cell::Number(1),
            Cell::Time(created_at),
            Cell::Text(person.email),
            Cell::Time(created_at),
            Cell::Time(created_at),
            Cell::Time(created_at),
        ]
    });
    bulk.fill("deliveries", &columns, rows);
    let last = before + count.cast_signed();
    bulk.run(&format!("UPDATE outbox_head SET position = {last}; UPDATE notify_head SET position = {last}"));
}
