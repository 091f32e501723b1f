//! A completed run of the program.

use std::process::Output;

use serde_json::Value as Json;

use super::mask::mask;

/// The result of a run.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    pub(crate) arguments: Vec<String>,
    /// The exit code; -1 if a signal ended it.
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn new(arguments: &[&str], output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
        Self {
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Returns the output of a run that succeeded.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// Returns the JSON of a run that succeeded and printed nothing else.
    pub(crate) fn json(self) -> Json {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// Returns the message of a run that failed with this code: one line on standard error, and nothing on standard
    /// output.
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{self:?}");
        let message = self.err.strip_prefix("vestibule: ").and_then(|rest| rest.strip_suffix('\n'));
        let message = message.unwrap_or_else(|| panic!("{:?}", self.err));
        assert!(!message.contains('\n'), "more than one line: {message}");
        mask(message)
    }

    /// Checks what a terminal shows. The lines of `expected` may be indented together.
    #[track_caller]
    pub(crate) fn prints(&self, expected: &str) {
        let lines: Vec<&str> = expected.lines().skip_while(|line| line.is_empty()).collect();
        let indent = lines.first().map_or(0, |line| line.len() - line.trim_start().len());
        let lines: String = lines.iter().map(|line| format!("{}\n", line.get(indent..).unwrap_or_default())).collect();
        let (seen, expected) = (self.seen(), lines.trim_end());
        assert!(seen.trim_end() == expected, "{:?} printed:\n{seen}\nand not:\n{expected}\n", self.arguments);
    }

    /// Returns both outputs as a terminal shows them, with varying text masked.
    pub(crate) fn seen(&self) -> String {
        let mut seen = format!("[exit {}]\n{}", self.code, mask(&self.out));
        if !self.err.is_empty() {
            seen.push_str(&format!("--- stderr\n{}", mask(&self.err)));
        }
        seen
    }
}
