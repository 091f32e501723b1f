//! Bytes per row of each table and its indexes, among the most users.

use std::collections::BTreeMap;

use crate::figures::Figures;
use crate::options::Engine;
use crate::place::Place;
use crate::support::table;

pub(crate) fn run(_: &mut Figures, places: &mut [Place]) {
    let Some(place) = places.iter().max_by_key(|place| place.people) else { return };
    let query = match place.engine {
        // A table of its own index, such as that of an FTS5 table, is one more table here.
        Engine::Sqlite => {
            "SELECT stat.tbl_name || ' ' || size.name || ' ' || size.pgsize FROM dbstat size
             JOIN sqlite_master stat ON stat.name = size.name WHERE size.aggregate = TRUE"
        }
        Engine::Postgres => {
            "SELECT relation.relname || ' ' || COALESCE(part.relname, relation.relname) || ' '
                 || pg_relation_size(COALESCE(part.oid, relation.oid)) FROM pg_class relation
             LEFT JOIN LATERAL (SELECT oid, relname FROM pg_class WHERE oid IN (
                 SELECT relation.oid UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = relation.oid)) part ON true
             WHERE relation.relkind = 'r' AND relation.relnamespace = current_schema()::regnamespace"
        }
    };
    let mut tables: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for line in place.bulk.texts(query) {
        let parts: Vec<&str> = line.split(' ').collect();
        let bytes = parts[2].parse().expect("a number");
        tables.entry(parts[0].to_owned()).or_default().insert(parts[1].to_owned(), bytes);
    }
    let mut rows = Vec::new();
    for (table, parts) in tables.iter().filter(|(_, parts)| parts.values().sum::<u64>() > 1 << 20) {
        // The tables behind an index of FTS5 have few large rows.
        let counted = table.split("_trigrams").next().unwrap_or(table);
        let count = place.bulk.number(&format!("SELECT count(*) FROM {counted}")).max(1);
        let per_row = |bytes: u64| (bytes / count).to_string();
        rows.push(vec![format!("**{table}**"), count.to_string(), per_row(parts.values().sum())]);
        rows.extend(parts.iter().map(|(part, bytes)| vec![part.clone(), String::new(), per_row(*bytes)]));
    }
    println!("{} with {} users", place.engine.name(), place.people);
    table::print(&["table, and its parts", "rows", "bytes a row"], rows);
}
