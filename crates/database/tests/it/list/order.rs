//! Rows are in the same order on both engines, whatever the machine's locale.

use vestibule_core::{Direction, Filter, FindConfig, Timestamp};
use vestibule_database::list::{list, list_and_count};
use vestibule_testing::on_both_engines;

use super::things::{Found, TABLE, Thing, ThingField, fill};
use crate::support::Tables;

use Direction::{Ascending, Descending};
use ThingField::{At, Document, Email, Flag, Id, Made, Name, Number};

on_both_engines!(
    nothing_comes_last_ascending_and_first_descending,
    texts_are_ordered_byte_by_byte,
    ties_are_settled_by_the_id_in_the_direction_of_the_last_field,
    pages_follow_one_another_and_the_count_is_of_all,
    deleted_rows_are_found_on_request,
);

async fn ids(tables: &Tables, find: FindConfig<ThingField>) -> String {
    let found: Vec<Found> = list(&tables.database, TABLE, &Filter::everything(), &find).await.unwrap();
    found.into_iter().map(|found| found.0).collect::<Vec<_>>().join(" ")
}

fn by(order: &[(ThingField, Direction)]) -> FindConfig<ThingField> {
    FindConfig { order: order.to_vec(), ..FindConfig::default() }
}

async fn nothing_comes_last_ascending_and_first_descending(tables: Tables) {
    let thing = |id: &str, number: i64| Thing {
        id: id.into(),
        name: Some(format!("name {number}")),
        email: Some(format!("{number}@example.com")),
        number: Some(number - 2),
        flag: Some(number > 1),
        at: Some(Timestamp::from_seconds(number - 2)),
        is_deleted: false,
    };
    let nothing = Thing { id: "n".into(), ..Thing::default() };
    fill(&tables.database, &[nothing, thing("b", 2), thing("a", 1), thing("c", 3)]).await;
    for field in [Name, Email, Number, At] {
        assert_eq!(ids(&tables, by(&[(field, Ascending)])).await, "a b c n", "{field:?}");
        assert_eq!(ids(&tables, by(&[(field, Descending)])).await, "n c b a", "{field:?}");
    }
    assert_eq!(ids(&tables, by(&[(Flag, Ascending)])).await, "a b c n");
    assert_eq!(ids(&tables, by(&[(Flag, Descending)])).await, "n c b a");
    // A field that cannot be sorted by is ignored.
    for field in [Document, Made] {
        assert_eq!(ids(&tables, by(&[(field, Descending), (Name, Descending)])).await, "n c b a");
    }
}

async fn texts_are_ordered_byte_by_byte(tables: Tables) {
    let names = ["", " ", "A", "B", "Z", "_", "a", "a b", "a-b", "ab", "b", "z", "É", "é", "漢", "\u{ffff}", "🦀"];
    let things: Vec<Thing> = names
        .iter()
        .enumerate()
        .rev()
        .map(|(number, name)| Thing { id: format!("{number:02}"), name: Some((*name).into()), ..Thing::default() })
        .collect();
    fill(&tables.database, &things).await;
    let expected: Vec<String> = (0..names.len()).map(|number| format!("{number:02}")).collect();
    assert_eq!(ids(&tables, by(&[(Name, Ascending)])).await, expected.join(" "));
}

async fn ties_are_settled_by_the_id_in_the_direction_of_the_last_field(tables: Tables) {
    let thing = |id: &str, name: Option<&str>, number| Thing {
        id: id.into(),
        name: name.map(str::to_owned),
        number,
        ..Thing::default()
    };
    let things = [
        thing("d", Some("x"), Some(1)),
        thing("c", None, Some(2)),
        thing("b", Some("x"), None),
        thing("a", None, Some(1)),
        thing("e", Some("x"), Some(2)),
    ];
    fill(&tables.database, &things).await;
    assert_eq!(ids(&tables, FindConfig::default()).await, "a b c d e");
    assert_eq!(ids(&tables, by(&[(Id, Descending)])).await, "e d c b a");
    assert_eq!(ids(&tables, by(&[(Name, Ascending)])).await, "b d e a c");
    assert_eq!(ids(&tables, by(&[(Name, Descending)])).await, "c a e d b");
    assert_eq!(ids(&tables, by(&[(Name, Ascending), (Number, Descending)])).await, "b e d c a");
    assert_eq!(ids(&tables, by(&[(Number, Ascending), (Name, Descending)])).await, "a d c e b");
}

async fn pages_follow_one_another_and_the_count_is_of_all(tables: Tables) {
    let thing = |number: usize| Thing { id: format!("{number}"), ..Thing::default() };
    fill(&tables.database, &(0..5).map(thing).collect::<Vec<_>>()).await;
    for (skip, take, expected) in [
        (0, None, "0 1 2 3 4"),
        (2, None, "2 3 4"),
        (9, None, ""),
        (0, Some(0), ""),
        (0, Some(2), "0 1"),
        (2, Some(2), "2 3"),
        (4, Some(2), "4"),
        (0, Some(5), "0 1 2 3 4"),
        (3, Some(2), "3 4"),
        (5, Some(2), ""),
        (u64::MAX, Some(2), ""),
        (1, Some(u64::MAX), "1 2 3 4"),
        (u64::MAX, Some(u64::MAX), ""),
    ] {
        let find = FindConfig { skip, take, ..FindConfig::default() };
        assert_eq!(ids(&tables, find.clone()).await, expected, "{skip} {take:?}");
        let page = list_and_count::<Found, _>(&tables.database, TABLE, &Filter::everything(), &find).await;
        let (found, count) = page.unwrap();
        let found: Vec<String> = found.into_iter().map(|found| found.0).collect();
        assert_eq!((found.join(" ").as_str(), count), (expected, 5), "{skip} {take:?}");
    }
}

async fn deleted_rows_are_found_on_request(tables: Tables) {
    let thing = |id: &str, is_deleted| Thing { id: id.into(), is_deleted, ..Thing::default() };
    fill(&tables.database, &[thing("a", true), thing("b", false)]).await;
    assert_eq!(ids(&tables, FindConfig::default()).await, "b");
    assert_eq!(ids(&tables, FindConfig::default().with_deleted()).await, "a b");
    // Not even an alternative finds them.
    let any = Filter::Any(vec![Filter::everything(), Filter::everything()]);
    let found = list_and_count::<Found, ThingField>(&tables.database, TABLE, &any, &FindConfig::default()).await;
    assert_eq!(found.unwrap(), (vec![Found("b".into())], 1));
}
