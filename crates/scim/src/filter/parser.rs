//! Reads filters and paths.

use serde_json::Value as Json;

use super::{Attribute, Expression, Operator, Path};

/// The deepest nesting of a filter.
const DEPTH: usize = 20;

/// The longest filter, in bytes.
const LENGTH: usize = 4_096;

/// Reads a filter.
pub(super) fn filter(text: &str) -> Result<Expression, String> {
    let mut reader = Reader::new(text)?;
    let expression = reader.any(DEPTH)?;
    reader.end()?;
    Ok(expression)
}

/// Reads a path: `name.givenName`, `emails[type eq "work"].value`.
pub(super) fn path(text: &str) -> Result<Path, String> {
    let mut reader = Reader::new(text)?;
    let mut attribute = reader.attribute()?;
    let mut values = None;
    if reader.takes("[") {
        values = Some(reader.any(DEPTH)?);
        reader.expect("]")?;
        if let Some(part) = reader.rest.strip_prefix('.') {
            reader.rest = part;
            let part = reader.attribute()?;
            if part.part.is_some() || attribute.part.is_some() {
                return Err("an attribute has one level of parts".to_owned());
            }
            attribute.part = Some(part.name);
        }
    }
    reader.end()?;
    Ok(Path { attribute, values })
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Result<Self, String> {
        if text.len() > LENGTH {
            return Err(format!("it has more than {LENGTH} bytes"));
        }
        if text.contains('\0') {
            return Err("it has a NUL character".to_owned());
        }
        Ok(Self { rest: text })
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes these characters, if they follow.
    fn takes(&mut self, symbol: &str) -> bool {
        self.skip_blanks();
        let rest = self.rest.strip_prefix(symbol);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, symbol: &str) -> Result<(), String> {
        if self.takes(symbol) { Ok(()) } else { Err(format!("{symbol} is missing before {}", self.next_characters())) }
    }

    fn end(&mut self) -> Result<(), String> {
        self.skip_blanks();
        if self.rest.is_empty() { Ok(()) } else { Err(format!("it should end before {}", self.next_characters())) }
    }

    /// What follows, for messages.
    fn next_characters(&self) -> String {
        match self.rest.chars().take(20).collect::<String>() {
            rest if rest.is_empty() => "the end".to_owned(),
            rest => format!("{rest:?}"),
        }
    }

    /// Takes a word in any case, if it follows as a whole.
    fn takes_word(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let Some(start) = self.rest.get(..word.len()) else { return false };
        let rest = self.rest.get(word.len()..).unwrap_or_default();
        let is_whole = !rest.starts_with(|c: char| c.is_alphanumeric() || "_-.:$".contains(c));
        if start.eq_ignore_ascii_case(word) && is_whole {
            self.rest = rest;
            return true;
        }
        false
    }

    fn any(&mut self, depth: usize) -> Result<Expression, String> {
        let mut all = vec![self.all(depth)?];
        while self.takes_word("or") {
            all.push(self.all(depth)?);
        }
        Ok(one_or(all, Expression::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Expression, String> {
        let mut each = vec![self.one(depth)?];
        while self.takes_word("and") {
            each.push(self.one(depth)?);
        }
        Ok(one_or(each, Expression::All))
    }

    fn one(&mut self, depth: usize) -> Result<Expression, String> {
        let deeper = depth.checked_sub(1).ok_or_else(|| format!("it is nested more than {DEPTH} levels deep"))?;
        if self.takes("(") {
            let inner = self.any(deeper)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let before = self.rest;
        if self.takes_word("not") {
            if self.takes("(") {
                let inner = self.any(deeper)?;
                self.expect(")")?;
                return Ok(Expression::Not(Box::new(inner)));
            }
            self.rest = before;
        }
        let attribute = self.attribute()?;
        if self.takes("[") {
            let inner = self.any(deeper)?;
            self.expect("]")?;
            return Ok(Expression::Values(attribute, Box::new(inner)));
        }
        if self.takes_word("pr") {
            return Ok(Expression::Present(attribute));
        }
        let operator = OPERATORS.iter().find(|(word, _)| self.takes_word(word)).map(|(_, operator)| *operator);
        let Some(operator) = operator else {
            return Err(format!("an operator such as eq is missing before {}", self.next_characters()));
        };
        Ok(Expression::Compare(attribute, operator, self.literal()?))
    }

    fn attribute(&mut self) -> Result<Attribute, String> {
        self.skip_blanks();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.:$".contains(c);
        let end = self.rest.find(|c: char| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        let attribute = Attribute::read(word)
            .ok_or_else(|| format!("an attribute is missing before {}", self.next_characters()))?;
        self.rest = rest;
        Ok(attribute)
    }

    /// A text in quotation marks, a number, true, false or null.
    fn literal(&mut self) -> Result<Json, String> {
        self.skip_blanks();
        for (word, value) in [("true", Json::Bool(true)), ("false", Json::Bool(false)), ("null", Json::Null)] {
            if self.takes_word(word) {
                return Ok(value);
            }
        }
        let missing = format!("a value such as \"text\" is missing before {}", self.next_characters());
        if self.rest.starts_with('"') {
            let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<Json>();
            let Some(Ok(Json::String(text))) = values.next() else { return Err(missing) };
            self.rest = self.rest.get(values.byte_offset()..).unwrap_or_default();
            return if text.contains('\0') { Err("a value has a NUL character".to_owned()) } else { Ok(text.into()) };
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        match serde_json::from_str(word) {
            Ok(Json::Number(number)) => {
                self.rest = rest;
                Ok(number.into())
            }
            _ => Err(missing),
        }
    }
}

const OPERATORS: [(&str, Operator); 9] = [
    ("eq", Operator::Equal),
    ("ne", Operator::NotEqual),
    ("co", Operator::Contains),
    ("sw", Operator::StartsWith),
    ("ew", Operator::EndsWith),
    ("gt", Operator::Greater),
    ("ge", Operator::GreaterOrEqual),
    ("lt", Operator::Less),
    ("le", Operator::LessOrEqual),
];

fn one_or(mut expressions: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    match (expressions.len(), expressions.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            expressions.push(last);
            many(expressions)
        }
        (_, None) => many(expressions),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn named(name: &str) -> Attribute {
        let (name, part) = name.split_once('.').map_or((name, None), |(name, part)| (name, Some(part.to_owned())));
        Attribute { name: name.to_owned(), part, is_extension: false }
    }

    fn equal(name: &str, value: Json) -> Expression {
        Expression::Compare(named(name), Operator::Equal, value)
    }

    /// The examples of RFC 7644, figure 2.
    #[test]
    fn filters_of_the_rfc_are_read() {
        for text in [
            r#"userName eq "bjensen""#,
            r#"name.familyName co "O'Malley""#,
            r#"userName sw "J""#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
            "title pr",
            r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
            r#"title pr and userType eq "Employee""#,
            r#"title pr or userType eq "Intern""#,
            r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
            r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
            r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
            r#"userType eq "Employee" and (emails.type eq "work")"#,
            r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
            r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
        ] {
            assert!(filter(text).is_ok(), "{text}: {:?}", filter(text));
        }
    }

    #[test]
    fn and_binds_more_than_or_and_names_have_any_case() {
        let expected = Expression::Any(vec![
            equal("a", json!(1)),
            Expression::All(vec![equal("b", json!("x")), Expression::Not(Box::new(equal("c.d", json!(true))))]),
        ]);
        assert_eq!(filter(r#"A eq 1 OR b EQ "x" And NOT (C.d eq True)"#), Ok(expected));
        let schema = "URN:ietf:params:scim:schemas:core:2.0:user:userName";
        assert_eq!(filter(&format!("{schema} eq null")), Ok(equal("username", Json::Null)));
        assert_eq!(filter(r#"not eq "x""#), Ok(equal("not", json!("x"))), "an attribute of this name");
    }

    #[test]
    fn paths_are_read() {
        let work = path(r#"emails[type eq "work"].value"#).unwrap();
        assert_eq!((work.attribute, work.values), (named("emails.value"), Some(equal("type", json!("work")))));
        assert_eq!(path("name.givenName").unwrap(), Path { attribute: named("name.givenname"), values: None });
        let extension = path("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value").unwrap();
        assert!(extension.attribute.is_extension && extension.attribute.full() == "manager.value");
        for wrong in ["", " ", "a b", "a[", "a[b]", "a.b.c", "a[b eq 1].c.d", "urn:x:y:z", "1a", "a.", "a[b eq 1]c"] {
            assert!(path(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let deep = |depth: usize| format!("{}a eq 1{}", "(".repeat(depth), ")".repeat(depth));
        assert!(filter(&deep(DEPTH - 1)).is_ok());
        for wrong in [
            "",
            "a",
            "a eq",
            "a eq x",
            "a xx 1",
            "a eq 1 and",
            "(a eq 1",
            "a eq 1)",
            "a eq [1]",
            "a eq {}",
            "not a eq 1",
            "a eq \"\\u0000\"",
            "a eq 1 b eq 2",
            "urn:nosuch:a eq 1",
            &deep(DEPTH),
            &deep(2_000),
            &format!("a eq \"{}\"", "x".repeat(LENGTH)),
        ] {
            assert!(filter(wrong).is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-z\"\\[\\]().: 0-9é\\\\]{0,60}") {
            let _ = filter(&text);
            let _ = path(&text);
        }
    }
}
