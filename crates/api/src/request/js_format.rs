//! Formats and parses values as JavaScript does: the reference's messages contain them so.

use serde_json::Value as Json;

/// Formats a value as `String(value)` does.
pub(super) fn to_string(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.as_f64().map_or_else(|| number.to_string(), number_to_string),
        Json::String(text) => text.clone(),
        Json::Array(items) => join(items.iter().map(|item| match item {
            Json::Null => String::new(),
            item => to_string(item),
        })),
        Json::Object(_) => OBJECT.to_owned(),
    }
}

/// An object as `String` formats it.
pub(super) const OBJECT: &str = "[object Object]";

/// Formats an array of these items as `String` does.
pub(super) fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}

fn number_to_string(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if (1e-6..1e21).contains(&size) {
        number.to_string()
    } else {
        let text = format!("{number:e}");
        if text.contains("e-") { text } else { text.replace('e', "e+") }
    }
}

/// Parses a finite number as `Number(text)` does, except that an empty text is none; in JavaScript it is 0.
pub(super) fn to_number(text: &str) -> Option<f64> {
    let text = text.trim();
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let number = digits.chars().all(|c| c.is_digit(radix)).then(|| u32::from_str_radix(digits, radix).ok());
            return number.flatten().map(f64::from);
        }
    }
    // Rust would also parse `inf` and `nan`.
    let plain = text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    if plain { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_print_as_the_reference_shows_them() {
        for (value, text) in [
            (json!(null), "null"),
            (json!(true), "true"),
            (json!(5), "5"),
            (json!(1.5), "1.5"),
            (json!(0.1), "0.1"),
            (json!(-0.0), "0"),
            (json!(1e30), "1e+30"),
            (json!(1e21), "1e+21"),
            (json!(123e18), "123000000000000000000"),
            (json!(1e-7), "1e-7"),
            (json!(1.5e-9), "1.5e-9"),
            (json!(-2.0), "-2"),
            (json!(12_345_678_901_234_567_890_u64), "12345678901234567000"),
            (json!("x"), "x"),
            (json!([]), ""),
            (json!([1, 2]), "1,2"),
            (json!([null, 1]), ",1"),
            (json!([[1, 2], 3, {}]), "1,2,3,[object Object]"),
            (json!({"a": 1}), "[object Object]"),
        ] {
            assert_eq!(to_string(&value), text, "{value}");
        }
    }

    #[test]
    fn numbers_are_read_as_javascript_reads_them() {
        for (text, number) in [
            ("0", 0.0),
            ("-1", -1.0),
            ("+2", 2.0),
            ("2 ", 2.0),
            ("01", 1.0),
            ("1.5", 1.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e1", 10.0),
            ("5e-1", 0.5),
            ("0x2", 2.0),
            ("0b11", 3.0),
            ("99999999999999999999", 1e20),
        ] {
            assert_eq!(to_number(text), Some(number), "{text:?}");
        }
        for text in [
            "",
            " ",
            ".",
            "e",
            "1e",
            "abc",
            "true",
            "null",
            "NaN",
            "nan",
            "inf",
            "Infinity",
            "1,000",
            "1_000",
            "١",
            "0x",
            "0x+2",
            "0xg",
            "0xffffffffff",
            "1e400",
            "--1",
            "1 2",
            "\0",
        ] {
            assert_eq!(to_number(text), None, "{text:?}");
        }
    }
}
