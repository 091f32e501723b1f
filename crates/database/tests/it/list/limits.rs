//! Large filters work, or are refused; they never take the process with them.

use vestibule_core::{Condition, Field, Filter, FindConfig};
use vestibule_database::list::list;
use vestibule_database::{Error, values};
use vestibule_testing::on_both_engines;

use super::things::{Found, TABLE, Thing, ThingField, fill};
use crate::support::{Tables, soon};

on_both_engines!(
    long_lists_of_values_are_searched,
    many_conditions_stand_side_by_side,
    deep_filters_work_or_are_refused,
    text_with_nul_is_found_nowhere,
);

async fn found(tables: &Tables, filter: &Filter<ThingField>) -> Result<usize, Error> {
    let found: Vec<Found> = soon(list(&tables.database, TABLE, filter, &FindConfig::default())).await?;
    Ok(found.len())
}

async fn fill_one(tables: &Tables) {
    let thing = Thing { id: "there".into(), name: Some("Ada".into()), number: Some(7), ..Thing::default() };
    fill(&tables.database, &[thing]).await;
}

async fn long_lists_of_values_are_searched(tables: Tables) {
    fill_one(&tables).await;
    let list =
        |length: i32, last: &str| (1..length).map(|id| id.to_string()).chain([last.to_owned()]).collect::<Vec<_>>();
    for length in [1_000, 10_000, 30_000] {
        let ids = |last: &str| list(length, last);
        let listed = ThingField::Id.is_in(ids("there"));
        assert_eq!(found(&tables, &listed).await.unwrap(), 1, "{length}");
        assert_eq!(found(&tables, &ThingField::Id.is_in(ids("nowhere"))).await.unwrap(), 0, "{length}");
        let values = ids("nowhere").into_iter().map(Into::into).collect();
        assert_eq!(found(&tables, &ThingField::Id.is(Condition::Nin(values))).await.unwrap(), 1, "{length}");
    }
    // More values than a statement accepts: an error of the program, without a request to retry.
    for length in [70_000, 200_000] {
        let refused = found(&tables, &ThingField::Id.is_in(list(length, "there"))).await;
        assert!(matches!(refused, Err(Error::Other(_))), "{length}: {:.300}", format!("{refused:?}"));
        assert_eq!(found(&tables, &ThingField::Id.eq("there")).await.unwrap(), 1);
    }
}

async fn many_conditions_stand_side_by_side(tables: Tables) {
    fill_one(&tables).await;
    for count in [100, 999, 1_500, 5_000] {
        let each = |last: i64| (0..count).map(|_| ThingField::Number.eq(5_i64)).chain([ThingField::Number.eq(last)]);
        assert_eq!(found(&tables, &Filter::Any(each(7).collect())).await.unwrap(), 1, "{count} alternatives");
        assert_eq!(found(&tables, &Filter::Any(each(8).collect())).await.unwrap(), 0, "{count} alternatives");
        let all = (0..count).map(|_| ThingField::Number.eq(7_i64)).collect();
        assert_eq!(found(&tables, &Filter::All(all)).await.unwrap(), 1, "{count} conditions");
    }
}

/// security.md 29: filters nested 5 000 deep. HTTP itself refuses them; a program that builds one gets an error.
async fn deep_filters_work_or_are_refused(tables: Tables) {
    fill_one(&tables).await;
    let nested = |depth: usize| {
        let mut filter = ThingField::Number.eq(7_i64);
        for level in 0..depth {
            filter = match level % 4 {
                0 => Filter::All(vec![filter, ThingField::Name.eq("Ada")]),
                1 => !!filter,
                2 => Filter::Any(vec![ThingField::Flag.eq(true), filter]),
                _ => Filter::All(vec![filter]),
            };
        }
        filter
    };
    for depth in [1, 10, 24] {
        assert_eq!(found(&tables, &nested(depth)).await.unwrap(), 1, "{depth}");
    }
    for depth in [500, 5_000] {
        let refused = found(&tables, &nested(depth)).await;
        assert!(matches!(refused, Err(Error::Other(_))), "{depth}: {refused:?}");
        // Neither the process nor its connections were harmed.
        assert_eq!(
            tables.database.query::<()>("SELECT id FROM things WHERE number = $1", values![7]).await.unwrap(),
            [()]
        );
    }
}

/// security.md 29: NUL in a filter. PostgreSQL stores no text with NUL, so none is ever equal to one.
async fn text_with_nul_is_found_nowhere(tables: Tables) {
    fill_one(&tables).await;
    let name = |condition: Condition| ThingField::Name.is(condition);
    for (filter, count) in [
        (name(Condition::Eq("Ada\0".into())), 0),
        (name(Condition::Ne("Ada\0".into())), 1),
        (name(Condition::In(vec!["\0".into(), "Ada".into()])), 1),
        (name(Condition::Nin(vec!["\0".into()])), 1),
        (name(Condition::Gt("Ad\0".into())), 1),
        (name(Condition::Gte("Ada\0".into())), 0),
        (name(Condition::Lt("Ada\0".into())), 1),
        (name(Condition::Lte("Ad\0z".into())), 0),
        (name(Condition::Like("A%\0%".into())), 0),
        (name(Condition::Ilike("%\0".into())), 0),
        (!name(Condition::Like("%\0".into())), 1),
        (ThingField::Email.eq("\0"), 0),
        (ThingField::Id.eq("\0"), 0),
        (Filter::Search("\0".into()), 0),
        (Filter::Search("a\0".into()), 0),
        (Filter::Search("\nada\0".into()), 0),
        (Filter::Search("\nada".into()), 1),
    ] {
        assert_eq!(found(&tables, &filter).await.unwrap(), count, "{filter:?}");
    }
}
