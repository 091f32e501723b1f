//! Errors and options can grow without breaking the programs that embed the modules.

use vestibule_testing::sources::sources;

/// Options that callers fill by `..Default::default()`, or all fields of which they must set: there, new fields break no one,
/// or must be noticed.
const FILLED: [&str; 6] = ["ClientConfig", "FindConfig", "MailOptions", "RelayOptions", "SmtpConfig", "UserOptions"];

#[test]
fn public_errors_and_options_are_non_exhaustive() {
    let mut wrong = Vec::new();
    for (path, source) in sources() {
        if ["cli/", "macros/", "testing/"].iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        let mut attributes = String::new();
        for line in source.lines() {
            let name = |keyword: &str| {
                let rest = line.strip_prefix(keyword)?;
                rest.split(|c: char| !c.is_alphanumeric()).next()
            };
            let error = name("pub enum ").filter(|name| name.ends_with("Error"));
            let options = name("pub struct ").filter(|name| name.ends_with("Options") || name.ends_with("Config"));
            if let Some(name) = error.or(options) {
                // A private field does the same.
                let body = source.split(line).nth(1).unwrap_or_default().split("\n}").next().unwrap_or_default();
                let is_closed = body.lines().any(|field| {
                    let field = field.trim_start();
                    !field.starts_with("pub") && !field.starts_with('#') && field.contains(": ")
                });
                let may_grow = attributes.contains("#[non_exhaustive]")
                    || (line.starts_with("pub struct ") && (is_closed || line.contains("(pub ")))
                    || FILLED.contains(&name);
                if !may_grow {
                    wrong.push(format!("{path}: {name}"));
                }
            }
            match line.starts_with("#[") || line.starts_with("    ") || line.starts_with(")]") {
                true => attributes.push_str(line),
                false => attributes.clear(),
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "add #[non_exhaustive]");
}
