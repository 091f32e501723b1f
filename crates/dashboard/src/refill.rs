//! Puts what was typed back into a form of a page that is about to be sent.
//!
//! It works on the finished page, so that every form has it. The pages are our own: attributes have double quotes, and text
//! is escaped.

use crate::format::textarea_content;
use crate::handover::Draft;

/// Types of `input` that hold what was typed.
const TYPED: [&str; 8] = ["text", "email", "url", "tel", "search", "number", "date", ""];

/// Fills the form of a draft in a page. A page without that form stays as it is.
pub(crate) fn refill(html: String, draft: &Draft) -> String {
    let mut filled = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while let Some((before, form)) = cut(rest, "<form") {
        filled.push_str(before);
        let (form, after) = cut(form, "</form>").unwrap_or((form, ""));
        if is_of(form, draft) {
            fill(form, draft, &mut filled)
        } else {
            filled.push_str(form)
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Splits a text before the first occurrence of `mark`.
fn cut<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.find(mark).and_then(|at| text.split_at_checked(at))
}

/// Returns whether this is the form of the draft. Of several with one path, their hidden fields tell which.
fn is_of(form: &str, draft: &Draft) -> bool {
    let mut tags = Tags(form);
    let is_action = tags.next().is_some_and(|(_, tag)| {
        attribute(tag, "method") == Some("post") && attribute(tag, "action") == Some(draft.action.as_str())
    });
    let hidden = Tags(form).filter(|(_, tag)| attribute(tag, "type") == Some("hidden"));
    let names: Vec<&str> = hidden.filter_map(|(_, tag)| attribute(tag, "name")).collect();
    let differs = |tag: &str| {
        let name = attribute(tag, "name").unwrap_or_default();
        // A list, such as the roles that were shown, may have grown.
        if names.iter().filter(|known| **known == name).count() > 1 {
            return false;
        }
        let value = unescape(attribute(tag, "value").unwrap_or_default());
        let mut typed = draft.fields.all(name).peekable();
        attribute(tag, "type") == Some("hidden") && typed.peek().is_some() && !typed.any(|typed| typed == value)
    };
    is_action && !tags.any(|(_, tag)| differs(tag))
}

fn fill(form: &str, draft: &Draft, filled: &mut String) {
    let mut tags = Tags(form);
    let mut list = "";
    while let Some((text, tag)) = tags.next() {
        filled.push_str(text);
        let name = attribute(tag, "name").unwrap_or_default();
        if tag.starts_with("<input") {
            filled.push_str(&input(tag, name, draft));
        } else if tag.starts_with("<textarea") {
            filled.push_str(tag);
            let typed = draft.fields.all(name).next();
            if let (Some(typed), Some((_, after))) = (typed, cut(tags.0, "</textarea>")) {
                filled.push_str(&escape(&textarea_content(typed)));
                tags.0 = after;
            }
        } else if tag.starts_with("<option") && draft.fields.all(list).next().is_some() {
            let value = unescape(attribute(tag, "value").unwrap_or_default());
            filled.push_str(&mark(tag, "selected", draft.fields.all(list).any(|typed| typed == value)));
        } else {
            if tag.starts_with("<select") {
                list = name;
            }
            filled.push_str(tag);
        }
    }
    filled.push_str(tags.0);
}

fn input(tag: &str, name: &str, draft: &Draft) -> String {
    let kind = attribute(tag, "type").unwrap_or_default();
    let is_fixed = name.is_empty() || has(tag, "disabled") || has(tag, "readonly");
    match kind {
        _ if is_fixed => tag.to_owned(),
        "checkbox" | "radio" => {
            let value = unescape(attribute(tag, "value").unwrap_or("on"));
            mark(tag, "checked", draft.fields.all(name).any(|typed| typed == value))
        }
        kind if TYPED.contains(&kind) => match draft.fields.all(name).next() {
            Some(typed) => with_value(tag, typed),
            None => tag.to_owned(),
        },
        _ => tag.to_owned(),
    }
}

/// Returns a tag with another value.
fn with_value(tag: &str, value: &str) -> String {
    let value = format!(" value=\"{}\"", escape(value));
    let Some(present) = attribute(tag, "value") else {
        return tag.strip_suffix('>').map_or_else(|| tag.to_owned(), |tag| format!("{tag}{value}>"));
    };
    tag.replacen(&format!(" value=\"{present}\""), &value, 1)
}

/// Returns a tag with or without a word such as `checked`.
fn mark(tag: &str, word: &str, is_marked: bool) -> String {
    let without = tag.replace(&format!(" {word}"), "");
    match without.strip_suffix('>') {
        Some(tag) if is_marked => format!("{tag} {word}>"),
        _ => without,
    }
}

/// Returns the value of an attribute, as it is written.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn has(tag: &str, word: &str) -> bool {
    tag.contains(&format!(" {word}"))
}

/// The tags of a form, each with the text before it; in the end, the text that is left.
struct Tags<'a>(&'a str);

impl<'a> Iterator for Tags<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (text, from) = cut(self.0, "<")?;
        let (tag, rest) = from.split_at_checked(from.find('>')? + 1)?;
        self.0 = rest;
        Some((text, tag))
    }
}

const ESCAPES: [(&str, &str); 5] = [("&", "&#38;"), ("<", "&#60;"), (">", "&#62;"), ("\"", "&#34;"), ("'", "&#39;")];

/// Escapes as the templates do.
fn escape(text: &str) -> String {
    ESCAPES.iter().fold(text.to_owned(), |text, (plain, escaped)| text.replace(plain, escaped))
}

fn unescape(text: &str) -> String {
    ESCAPES.iter().rev().fold(text.to_owned(), |text, (plain, escaped)| text.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use crate::form::Fields;

    use super::*;

    fn filled(html: &str, action: &str, fields: &str) -> String {
        refill(html.to_owned(), &Draft { action: action.to_owned(), fields: Fields::parse(fields.as_bytes()) })
    }

    #[test]
    fn fields_have_what_was_typed() {
        let html = r#"<form method="get" action="/app/a"><input name="q" value="1"></form>
<form method="post" action="/app/a" class="fields"><input type="hidden" name="form_token" value="t">
<label>Name</label><input id="n" name="name" value="old &#38; gone" required><input name="new" type="email">
<input name="password" type="password"><input name="fixed" value="1" readonly>
<textarea name="text" rows="4">before</textarea>
<select name="list"><option value="">all</option><option value="b" selected>b</option></select>
<input type="checkbox" name="box" value="x" checked><input type="checkbox" name="box" value="y"></form><p>after</p>"#;
        let form =
            filled(html, "/app/a", "name=%22%3C%27&new=a%40b&password=p&fixed=2&text=%3C/textarea%3E&list=&box=y&q=2");
        for part in [
            r#"<input id="n" name="name" value="&#34;&#60;&#39;" required>"#,
            r#"<input name="new" type="email" value="a@b">"#,
            r#"<input name="password" type="password">"#,
            r#"<input name="fixed" value="1" readonly>"#,
            r#"<textarea name="text" rows="4">&#60;/textarea&#62;</textarea>"#,
            r#"<option value="" selected>all</option><option value="b">b</option>"#,
            r#"name="box" value="x"><input type="checkbox" name="box" value="y" checked></form><p>after</p>"#,
            r#"<input name="q" value="1">"#,
            r#"name="form_token" value="t">"#,
        ] {
            assert!(form.contains(part), "{part} is not in {form}");
        }
    }

    #[test]
    fn a_line_break_at_the_beginning_stays() {
        let html = r#"<form method="post" action="/app/a"><textarea name="text">x</textarea></form>"#;
        assert!(filled(html, "/app/a", "text=%0Aa").contains("<textarea name=\"text\">\n\na</textarea>"));
    }

    #[test]
    fn another_form_stays_as_it_is() {
        let form = |id: &str, name: &str| {
            format!(
                "<form method=\"post\" action=\"/app/a\"><input type=\"hidden\" name=\"id\" value=\"{id}\"><input name=\"name\" value=\"{name}\"></form>"
            )
        };
        let both = form("1", "one") + &form("2", "two");
        assert_eq!(filled(&both, "/app/a", "id=2&name=new"), form("1", "one") + &form("2", "new"));
        assert_eq!(filled(&both, "/app/b", "id=2&name=new"), both);
        assert_eq!(
            filled("<form method=\"post\" action=\"/app/a\">", "/app/a", "a=1"),
            "<form method=\"post\" action=\"/app/a\">"
        );
    }
}
