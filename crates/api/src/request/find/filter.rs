//! Filters: `q`, conditions on fields, and `$and`, `$or`, `$not` of more of them.

use vestibule_core::{Field, Filter};

use super::{Listing, condition};
use crate::request::{Parameter, Query, Report};

/// The most conditions in one filter, with those of all levels and the words of `q`. SQLite refuses expressions of more than
/// 1000 terms.
pub const MAX_CONDITIONS: usize = 100;

const SEARCH: &str = "q";
const ALL: &str = "$and";
const ANY: &str = "$or";
const NOT: &str = "$not";

/// Returns the names of the parameters that filter.
pub(super) fn names<F: Field>(listing: &Listing<F>) -> impl Iterator<Item = &'static str> + use<F> {
    let fields = listing.fields.iter().map(|field| field.name());
    listing.search.then_some(SEARCH).into_iter().chain(fields).chain([ALL, ANY, NOT])
}

/// Reads the filters of a query, and ignores other parameters.
pub(super) fn read<F: Field>(listing: &Listing<F>, query: &Query, report: &mut Report) -> Filter<F> {
    let mut reader = Reader { listing, report, conditions: 0 };
    let filters = reader.level(query.entries(), "");
    if reader.conditions > MAX_CONDITIONS {
        reader.report.add(format!("The filter has more than {MAX_CONDITIONS} conditions"));
    }
    Filter::All(filters)
}

struct Reader<'a, F: 'static> {
    listing: &'a Listing<F>,
    report: &'a mut Report,
    conditions: usize,
}

impl<F: Field> Reader<'_, F> {
    /// Reads the filters of one level, all of which must hold. `path` is its position; empty at the top.
    fn level(&mut self, entries: &[(String, Parameter)], path: &str) -> Vec<Filter<F>> {
        let get = |name: &str| entries.iter().find_map(|(key, value)| (key == name).then_some(value));
        let mut filters = Vec::new();
        if let Some(parameter) = get(SEARCH).filter(|_| self.listing.search) {
            filters.extend(self.search(parameter, &inside(path, SEARCH)));
        }
        for field in self.listing.fields {
            if let Some(parameter) = get(field.name()) {
                filters.extend(condition::read(*field, parameter, &inside(path, field.name()), self.report));
            }
        }
        self.conditions += filters.len();
        if let Some(parameter) = get(ALL) {
            filters.extend(self.list(parameter, &inside(path, ALL)));
        }
        if let Some(parameter) = get(ANY) {
            filters.push(Filter::Any(self.list(parameter, &inside(path, ANY))));
        }
        if let Some(parameter) = get(NOT) {
            filters.push(!self.object(parameter, &inside(path, NOT)));
        }
        filters
    }

    /// Reads the words that the row must contain.
    fn search(&mut self, parameter: &Parameter, path: &str) -> Vec<Filter<F>> {
        match parameter {
            Parameter::Text(text) => {
                let words: Vec<&str> = text.split_whitespace().collect();
                self.conditions += words.len().saturating_sub(1);
                if words.is_empty() { Vec::new() } else { vec![Filter::Search(words.join(" "))] }
            }
            other => {
                self.report.expected("string", path, &other.to_string());
                Vec::new()
            }
        }
    }

    fn list(&mut self, parameter: &Parameter, path: &str) -> Vec<Filter<F>> {
        let Parameter::List(items) = parameter else {
            self.report.expected("array", path, &parameter.to_string());
            return Vec::new();
        };
        let items = items.iter().enumerate();
        items.map(|(position, item)| self.object(item, &inside(path, &position.to_string()))).collect()
    }

    fn object(&mut self, parameter: &Parameter, path: &str) -> Filter<F> {
        match parameter {
            Parameter::Map(entries) => {
                let filters = self.level(entries, path);
                let names = entries.iter().map(|(name, _)| name.as_str());
                self.report.unrecognized(names.filter(|name| !names_of(self.listing, name)));
                Filter::All(filters)
            }
            // The reference's message for an item that is not an object.
            _ => {
                self.report.required(path);
                Filter::everything()
            }
        }
    }
}

fn names_of<F: Field>(listing: &Listing<F>, name: &str) -> bool {
    names(listing).any(|known| known == name)
}

fn inside(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}, {name}") }
}

#[cfg(test)]
mod tests {
    use super::super::tests::find;

    fn filter(raw: &str) -> String {
        format!("{:?}", find(raw).unwrap().filter)
    }

    /// notes A5
    #[test]
    fn each_word_of_q_is_searched_for() {
        assert_eq!(filter("q=ann%20%20moore%09x"), r#"All([Search("ann moore x")])"#);
        assert_eq!(filter("q=%25_"), r#"All([Search("%_")])"#);
        assert_eq!(filter("q="), "All([])");
        assert_eq!(filter("q=%20"), "All([])");
        assert_eq!(find("q=ann&q=bob").unwrap_err(), "Expected type: 'string' for field 'q', got: 'ann,bob'");
    }

    #[test]
    fn filters_are_joined_on_every_level() {
        let (a, b) = (r#"Field(Email, Eq(Text("a")))"#, r#"Field(FirstName, Eq(Text("b")))"#);
        for (raw, expected) in [
            ("first_name=b&email=a", format!("All([{a}, {b}])")),
            ("$and[0][email]=a&$and[1][first_name]=b", format!("All([All([{a}]), All([{b}])])")),
            ("$or[0][email]=a&$or[1][first_name]=b", format!("All([Any([All([{a}]), All([{b}])])])")),
            ("%24or%5B%5D%5Bemail%5D=a", format!("All([Any([All([{a}])])])")),
            ("$not[email]=a", format!("All([Not(All([{a}]))])")),
            ("email=a&$or[0][$not][first_name]=b", format!("All([{a}, Any([All([Not(All([{b}]))])])])")),
            ("$and[0][$or][0][q]=x", r#"All([All([Any([All([Search("x")])])])])"#.to_owned()),
            ("$or[0][email]=a&$or[0][first_name]=b", format!("All([Any([All([{a}, {b}])])])")),
        ] {
            assert_eq!(filter(raw), expected, "{raw}");
        }
    }

    /// notes A8, A11; the reference ignores what it does not know here
    #[test]
    fn unknown_fields_are_refused_on_every_level() {
        for (raw, message) in [
            ("$or[0][nosuch]=1", "Unrecognized fields: 'nosuch'"),
            ("$or[0][email]=a&$or[1][metadata]=x&$or[1][limit]=1", "Unrecognized fields: 'metadata, limit'"),
            ("$and[0][$not][nosuch]=1&other=2", "Unrecognized fields: 'nosuch'; Unrecognized fields: 'other'"),
            ("$and=x", "Expected type: 'array' for field '$and', got: 'x'"),
            ("$or=", "Expected type: 'array' for field '$or', got: ''"),
            ("$or[email]=x", "Expected type: 'array' for field '$or', got: '[object Object]'"),
            ("$or[]=x", "Field '$or, 0' is required"),
            ("$or[0]=x&$or[1]=y", "Field '$or, 0' is required; Field '$or, 1' is required"),
            ("$not=x", "Field '$not' is required"),
            ("$not[0][email]=x", "Field '$not' is required"),
            ("$or[0][created_at][$in]=x", "Expected type: 'array' for field '$or, 0, created_at, $in', got: 'x'"),
            ("$or[0][email][$nosuch]=x", "Unrecognized operator '$nosuch' for field 'email'"),
            ("$nosuch[0][email]=x", "Unrecognized fields: '$nosuch'"),
            ("__proto__=1&constructor=1&toString=1", "Unrecognized fields: '__proto__, constructor, toString'"),
        ] {
            assert_eq!(find(raw).unwrap_err(), message, "{raw}");
        }
    }

    #[test]
    fn conditions_are_counted_on_all_levels() {
        let many = |count: usize| (0..count).map(|i| format!("$or[{i}][email]=x&")).collect::<String>();
        assert!(find(&many(100)).is_ok());
        assert_eq!(find(&many(101)).unwrap_err(), "The filter has more than 100 conditions");
        assert_eq!(find(&format!("q={}", "x+".repeat(101))).unwrap_err(), "The filter has more than 100 conditions");
        let ids = "id[]=x&".repeat(1_000);
        assert!(find(&ids).is_ok(), "a list of values is one condition");
    }
}
