//! Lists.

use super::address::{origin_of, parse_web};
use super::{Form, Kind, Problem, Raw, Shape, read_items};

/// Web origins such as `https://admin.example.com`, in the form in which browsers send them.
#[derive(Debug)]
pub(in super::super) struct Origins;

impl Form for Origins {
    fn form(&self) -> String {
        "list of web origins".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

impl Kind for Origins {
    type Value = Vec<String>;

    fn read(&self, raw: &Raw) -> Result<Vec<String>, Problem> {
        let expected = "a web origin: scheme, host and port alone, such as https://admin.example.com, and never *";
        read_items(raw, expected, |item| {
            let alone = parse_web(item).filter(|_| item.matches('/').count() == 2);
            alone.and_then(|uri| origin_of(&uri))
        })
    }
}

/// Names of roles.
#[derive(Debug)]
pub(in super::super) struct Names;

impl Form for Names {
    fn form(&self) -> String {
        "list of names".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

impl Kind for Names {
    type Value = Vec<String>;

    fn read(&self, raw: &Raw) -> Result<Vec<String>, Problem> {
        let name = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
        read_items(raw, "a name of letters, digits and _-.: such as role_editor", |item| {
            (!item.is_empty() && item.chars().all(name)).then(|| item.to_owned())
        })
    }
}
