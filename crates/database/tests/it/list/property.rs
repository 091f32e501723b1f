//! Random filters over random rows find the same on SQLite, on PostgreSQL and by a plain loop in Rust.

use std::cmp::Ordering;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use vestibule_core::{
    Before, Condition, Cursor, CursorPage, Direction, EmailAddress, Field, FieldKind, Filter, FindConfig, Timestamp,
    Value,
};
use vestibule_database::Database;
use vestibule_database::list::{list_and_count, list_page};
use vestibule_database::search::matches;

use super::things::{Found, TABLE, Thing, ThingField, both, fill};
use crate::support::Tables;

const TEXTS: [&str; 14] = ["", "a", "A", "ab", "aB", "b", "a b", "é", "É", "%", "a%", "a_", "\\", "\\%"];
const EMAILS: [&str; 5] = ["a@example.com", "A@Example.com", "b@example.com", "é@bücher.example", "no address"];
const FIELDS: [ThingField; 8] = [
    ThingField::Id,
    ThingField::Name,
    ThingField::Email,
    ThingField::Number,
    ThingField::Flag,
    ThingField::At,
    ThingField::Document,
    ThingField::Made,
];

fn things() -> impl Strategy<Value = Vec<Thing>> {
    let thing = (
        proptest::option::of(select(&TEXTS[..])),
        proptest::option::of(select(&EMAILS[..])),
        proptest::option::of(-1_i64..2),
        proptest::option::of(any::<bool>()),
        proptest::option::of(-1_i64..2),
        proptest::bool::weighted(0.1),
    );
    vec(thing, 0..10).prop_map(|things| {
        things
            .into_iter()
            .enumerate()
            .map(|(id, (name, email, number, flag, at, is_deleted))| Thing {
                id: format!("{}", 9 - id),
                name: name.map(str::to_owned),
                email: email.map(str::to_owned),
                number,
                flag,
                at: at.map(Timestamp::from_microseconds),
                is_deleted,
            })
            .collect()
    })
}

fn value(field: ThingField) -> BoxedStrategy<Value> {
    let present = match field.kind() {
        FieldKind::Text if field == ThingField::Id => (0..10).prop_map(|id: i32| Value::from(id.to_string())).boxed(),
        FieldKind::Text => select(&TEXTS[..]).prop_map(Value::from).boxed(),
        FieldKind::Email => select(&EMAILS[..]).prop_map(Value::from).boxed(),
        FieldKind::Int | FieldKind::Json | FieldKind::Derived => (-1_i64..2).prop_map(Value::from).boxed(),
        FieldKind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        FieldKind::Time => (-1_i64..2).prop_map(|at| Value::from(Timestamp::from_microseconds(at))).boxed(),
    };
    prop_oneof![6 => present, 1 => Just(Value::Null)].boxed()
}

fn condition(field: ThingField) -> impl Strategy<Value = Filter<ThingField>> {
    let one = || value(field);
    let several = || vec(value(field), 0..4);
    let compared = prop_oneof![
        one().prop_map(Condition::Eq),
        one().prop_map(Condition::Ne),
        several().prop_map(Condition::In),
        several().prop_map(Condition::Nin),
        one().prop_map(Condition::Gt),
        one().prop_map(Condition::Gte),
        one().prop_map(Condition::Lt),
        one().prop_map(Condition::Lte),
    ];
    let condition = if matches!(field.kind(), FieldKind::Text | FieldKind::Email) {
        let patterns = || select(&["%", "", "a%", "%a", "%b%", "_", "A_", "é", "\\%", "%\\", "\\"][..]);
        prop_oneof![
            3 => compared,
            1 => patterns().prop_map(|text| Condition::Like(text.into())),
            1 => patterns().prop_map(|text| Condition::Ilike(text.into())),
        ]
        .boxed()
    } else {
        compared.boxed()
    };
    condition.prop_map(move |condition| field.is(condition))
}

fn filter() -> impl Strategy<Value = Filter<ThingField>> {
    let leaf = prop_oneof![
        8 => select(&FIELDS[..]).prop_flat_map(condition),
        1 => select(&TEXTS[..]).prop_map(|text| Filter::Search(text.into())),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Filter::All),
            vec(inner.clone(), 0..4).prop_map(Filter::Any),
            inner.prop_map(|filter| !filter),
        ]
    })
}

fn find() -> impl Strategy<Value = FindConfig<ThingField>> {
    let direction = prop_oneof![Just(Direction::Ascending), Just(Direction::Descending)];
    let order = vec((select(&FIELDS[..]), direction), 0..3);
    (order, 0_u64..4, proptest::option::of(0_u64..6), any::<bool>()).prop_map(|(order, skip, take, with_deleted)| {
        FindConfig { order, skip, take, with_deleted, ..FindConfig::default() }
    })
}

/// The documentation of [`Filter`] and [`Condition`], as a plain loop.
fn is_match(thing: &Thing, filter: &Filter<ThingField>) -> bool {
    match filter {
        Filter::All(filters) => filters.iter().all(|filter| is_match(thing, filter)),
        Filter::Any(filters) => filters.iter().any(|filter| is_match(thing, filter)),
        Filter::Not(filter) => !is_match(thing, filter),
        Filter::Search(text) => matches(&thing.search_text(), &thing.id, text),
        Filter::Field(ThingField::Document | ThingField::Made, _) => false,
        Filter::Field(field, Condition::Like(pattern)) => is_like(thing.text(*field), pattern, false),
        Filter::Field(field, Condition::Ilike(pattern)) => is_like(thing.text(*field), pattern, true),
        Filter::Field(field, condition) => {
            let found = thing.value(*field);
            let order = |value: &Value| order(&found, &canonical(*field, value));
            let is_same = |value: &Value| match value {
                Value::Null => found == Value::Null,
                value => order(value) == Some(Ordering::Equal),
            };
            match condition {
                Condition::Eq(value) => is_same(value),
                Condition::Ne(value) => !is_same(value),
                Condition::In(values) => values.iter().any(is_same),
                Condition::Nin(values) => !values.iter().any(is_same),
                Condition::Gt(value) => order(value) == Some(Ordering::Greater),
                Condition::Gte(value) => order(value).is_some_and(Ordering::is_ge),
                Condition::Lt(value) => order(value) == Some(Ordering::Less),
                Condition::Lte(value) => order(value).is_some_and(Ordering::is_le),
                Condition::Like(_) | Condition::Ilike(_) => unreachable!("see above"),
            }
        }
    }
}

fn canonical(field: ThingField, value: &Value) -> Value {
    match value {
        Value::Text(text) if field == ThingField::Email => EmailAddress::canonical_or_text(text).into(),
        value => value.clone(),
    }
}

/// How two existing values compare.
fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => Some(one.as_bytes().cmp(other.as_bytes())),
        (Value::Int(one), Value::Int(other)) => Some(one.cmp(other)),
        (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
        (Value::Time(one), Value::Time(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

fn is_like(text: Option<&str>, pattern: &str, capitals_aside: bool) -> bool {
    let lower = |text: &str| if capitals_aside { text.to_lowercase() } else { text.to_owned() };
    text.is_some_and(|text| {
        let (text, pattern): (Vec<char>, Vec<char>) = (lower(text).chars().collect(), lower(pattern).chars().collect());
        matches_pattern(&text, &pattern)
    })
}

fn matches_pattern(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|at| matches_pattern(&text[at..], rest)),
        ['_', rest @ ..] => !text.is_empty() && matches_pattern(&text[1..], rest),
        ['\\', exactly, rest @ ..] | [exactly, rest @ ..] => {
            text.first() == Some(exactly) && matches_pattern(&text[1..], rest)
        }
    }
}

fn expected(things: &[Thing], filter: &Filter<ThingField>, find: &FindConfig<ThingField>) -> (Vec<Found>, u64) {
    let is_wanted = |thing: &&Thing| (find.with_deleted || !thing.is_deleted) && is_match(thing, filter);
    let mut found: Vec<&Thing> = things.iter().filter(is_wanted).collect();
    found.sort_by(|one, other| {
        let by_field = find.order.iter().filter(|(field, _)| field.is_comparable()).map(|(field, direction)| {
            let (one, other) = (one.value(*field), other.value(*field));
            let ascending = match (&one, &other) {
                (Value::Null, Value::Null) => Ordering::Equal,
                (Value::Null, _) => Ordering::Greater,
                (_, Value::Null) => Ordering::Less,
                (one, other) => order(one, other).unwrap(),
            };
            if *direction == Direction::Ascending { ascending } else { ascending.reverse() }
        });
        let by_id = one.id.cmp(&other.id);
        let last = find.order.iter().rfind(|(field, _)| field.is_comparable());
        let is_descending = last.is_some_and(|(_, direction)| *direction == Direction::Descending);
        by_field.fold(Ordering::Equal, Ordering::then).then(if is_descending { by_id.reverse() } else { by_id })
    });
    let count = found.len() as u64;
    let page = found.into_iter().skip(find.skip as usize).take(find.take.unwrap_or(u64::MAX) as usize);
    (page.map(|thing| Found(thing.id.clone())).collect(), count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_filters_find_the_same_on_sqlite_and_postgres() {
    let engines = both().await;
    tokio::task::block_in_place(|| {
        // The same cases in every run: what fails, fails again.
        let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let config = Config { cases: 150, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, random);
        let cases = (things(), vec((filter(), find()), 12));
        let result = runner.run(&cases, |(things, searches)| {
            tokio::runtime::Handle::current().block_on(agree(&engines, &things, &searches))
        });
        if let Err(error) = result {
            panic!("{error}");
        }
    });
}

async fn agree(
    engines: &[Tables; 2],
    things: &[Thing],
    searches: &[(Filter<ThingField>, FindConfig<ThingField>)],
) -> Result<(), TestCaseError> {
    for Tables { database, .. } in engines {
        fill(database, things).await;
        for (filter, find) in searches {
            let found = list_and_count::<Found, _>(database, TABLE, filter, find).await;
            let found = found.map_err(|error| TestCaseError::fail(format!("{error:?} {filter:?}")))?;
            prop_assert_eq!(found, expected(things, filter, find), "{:?} {:?} {:?}", database.engine(), filter, find);
            let all = FindConfig { skip: 0, take: None, ..find.clone() };
            let all = expected(things, filter, &all).0;
            for walked in [walk(database, filter, find).await?, walk_back(database, filter, find).await?] {
                prop_assert_eq!(&walked, &all, "{:?} {:?} {:?}", database.engine(), filter, find);
            }
        }
    }
    Ok(())
}

/// Reads a list page by page, each beginning after the one before; the cursors go over the wire. The page before each is the one
/// that was read before it.
async fn walk(
    database: &Database,
    filter: &Filter<ThingField>,
    find: &FindConfig<ThingField>,
) -> Result<Vec<Found>, TestCaseError> {
    let take = find.take.unwrap_or(3).max(1);
    let first = FindConfig { skip: 0, take: Some(take), ..find.clone() };
    let (mut find, mut all): (_, Vec<Found>) = (first.clone(), Vec::new());
    loop {
        let page = page(database, filter, &find).await?;
        prop_assert!(page.rows.len() as u64 == take || page.next.is_none(), "a page that is not full is the last");
        prop_assert_eq!(page.previous.is_some(), !all.is_empty() && !page.rows.is_empty());
        if let Some(previous) = &page.previous {
            let before = Some(Before::Row(over_the_wire(previous, &find)));
            let back = self::page(database, filter, &FindConfig { before, ..first.clone() }).await?;
            prop_assert_eq!(&back.rows[..], &all[all.len() - take as usize..]);
            prop_assert_eq!(back.previous.is_some(), all.len() as u64 > take);
            prop_assert!(back.next.is_some());
        }
        all.extend(page.rows);
        let Some(next) = page.next else { return Ok(all) };
        find.after = Some(over_the_wire(&next, &find));
    }
}

/// Reads a list from its last page to its first.
async fn walk_back(
    database: &Database,
    filter: &Filter<ThingField>,
    find: &FindConfig<ThingField>,
) -> Result<Vec<Found>, TestCaseError> {
    let take = find.take.unwrap_or(3).max(1);
    let mut find = FindConfig { take: Some(take), before: Some(Before::End), ..find.clone() };
    let mut all = Vec::new();
    loop {
        let page = page(database, filter, &find).await?;
        prop_assert!(page.rows.len() as u64 == take || page.previous.is_none(), "a page that is not full is the first");
        all.splice(0..0, page.rows);
        let Some(previous) = page.previous else { return Ok(all) };
        find.before = Some(Before::Row(over_the_wire(&previous, &find)));
    }
}

async fn page(
    database: &Database,
    filter: &Filter<ThingField>,
    find: &FindConfig<ThingField>,
) -> Result<CursorPage<Found>, TestCaseError> {
    let page = list_page(database, TABLE, filter, find).await;
    page.map_err(|error| TestCaseError::fail(format!("{error:?} {filter:?} {find:?}")))
}

fn over_the_wire(cursor: &Cursor, find: &FindConfig<ThingField>) -> Cursor {
    Cursor::read(&cursor.write(&find.order), &find.order).unwrap()
}
