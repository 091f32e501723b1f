//! What the databases' plans say about the reading of lists.

use vestibule_database::Engine;

/// Fails unless a plan reads this index, whose name begins with that of its table, from the place of the page if that has one, and neither sorts the rows nor reads them all.
///
/// # Panics
///
/// If it does not.
#[track_caller]
pub fn assert_reads_index(engine: Engine, plan: &[String], index: &str, has_place: bool, about: &str) {
    let table = index.trim_start_matches("sqlite_autoindex_").split('_').next().unwrap_or_default();
    let at = format!("{engine:?} {about}\n{}", plan.join("\n"));
    assert!(plan.iter().any(|line| line.contains(index)), "{at}");
    let is_wrong = |line: &String| match engine {
        // Few rows at a time, those of one value; or those without a value, of which it expects none.
        Engine::Postgres => {
            let sorts = line.contains("Sort  (") && !line.contains("Incremental Sort") && !line.contains("rows=1 ");
            sorts || line.contains(&format!("Seq Scan on {table}"))
        }
        // Rows without a name are found by the index, and sorted: there are none.
        Engine::Sqlite => {
            let sorts = line.contains("TEMP B-TREE FOR ORDER BY") && !plan.iter().any(|line| line.contains("<expr>=?"));
            // After those with a value, it looks for those without one, of which it knows that a column has none.
            let is_first = plan.iter().take_while(|other| *other != line).all(|other| !other.starts_with("SEARCH"));
            sorts || (has_place && is_first && line.starts_with(&format!("SCAN {table}")))
        }
    };
    assert!(!plan.iter().any(is_wrong), "{at}");
}
