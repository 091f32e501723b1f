//! The numbers of users and of invites in each state, which triggers keep (`migrations/V9__counts.sql`).

use vestibule_core::{Condition, Filter, Parts, Timestamp, Value};
use vestibule_database::list::KeptCount;
use vestibule_database::{Counts, Sql, values};

use crate::{InviteField, UserField};

/// The counts of users and of invites, to fill, compare and repair.
pub const COUNTS: Counts = Counts { table: "user_counts", present: PRESENT };

/// Selects users and invites.
macro_rules! present {
    ($hour:literal, $minute:literal) => {
        concat!(
            "SELECT CASE WHEN deleted_at IS NOT NULL THEN 'users deleted' WHEN locked_at IS NOT NULL THEN 'users locked'
                 ELSE 'users active' END AS name, 0 AS bucket, count(*) AS number
             FROM users GROUP BY 1
             UNION ALL
             SELECT CASE WHEN deleted_at IS NULL THEN 'invites ' || state ELSE 'invites deleted' END, 0, count(*)
             FROM invites GROUP BY 1
             UNION ALL
             SELECT 'invites by hour', ",
            $hour,
            ", count(*) FROM invites WHERE state = 'pending' AND deleted_at IS NULL GROUP BY 2
             UNION ALL
             SELECT 'invites by minute', ",
            $minute,
            ", count(*) FROM invites WHERE state = 'pending' AND deleted_at IS NULL GROUP BY 2"
        )
    };
}

/// SQLite has times as microseconds.
const PRESENT: Sql = Sql::per_engine(
    present!("expires_at / 3600000000", "expires_at / 60000000"),
    present!(
        "CAST(floor(extract(epoch FROM expires_at) / 3600) AS bigint)",
        "CAST(floor(extract(epoch FROM expires_at) / 60) AS bigint)"
    ),
);

// Every user is in one of these.
const ACTIVE: u32 = 1;
const LOCKED: u32 = 2;
const DELETED_USERS: u32 = 4;

/// The count of the users that a filter matches, if it distinguishes nothing but states.
pub(crate) fn of_users(filter: &Filter<UserField>, with_deleted: bool) -> Option<KeptCount> {
    let selected = |field, condition: &Condition| match (field, condition) {
        (UserField::LockedAt, Condition::Eq(Value::Null)) => Parts { whole: ACTIVE, any: ACTIVE | DELETED_USERS },
        (UserField::LockedAt, Condition::Ne(Value::Null)) => Parts { whole: LOCKED, any: LOCKED | DELETED_USERS },
        (UserField::DeletedAt, Condition::Eq(Value::Null)) => Parts::exactly(ACTIVE | LOCKED),
        (UserField::DeletedAt, Condition::Ne(Value::Null)) => Parts::exactly(DELETED_USERS),
        _ => Parts::unknown(),
    };
    let all = if with_deleted { ACTIVE | LOCKED | DELETED_USERS } else { ACTIVE | LOCKED };
    let parts = filter.parts(all, selected)?;
    let name = |part, name| if parts & part == 0 { "" } else { name };
    Some(KeptCount {
        statement: "SELECT CASE WHEN EXISTS (SELECT 1 FROM user_counts WHERE name = 'filled') THEN
                        (SELECT CAST(COALESCE(sum(number), 0) AS bigint) FROM user_counts WHERE name IN ($1, $2, $3)) END"
            .into(),
        values: values![
            name(ACTIVE, "users active"),
            name(LOCKED, "users locked"),
            name(DELETED_USERS, "users deleted")
        ]
        .to_vec(),
    })
}

// Every invite is in one of these. Those that are pending and those that have expired share a count: the time alone divides them.
const PENDING: u32 = 1;
const EXPIRED: u32 = 2;
const ACCEPTED: u32 = 4;
const REVOKED: u32 = 8;
const DELETED_INVITES: u32 = 16;

/// The count of invites whatever the time is.
const TIMELESS: &str = "SELECT CASE WHEN EXISTS (SELECT 1 FROM user_counts WHERE name = 'filled') THEN
         (SELECT CAST(COALESCE(sum(number), 0) AS bigint) FROM user_counts WHERE bucket = 0 AND name IN ($1, $2, $3, $4)) END";

/// The same, and the invites that have not expired, times `$5`: those of the hours `$6` and after, of the minutes from `$7` until then,
/// and those that expire between `$8` and the first of these minutes, `$9`.
const AT_A_TIME: &str = "SELECT CASE WHEN EXISTS (SELECT 1 FROM user_counts WHERE name = 'filled') THEN
         (SELECT CAST(COALESCE(sum(number), 0) AS bigint) FROM user_counts WHERE bucket = 0 AND name IN ($1, $2, $3, $4))
         + $5 * ((SELECT CAST(COALESCE(sum(number), 0) AS bigint) FROM user_counts
                  WHERE name = 'invites by hour' AND bucket >= $6)
                 + (SELECT CAST(COALESCE(sum(number), 0) AS bigint) FROM user_counts
                    WHERE name = 'invites by minute' AND bucket >= $7 AND bucket < $6 * 60)
                 + (SELECT count(*) FROM invites
                    WHERE state = 'pending' AND deleted_at IS NULL AND expires_at > $8 AND expires_at < $9)) END";

/// A minute, in microseconds.
const MINUTE: i64 = 60_000_000;

/// The count of the invites that a filter matches, if it distinguishes nothing but states.
pub(crate) fn of_invites(filter: &Filter<InviteField>, with_deleted: bool) -> Option<KeptCount> {
    let time = std::cell::Cell::new(None::<Timestamp>);
    // Two times would divide the pending invites in three.
    let is_the_time = |at: Timestamp| {
        let first = time.get().unwrap_or(at);
        time.set(Some(first));
        first == at
    };
    let others = ACCEPTED | REVOKED | DELETED_INVITES;
    let selected = |field, condition: &Condition| match (field, condition) {
        (InviteField::State, Condition::Eq(Value::Text(state))) => {
            let whole = match state.as_str() {
                "pending" => PENDING | EXPIRED,
                "accepted" => ACCEPTED,
                "revoked" => REVOKED,
                _ => 0,
            };
            Parts { whole, any: whole | DELETED_INVITES }
        }
        (InviteField::ExpiresAt, Condition::Gt(Value::Time(at))) if is_the_time(*at) => {
            Parts { whole: PENDING, any: PENDING | others }
        }
        (InviteField::ExpiresAt, Condition::Lte(Value::Time(at))) if is_the_time(*at) => {
            Parts { whole: EXPIRED, any: EXPIRED | others }
        }
        (InviteField::DeletedAt, Condition::Eq(Value::Null)) => Parts::exactly(!DELETED_INVITES),
        (InviteField::DeletedAt, Condition::Ne(Value::Null)) => Parts::exactly(DELETED_INVITES),
        _ => Parts::unknown(),
    };
    let all = PENDING | EXPIRED | ACCEPTED | REVOKED | if with_deleted { DELETED_INVITES } else { 0 };
    let parts = filter.parts(all, selected)?;
    let name = |part, name| if parts & part == 0 { "" } else { name };
    let names = [
        // All that are pending, from which those that have not expired may be taken.
        name(EXPIRED, "invites pending"),
        name(ACCEPTED, "invites accepted"),
        name(REVOKED, "invites revoked"),
        name(DELETED_INVITES, "invites deleted"),
    ];
    let mut values: Vec<Value> = names.into_iter().map(Value::from).collect();
    let times = match (parts & PENDING != 0, parts & EXPIRED != 0) {
        (true, false) => 1_i64,
        (false, true) => -1,
        _ => return Some(KeptCount { statement: TIMELESS.into(), values }),
    };
    // Without a time, the two are not divided.
    let now = time.get()?;
    let next_minute = now.as_microseconds().div_euclid(MINUTE) + 1;
    // The first hour of which no minute has begun.
    let next_hour = (next_minute + 59).div_euclid(60);
    let end = Timestamp::from_microseconds(next_minute.saturating_mul(MINUTE));
    values.extend_from_slice(values![times, next_hour, next_minute, now, end]);
    Some(KeptCount { statement: AT_A_TIME.into(), values })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InviteState;
    use vestibule_core::Field;

    #[test]
    fn minutes_and_hours_follow_the_one_that_is_not_over() {
        let minutes = |text: &str| {
            let now: Timestamp = text.parse().unwrap();
            let kept = of_invites(&InviteState::Pending.filter(now), false).unwrap();
            kept.values[4..].to_vec()
        };
        let hour = 498_705; // 2026-11-22T09
        let at = |text: &str| -> Value { text.parse::<Timestamp>().unwrap().into() };
        for (now, next_hour, next_minute, end) in [
            ("2026-11-22T09:00:00.000Z", hour + 1, hour * 60 + 1, "2026-11-22T09:01:00.000Z"),
            ("2026-11-22T09:30:59.999Z", hour + 1, hour * 60 + 31, "2026-11-22T09:31:00.000Z"),
            ("2026-11-22T09:59:00.000Z", hour + 1, hour * 60 + 60, "2026-11-22T10:00:00.000Z"),
            ("1969-12-31T23:59:30.000Z", 0, 0, "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(minutes(now), [1_i64.into(), next_hour.into(), next_minute.into(), at(now), at(end)], "{now}");
        }
    }

    #[test]
    fn other_filters_have_no_count() {
        let later = |seconds: i64| InviteField::ExpiresAt.is(Condition::Gt(Timestamp::from_seconds(seconds).into()));
        let pending = || InviteField::State.eq("pending");
        assert!(of_invites(&pending().and(later(5)), false).is_some());
        assert!(of_invites(&pending().and(later(5)).and(later(6)), false).is_none());
        let anything = || Filter::Any(vec![Filter::everything(), later(6)]);
        assert!(of_invites(&pending().and(later(5)).and(anything()), false).is_some());
        assert!(of_invites(&anything().and(pending().and(later(5))), false).is_none());
        assert!(of_invites(&later(5), false).is_none());
        assert!(of_invites(&pending(), true).is_none());
        assert!(of_invites(&pending().and(InviteField::Email.eq("a@b.example")), false).is_none());
        assert!(of_users(&UserField::Email.eq("a@b.example"), false).is_none());
        assert!(of_users(&UserField::LockedAt.eq(Value::Null), true).is_none());
    }
}
