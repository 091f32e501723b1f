//! Codes as users type them: with spaces and dashes, in capitals, and with the digits of their own script.

/// The digit zero of every script (Unicode 14.0.0, general category Nd). Nine others follow each, in order.
const ZEROS: [char; 66] = [
    '\u{30}',
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e950}',
    '\u{1fbf0}',
];

/// The typed code in ASCII, if it is a digit of any script; without white space, dashes and invisible characters.
pub(super) fn plain(code: &str) -> String {
    let is_filler = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    code.chars().filter(|c| !is_filler(*c)).map(|c| digit(c).unwrap_or(c)).collect()
}

/// The ASCII digit for a digit of any script.
fn digit(character: char) -> Option<char> {
    let index = ZEROS.partition_point(|zero| *zero <= character).checked_sub(1)?;
    let value = u32::from(character) - u32::from(*ZEROS.get(index)?);
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_any_script_are_digits() {
        for (typed, expected) in [
            ("123456", "123456"),
            (" 123 456 ", "123456"),
            ("123\u{a0}456\u{200b}", "123456"),
            ("123-456", "123456"),
            ("\u{661}\u{662}\u{663} \u{664}\u{665}\u{666}", "123456"),
            ("\u{6f1}\u{6f2}\u{6f3}\u{6f4}\u{6f5}\u{6f6}", "123456"),
            ("\u{967}\u{968}\u{969}\u{96a}\u{96b}\u{96c}", "123456"),
            ("\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}", "123456"),
            ("\u{1d7d9}\u{1d7da}\u{1d7db}\u{1d7dc}\u{1d7dd}\u{1d7de}", "123456"),
            ("AbC-d", "AbCd"),
            ("\u{00bd}\u{2167}", "\u{00bd}\u{2167}"),
            ("", ""),
        ] {
            assert_eq!(plain(typed), expected, "{typed}");
        }
    }

    #[test]
    fn zeros_are_in_order() {
        assert!(ZEROS.is_sorted());
    }
}
