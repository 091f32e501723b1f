//! A query string as a small tree, as the reference's clients write it (the `qs` library).
//!
//! `a=1` is text, `a[]=1&a[]=2`, `a[0]=1` and a repeated `a=1&a=2` are lists, `a[b]=1` and `a.b=1` are maps, and all of
//! them nest: `$or[0][created_at][$gt]=2026-01-01`. The order is preserved.
//!
//! As in the reference, invalid percent-encoding and invalid UTF-8 stay as sent. NUL, brackets that do not match and more
//! than [`MAX_DEPTH`] levels or [`MAX_PARAMETERS`] parameters are refused.

mod decode;
mod key;
mod tree;

use std::fmt;

use tree::Node;

use super::report::shortened;
use super::{InvalidRequest, js_format};

/// The most parameters; the reference's parser ignores further ones.
pub const MAX_PARAMETERS: usize = 1_000;

/// The deepest nesting, counted in brackets: `$or[0][created_at][$gt]` has three.
pub const MAX_DEPTH: usize = 16;

/// The parameters of a query string, each name once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query(Vec<(String, Parameter)>);

/// One parameter's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// Text.
    Text(String),
    /// Several values, at least one.
    List(Vec<Parameter>),
    /// Values by name, at least one, each name once.
    Map(Vec<(String, Parameter)>),
}

impl Query {
    /// Reads a query string, without its question mark.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] for what the module's documentation names.
    pub fn parse(raw: &str) -> Result<Self, InvalidRequest> {
        let mut root = Vec::new();
        let parts = raw.split('&').filter(|part| !part.is_empty());
        for (count, part) in parts.enumerate() {
            if count == MAX_PARAMETERS {
                let message = format!("The query has more than {MAX_PARAMETERS} parameters");
                return Err(InvalidRequest::new(message));
            }
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (decode::decode(name), decode::decode(value));
            if name.contains('\0') || value.contains('\0') {
                let name = shortened(&name.replace('\0', ""), 100);
                return Err(InvalidRequest::new(format!("The parameter '{name}' has a NUL character")));
            }
            if !name.is_empty() {
                let (first, path) = key::path(&name, root.len())?;
                tree::insert(&mut root, first, &path, value);
            }
        }
        Ok(Self(root.into_iter().map(|(name, node): (String, Node)| (name, node.into())).collect()))
    }

    /// Removes and returns a parameter, for a route that reads it on its own.
    pub fn remove(&mut self, name: &str) -> Option<Parameter> {
        let index = self.0.iter().position(|(present, _)| present == name)?;
        Some(self.0.remove(index).1)
    }

    /// Returns the parameter of this name.
    pub fn get(&self, name: &str) -> Option<&Parameter> {
        self.0.iter().find_map(|(key, parameter)| (key == name).then_some(parameter))
    }

    /// Returns the parameter of this name, if it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Parameter::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns all parameters, in the order in which their names first appear.
    pub fn entries(&self) -> &[(String, Parameter)] {
        &self.0
    }
}

/// Formats the parameter as JavaScript's `String()` does, as the reference's messages have it.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::List(items) => f.write_str(&js_format::join(items.iter().map(Self::to_string))),
            Self::Map(_) => f.write_str(js_format::OBJECT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree in a short form: `{a:[1,2],b:{c:x}}`.
    fn shape(raw: &str) -> String {
        fn entries(entries: &[(String, Parameter)]) -> String {
            let entries: Vec<_> = entries.iter().map(|(name, value)| format!("{name}:{}", shape(value))).collect();
            format!("{{{}}}", entries.join(","))
        }
        fn shape(parameter: &Parameter) -> String {
            match parameter {
                Parameter::Text(text) => text.clone(),
                Parameter::List(items) => format!("[{}]", items.iter().map(shape).collect::<Vec<_>>().join(",")),
                Parameter::Map(map) => entries(map),
            }
        }
        Query::parse(raw).map_or_else(|error| error.to_string(), |query| entries(&query.0))
    }

    /// notes A10, and the `qs` library for the rest
    #[test]
    fn forms_are_read_as_the_references_clients_write_them() {
        for (raw, tree) in [
            ("", "{}"),
            ("&&&", "{}"),
            ("=", "{}"),
            ("=x", "{}"),
            ("a", "{a:}"),
            ("a=1", "{a:1}"),
            ("a=1&", "{a:1}"),
            ("b=1&a=2&b=3", "{b:[1,3],a:2}"),
            ("a=b=c", "{a:b=c}"),
            ("a[]=1&a[]=2", "{a:[1,2]}"),
            ("a[]=", "{a:[]}"),
            ("a[0]=1", "{a:[1]}"),
            ("a[5]=1&a[21]=2", "{a:[1,2]}"),
            ("a[1]=x&a[0]=y", "{a:[y,x]}"),
            ("a=1&a[]=2", "{a:[1,2]}"),
            ("a[]=1&a=2", "{a:[1,2]}"),
            ("a[0]=x&a[]=y", "{a:[x,y]}"),
            ("a[b]=1", "{a:{b:1}}"),
            ("a[b]=1&a[c]=2&a[b]=3", "{a:{b:[1,3],c:2}}"),
            ("a[b][]=1", "{a:{b:[1]}}"),
            ("a%5Bb%5D=1", "{a:{b:1}}"),
            ("a.b.c=1", "{a:{b:{c:1}}}"),
            ("a.=1&b..c=2&.d=3", "{a.:1,b..c:2,d:3}"),
            ("a[b.c]=1", "{a:{b.c:1}}"),
            ("$and[0][email]=x&$and[1][q]=y", "{$and:[{email:x},{q:y}]}"),
            ("$or[][a]=1&$or[][b]=2&$or[][b]=3", "{$or:[{a:1,b:[2,3]}]}"),
            ("a[][b]=1&a[1][b]=2", "{a:[{b:1},{b:2}]}"),
            ("a[0][0]=1&a[0][1]=2", "{a:[[1,2]]}"),
            ("a[00]=1&a[-1]=2&a[ 1]=3", "{a:{00:1,-1:2, 1:3}}"),
            ("[a]=1", "{a:1}"),
            ("[]=1&[]=2", "{0:1,1:2}"),
            ("a]=1", "{a]:1}"),
            ("?=1", "{?:1}"),
            ("a;b=1", "{a;b:1}"),
            // What does not fit becomes one more item.
            ("a[b]=1&a=2", "{a:[{b:1},2]}"),
            ("a=2&a[b]=1", "{a:[2,{b:1}]}"),
            ("a[b]=1&a[]=2", "{a:[{b:1},2]}"),
            ("a[b]=1&a[0]=2", "{a:{b:1,0:2}}"),
            ("a[0]=x&a[b]=y", "{a:[x,{b:y}]}"),
        ] {
            assert_eq!(shape(raw), tree, "{raw}");
        }
    }

    #[test]
    fn valid_percent_encoding_is_decoded() {
        for (raw, tree) in [
            ("a=%C3%A9+x%2B%20y", "{a:é x+ y}"),
            ("a=%F0%9F%98%80", "{a:😀}"),
            ("%24or=1", "{$or:1}"),
            ("a=%zz", "{a:%zz}"),
            ("a=%", "{a:%}"),
            ("a=x%2&b=%2", "{a:x%2,b:%2}"),
            ("a=%ff", "{a:%ff}"),
            ("a=%E0%A4", "{a:%E0%A4}"),
            ("a=%zz+%41", "{a:%zz %41}"),
            ("%ff=1", "{%ff:1}"),
            ("a=é", "{a:é}"),
        ] {
            assert_eq!(shape(raw), tree, "{raw}");
        }
    }

    /// security.md 29
    #[test]
    fn invalid_queries_are_refused() {
        let deep = |levels: usize| format!("a{}=1", "[b]".repeat(levels));
        let many = |parameters: usize| "a=1&".repeat(parameters);
        for (raw, message) in [
            ("a=x%00y", "The parameter 'a' has a NUL character"),
            ("a%00=1", "The parameter 'a' has a NUL character"),
            ("a[b=1", "The brackets of the parameter 'a[b' do not match"),
            ("a[[]]=1", "The brackets of the parameter 'a[[]]' do not match"),
            ("a[]]=1", "The brackets of the parameter 'a[]]' do not match"),
            ("a[b]c=1", "The brackets of the parameter 'a[b]c' do not match"),
            ("[=1", "The brackets of the parameter '[' do not match"),
            (
                &deep(17),
                "The parameter 'a[b][b][b][b][b][b][b][b][b][b][b][b][b][b][b][b][b]' is nested more than 16 levels deep",
            ),
            (&many(1_001), "The query has more than 1000 parameters"),
        ] {
            assert_eq!(shape(raw), format!("Invalid request: {message}"), "{raw:.40}");
        }
        assert!(Query::parse(&deep(16)).is_ok() && Query::parse(&many(1_000)).is_ok());
        assert!(Query::parse(&deep(10_000)).unwrap_err().to_string().len() < 200);
    }

    #[test]
    fn parameters_are_found_by_name() {
        let query = Query::parse("b=1&a[]=2").unwrap();
        assert_eq!(query.text("b"), Some("1"));
        assert_eq!(query.text("a"), None);
        assert_eq!(query.get("a").unwrap().to_string(), "2");
        assert_eq!(query.entries().len(), 2);
        assert_eq!(Query::parse("a[b]=1&a=2").unwrap().get("a").unwrap().to_string(), "[object Object],2");
    }
}
