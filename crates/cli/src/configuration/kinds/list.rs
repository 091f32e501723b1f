//! Lists.

use vestibule::server::Origin;

use super::{Form, Kind, Problem, Raw, Shape, read_items};

/// Web origins such as `https://admin.example.com`, and those of apps such as `capacitor://localhost`, in the form that
/// browsers send.
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
        read_items(raw, expected, |item| item.parse().ok().map(|origin: Origin| origin.to_string()))
    }
}

/// Role names.
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
