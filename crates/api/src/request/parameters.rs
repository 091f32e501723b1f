//! Reads a route's parameters from a query string. Unknown ones are refused.

use std::ops::RangeInclusive;

use vestibule_core::{Field, Selection};
use vestibule_web::ExportFormat;

use super::find::MAX_TAKE;
use super::{InvalidRequest, Parameter, Query, Report, js_format};

/// The largest number up to which JavaScript, and so the reference's clients, count without gaps (plus one).
const LARGEST: u64 = 1 << 53;

/// Reads a route's parameters from a query.
///
/// ```ignore
/// let mut parameters = Parameters::of(&query);
/// let token = parameters.required_text("token");
/// let selection = parameters.selection::<UserField>();
/// let (token, selection) = parameters.finish((token, selection))?;
/// ```
///
/// Each method reports a fault and returns a placeholder; [`finish`](Self::finish) returns the values only if there were
/// no faults.
#[derive(Debug)]
pub struct Parameters<'a> {
    query: &'a Query,
    known: Vec<&'static str>,
    report: Report,
}

impl<'a> Parameters<'a> {
    /// Starts reading the parameters of `query`.
    pub fn of(query: &'a Query) -> Self {
        Self { query, known: Vec::new(), report: Report::default() }
    }

    fn get(&mut self, name: &'static str) -> Option<&'a Parameter> {
        self.known.push(name);
        self.query.get(name)
    }

    /// Reads text that may be absent.
    pub fn text(&mut self, name: &'static str) -> Option<&'a str> {
        match self.get(name)? {
            Parameter::Text(text) => Some(text),
            other => {
                self.report.expected("string", name, &other.to_string());
                None
            }
        }
    }

    /// Reads text that must be present; it may be empty.
    pub fn required_text(&mut self, name: &'static str) -> &'a str {
        if self.query.get(name).is_none() {
            self.report.required(name);
        }
        self.text(name).unwrap_or_default()
    }

    /// Reads `true` or `false`; absent is false.
    pub fn flag(&mut self, name: &'static str) -> bool {
        match self.get(name).map(Parameter::to_string) {
            None => false,
            Some(text) if self.query.text(name).is_some() && (text == "true" || text == "false") => text == "true",
            Some(text) => {
                self.report.expected("boolean", name, &text);
                false
            }
        }
    }

    /// Reads a number of rows, from 0 to 2^53, as JavaScript's `Number()` does, and drops its fraction.
    pub fn count(&mut self, name: &'static str, default: u64) -> u64 {
        let Some(parameter) = self.get(name) else {
            return default;
        };
        let number = match parameter {
            Parameter::Text(text) => js_format::to_number(text),
            _ => None,
        };
        match number {
            None => self.report.expected("number", name, &parameter.to_string()),
            Some(number) if number < 0.0 => self.report.too_small(name, 0),
            Some(number) if number > LARGEST as f64 => self.report.too_big(name, LARGEST),
            Some(number) => return number as u64,
        }
        default
    }

    /// Reads text, or several texts as a list; none if absent.
    pub fn texts(&mut self, name: &'static str) -> Vec<&'a str> {
        let items = match self.get(name) {
            None => &[],
            Some(Parameter::List(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Parameter::Text(text) => texts.push(text.as_str()),
                other => self.report.expected("string", name, &other.to_string()),
            }
        }
        texts
    }

    /// Reads names that `read` accepts: one, several as a list, or none if absent. `choices` lists them for the message.
    pub fn some_of<T>(&mut self, name: &'static str, read: impl Fn(&str) -> Option<T>, choices: &str) -> Vec<T> {
        let texts = self.texts(name);
        let values: Vec<T> = texts.iter().filter_map(|text| read(text)).collect();
        if values.len() < texts.len() {
            self.report.invalid(name, format_args!("expected {choices}"));
        }
        values
    }

    /// Reads a whole number within bounds, in decimal digits; unlike [`count`](Self::count) it accepts no fraction.
    pub fn whole(&mut self, name: &'static str, bounds: RangeInclusive<i64>, default: i64) -> i64 {
        let Some(parameter) = self.get(name) else {
            return default;
        };
        let text = parameter.to_string();
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_whole || !matches!(parameter, Parameter::Text(_)) {
            self.report.expected("int", name, &text);
            return default;
        }
        match text.parse::<i64>() {
            Ok(number) if bounds.contains(&number) => return number,
            Ok(number) if number < *bounds.start() => self.report.too_small(name, bounds.start()),
            Err(_) if text.starts_with('-') => self.report.too_small(name, bounds.start()),
            _ => self.report.too_big(name, bounds.end()),
        }
        default
    }

    /// Reads `limit`, the most rows of a page, reduced to [`MAX_TAKE`].
    pub fn limit(&mut self, default: u64) -> u64 {
        self.count("limit", default).min(MAX_TAKE)
    }

    /// Reads the selected fields: `fields`.
    ///
    /// An unencoded plus sign arrives as a space, so a space before a name means plus, as in the reference. A relation may
    /// have its star at the end (`roles.*`), and if any name has no sign, signs are ignored.
    pub fn selection<F: Field>(&mut self) -> Selection<F> {
        let Some(text) = self.text("fields") else {
            return Selection::Default;
        };
        let mut parts: Vec<String> = text.split(',').map(signed).collect();
        if parts.iter().any(|part| !part.starts_with(['+', '-', '*'])) {
            parts.iter_mut().for_each(|part| *part = part.trim_start_matches(['+', '-']).to_owned());
        }
        Selection::parse(&parts.join(","))
    }

    /// Reads `format`, that of an export; JSON lines by default.
    pub fn format(&mut self) -> ExportFormat {
        let read = self.text("format").map(str::parse::<ExportFormat>).transpose();
        let format = read.inspect_err(|error| self.report.invalid("format", error));
        format.ok().flatten().unwrap_or(ExportFormat::JsonLines)
    }

    /// Marks these parameters as known, and returns the report for the code that reads them.
    pub(super) fn leave(&mut self, names: impl IntoIterator<Item = &'static str>) -> &mut Report {
        self.known.extend(names);
        &mut self.report
    }

    /// Returns `value`, if there were no faults and no unknown parameters.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] for the faults that other methods reported, and for parameters that none of them read.
    pub fn finish<T>(mut self, value: T) -> Result<T, InvalidRequest> {
        let names = self.query.entries().iter().map(|(name, _)| name.as_str());
        self.report.unrecognized(names.filter(|name| !self.known.contains(name)));
        self.report.finish(Some(value))
    }
}

/// Normalizes a name of `fields`: its sign or star at the front.
fn signed(part: &str) -> String {
    let part = match part.strip_prefix(' ') {
        Some(name) => format!("+{}", name.trim_start_matches([' ', '+'])),
        None => part.to_owned(),
    };
    match part.strip_suffix(".*") {
        Some(relation) => format!("*{relation}"),
        None => part,
    }
}

/// Reads the query of a route whose only parameter is `fields`, such as that of one user.
///
/// # Errors
///
/// [`InvalidRequest`] if it is not text, and for other parameters.
pub fn read_selection<F: Field>(query: &Query) -> Result<Selection<F>, InvalidRequest> {
    let mut parameters = Parameters::of(query);
    let selection = parameters.selection();
    parameters.finish(selection)
}

/// Reads the query of a route without parameters.
///
/// # Errors
///
/// [`InvalidRequest`] for any parameter.
pub fn read_nothing(query: &Query) -> Result<(), InvalidRequest> {
    Parameters::of(query).finish(())
}

#[cfg(test)]
mod tests {
    use super::*;

    vestibule_core::fields!(
        /// Fields for these tests.
        Sample { Id: "id" as Text, Email: "email" as Email, Metadata: "metadata" as Json }
    );

    fn count(raw: &str) -> Result<u64, String> {
        let query = Query::parse(raw).unwrap();
        let mut parameters = Parameters::of(&query);
        let count = parameters.count("limit", 50);
        parameters.finish(count).map_err(|error| error.messages.join("; "))
    }

    /// notes A2, A12
    #[test]
    fn numbers_are_read_as_javascript_reads_them() {
        for (text, number) in [
            ("0", 0),
            ("-0", 0),
            ("1.5", 1),
            ("%2B2", 2),
            ("2%20", 2),
            ("0x2", 2),
            ("01", 1),
            ("0.4", 0),
            ("1e1", 10),
            ("5e-1", 0),
            ("1000000", 1_000_000),
            ("2147483648", 2_147_483_648),
            ("9007199254740993", 9_007_199_254_740_992),
        ] {
            assert_eq!(count(&format!("limit={text}")), Ok(number), "{text}");
        }
        assert_eq!(count(""), Ok(50));
        for (raw, got) in [
            ("limit=", ""),
            ("limit=%20", " "),
            ("limit=abc", "abc"),
            ("limit=true", "true"),
            ("limit=null", "null"),
            ("limit=NaN", "NaN"),
            ("limit=Infinity", "Infinity"),
            ("limit=1e400", "1e400"),
            ("limit=1,000", "1,000"),
            ("limit=%D9%A1", "١"),
            ("limit[]=1", "1"),
            ("limit=1&limit=2", "1,2"),
            ("limit[a]=1", "[object Object]"),
        ] {
            assert_eq!(count(raw), Err(format!("Expected type: 'number' for field 'limit', got: '{got}'")), "{raw}");
        }
        let small = "Value for field 'limit' too small, expected at least: '0'";
        let big = "Value for field 'limit' too big, expected at most: '9007199254740992'";
        for (raw, message) in [
            ("limit=-1", small),
            ("limit=-1e-9", small),
            ("limit=9223372036854775808", big),
            ("limit=99999999999999999999", big),
            ("limit=1e308", big),
        ] {
            assert_eq!(count(raw), Err(message.to_owned()), "{raw}");
        }
    }

    /// notes C3, D
    #[test]
    fn unknown_parameters_are_refused() {
        let wrong = |raw: &str| read_selection::<Sample>(&Query::parse(raw).unwrap()).unwrap_err().to_string();
        for (raw, message) in [
            ("nosuch=1", "Unrecognized fields: 'nosuch'"),
            ("limit=1&fields=id&with_deleted=x", "Unrecognized fields: 'limit, with_deleted'"),
            ("fields[]=x", "Expected type: 'string' for field 'fields', got: 'x'"),
            ("fields=email&fields=id", "Expected type: 'string' for field 'fields', got: 'email,id'"),
            (
                "fields[a]=x&b=1",
                "Expected type: 'string' for field 'fields', got: '[object Object]'; Unrecognized fields: 'b'",
            ),
        ] {
            assert_eq!(wrong(raw), format!("Invalid request: {message}"), "{raw}");
        }
        assert!(read_nothing(&Query::parse("").unwrap()).is_ok());
        assert!(read_nothing(&Query::parse("fields=id").unwrap()).is_err());
    }

    #[test]
    fn text_may_be_required() {
        let token = |raw: &str| {
            let query = Query::parse(raw).unwrap();
            let mut parameters = Parameters::of(&query);
            let token = parameters.required_text("token").to_owned();
            parameters.finish(token).map_err(|error| error.messages.join("; "))
        };
        assert_eq!(token("token=x"), Ok("x".to_owned()));
        assert_eq!(token("token="), Ok(String::new()));
        assert_eq!(token(""), Err("Field 'token' is required".to_owned()));
        assert_eq!(token("token=x&token=y"), Err("Expected type: 'string' for field 'token', got: 'x,y'".to_owned()));
    }

    #[test]
    fn texts_are_one_or_several() {
        let subjects = |raw: &str| {
            let query = Query::parse(raw).unwrap();
            let mut parameters = Parameters::of(&query);
            let subjects: Vec<String> = parameters.texts("subject").into_iter().map(str::to_owned).collect();
            parameters.finish(subjects).map_err(|error| error.messages.join("; "))
        };
        for (raw, texts) in [
            ("", vec![]),
            ("subject=", vec![""]),
            ("subject=a", vec!["a"]),
            ("subject=a&subject=b", vec!["a", "b"]),
            ("subject[]=a&subject[]=b", vec!["a", "b"]),
        ] {
            assert_eq!(subjects(raw).unwrap(), texts, "{raw}");
        }
        let object = "Expected type: 'string' for field 'subject', got: '[object Object]'";
        for raw in ["subject[a]=b", "subject[]=a&subject[1][b]=c"] {
            assert_eq!(subjects(raw), Err(object.to_owned()), "{raw}");
        }
    }

    #[test]
    fn choices_are_among_their_names() {
        let states = |raw: &str| {
            let query = Query::parse(raw).unwrap();
            let mut parameters = Parameters::of(&query);
            let states = parameters.some_of("state", |name| (name == "sent").then_some(1), "sent and nothing else");
            parameters.finish(states).map_err(|error| error.messages.join("; "))
        };
        assert_eq!(states(""), Ok(Vec::new()));
        assert_eq!(states("state=sent"), Ok(vec![1]));
        assert_eq!(states("state[]=sent&state[]=sent"), Ok(vec![1, 1]));
        for raw in ["state=", "state=SENT", "state=sent%20", "state[]=sent&state[]=other"] {
            let message = "Invalid value for field 'state': expected sent and nothing else";
            assert_eq!(states(raw), Err(message.to_owned()), "{raw}");
        }
    }

    #[test]
    fn a_whole_number_is_digits_within_bounds() {
        let after = |raw: &str, bounds| {
            let query = Query::parse(raw).unwrap();
            let mut parameters = Parameters::of(&query);
            let after = parameters.whole("after", bounds, 7);
            parameters.finish(after).map_err(|error| error.messages.join("; "))
        };
        for (raw, number) in [("", 7), ("after=0", 0), ("after=010", 10), ("after=9223372036854775807", i64::MAX)] {
            assert_eq!(after(raw, 0..=i64::MAX), Ok(number), "{raw}");
        }
        assert_eq!(after("after=-3", -5..=5), Ok(-3));
        for got in ["", " 1", "1.5", "1e1", "0x2", "+2", "-", "--1", "١", "null"] {
            let message = format!("Expected type: 'int' for field 'after', got: '{got}'");
            assert_eq!(after(&format!("after={}", got.replace('+', "%2B")), 0..=9), Err(message));
        }
        assert_eq!(after("after[]=1", 0..=9), Err("Expected type: 'int' for field 'after', got: '1'".to_owned()));
        let (small, big) = ("too small, expected at least: '0'", "too big, expected at most: '9'");
        for (text, message) in
            [("-1", small), ("-9223372036854775809", small), ("10", big), ("9223372036854775808", big)]
        {
            let message = format!("Value for field 'after' {message}");
            assert_eq!(after(&format!("after={text}"), 0..=9), Err(message));
        }
    }

    #[test]
    fn flags_are_true_or_false() {
        let flag = |raw: &str| {
            let query = Query::parse(raw).unwrap();
            let mut parameters = Parameters::of(&query);
            let flag = parameters.flag("with_deleted");
            parameters.finish(flag).map_err(|error| error.messages.join("; "))
        };
        assert_eq!(flag(""), Ok(false));
        assert_eq!(flag("with_deleted=true"), Ok(true));
        assert_eq!(flag("with_deleted=false"), Ok(false));
        for (raw, got) in [("=x", "x"), ("=1", "1"), ("=TRUE", "TRUE"), ("=", ""), ("[]=true", "true")] {
            let message = format!("Expected type: 'boolean' for field 'with_deleted', got: '{got}'");
            assert_eq!(flag(&format!("with_deleted{raw}")), Err(message));
        }
    }

    /// notes A4
    #[test]
    fn a_plus_sign_may_arrive_as_a_space() {
        let selected = |raw: &str| {
            let selection = read_selection::<Sample>(&Query::parse(raw).unwrap()).unwrap();
            Sample::ALL.iter().filter(|field| selection.shows(**field)).map(|field| field.name()).collect::<Vec<_>>()
        };
        let all = ["id", "email", "metadata"];
        for raw in ["", "fields=+metadata", "fields=%2Bmetadata", "fields=+", "fields=+nosuch", "fields=-"] {
            assert_eq!(selected(raw), all, "{raw}");
        }
        assert_eq!(selected("fields=email%20,%20metadata"), all);
        assert_eq!(selected("fields=+email,id"), ["id", "email"]);
        assert_eq!(selected("fields=-metadata"), ["id", "email"]);
        assert_eq!(selected("fields="), ["id"]);
    }

    /// notes A4
    #[test]
    fn beside_a_name_without_a_sign_no_sign_counts() {
        let selected = |raw: &str| {
            let selection = read_selection::<Sample>(&Query::parse(raw).unwrap()).unwrap();
            Sample::ALL.iter().filter(|field| selection.shows(**field)).map(|field| field.name()).collect::<Vec<_>>()
        };
        assert_eq!(selected("fields=id,-email"), ["id", "email"]);
        assert_eq!(selected("fields=-email,metadata,%2Bnosuch"), ["id", "email", "metadata"]);
        assert_eq!(selected("fields=-email,*"), ["id", "metadata"]);
        for raw in ["fields=roles.*", "fields=%2Broles.*", "fields=id.*", "fields=*roles"] {
            assert_eq!(selected(raw), ["id", "email", "metadata"], "{raw}");
        }
        assert_eq!(selected("fields=-email,roles.*"), ["id", "metadata"]);
        assert_eq!(selected("fields=email,roles.*"), ["id", "email"]);
    }
}
