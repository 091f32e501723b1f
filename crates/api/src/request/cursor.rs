//! `after` and `count`: where a page begins, and how the matches are counted.

use vestibule_core::{Counting, Cursor, Direction, Field};

use super::Parameters;

impl Parameters<'_> {
    /// Reads `count`: `exact` by default, `estimated` or `none`.
    pub fn counting(&mut self) -> Counting {
        match self.text("count") {
            None | Some("exact") => Counting::Exact,
            Some("estimated") => Counting::Estimated,
            Some("none") => Counting::None,
            Some(_) => {
                self.leave([]).invalid("count", "expected 'exact', 'estimated' or 'none'");
                Counting::Exact
            }
        }
    }

    /// Reads `after`, the place in this order to begin after; returns also whether it is there. It is empty for the first page.
    pub fn after<F: Field>(&mut self, order: &[(F, Direction)], offset: u64) -> (Option<Cursor>, bool) {
        let Some(text) = self.text("after") else {
            return (None, false);
        };
        let report = self.leave([]);
        if offset > 0 {
            report.invalid("after", "it says where the page begins, and so does 'offset': leave out one of them");
        }
        if text.is_empty() {
            return (None, true);
        }
        let cursor = Cursor::read(text, order).inspect_err(|error| report.invalid("after", error));
        (cursor.ok(), true)
    }
}

#[cfg(test)]
mod tests {
    use vestibule_core::Value;

    use super::super::Query;
    use super::*;

    vestibule_core::fields!(
        /// A field for these tests.
        Sample { Email: "email" as Email }
    );

    const ORDER: [(Sample, Direction); 1] = [(Sample::Email, Direction::Ascending)];

    fn after(raw: &str, offset: u64) -> Result<(Option<Cursor>, bool), String> {
        let query = Query::parse(raw).unwrap();
        let mut parameters = Parameters::of(&query);
        let after = parameters.after(&ORDER, offset);
        parameters.finish(after).map_err(|error| error.messages.join("; "))
    }

    #[test]
    fn after_is_a_place_in_the_order() {
        let cursor = Cursor::new(vec![Value::from("ada@example.com")], "user_1");
        assert_eq!(after("", 3), Ok((None, false)));
        assert_eq!(after("after=", 0), Ok((None, true)));
        assert_eq!(after(&format!("after={}", cursor.write(&ORDER)), 0), Ok((Some(cursor), true)));
    }

    #[test]
    fn other_places_are_refused() {
        let other = Cursor::new(Vec::new(), "user_1").write::<Sample>(&[]);
        let belongs = "this 'next' belongs to the order ''; repeat that order, or begin with the first page";
        let offset = "it says where the page begins, and so does 'offset': leave out one of them";
        let malformed = "expected the 'next' of an earlier page, or nothing for the first page";
        for (raw, offset_given, reason) in [
            (format!("after={other}"), 0, belongs),
            ("after=".to_owned(), 2, offset),
            ("after=user_1".to_owned(), 0, malformed),
        ] {
            assert_eq!(after(&raw, offset_given), Err(format!("Invalid value for field 'after': {reason}")));
        }
        assert!(after("after[]=x", 0).is_err());
    }

    #[test]
    fn three_ways_to_count() {
        let counting = |raw: &str| {
            let query = Query::parse(raw).unwrap();
            let mut parameters = Parameters::of(&query);
            let counting = parameters.counting();
            parameters.finish(counting).map_err(|error| error.messages.join("; "))
        };
        assert_eq!(counting(""), Ok(Counting::Exact));
        assert_eq!(counting("count=exact"), Ok(Counting::Exact));
        assert_eq!(counting("count=estimated"), Ok(Counting::Estimated));
        assert_eq!(counting("count=none"), Ok(Counting::None));
        for raw in ["count=", "count=NONE", "count=5", "count=true"] {
            let message = "Invalid value for field 'count': expected 'exact', 'estimated' or 'none'";
            assert_eq!(counting(raw), Err(message.to_owned()), "{raw}");
        }
    }
}
