//! Searches: for one user, for few, for all, for none.

use crate::figures::Figures;
use crate::fill::people::Person;
use crate::place::Place;

pub(crate) fn run(figures: &mut Figures, places: &mut [Place]) {
    type Words = fn(&Person) -> String;
    let searches: [(&str, Words); 9] = [
        ("an address", |person| person.email.clone()),
        ("an id", |person| person.id.clone()),
        ("a part of one address", |person| {
            let number = person.email.find(|c: char| c.is_ascii_digit()).unwrap_or_default();
            person.email.get(number - 4..).unwrap_or_default().to_owned()
        }),
        ("a full name", |person| format!("{} {}", person.name.first, person.name.last)),
        ("a family name", |person| person.name.last.clone()),
        ("a first name", |person| person.name.first.to_owned()),
        ("one character", |_| "z".to_owned()),
        ("a word of all", |_| "example".to_owned()),
        ("a word of none", |_| "qqxqqz".to_owned()),
    ];
    for (name, words) in searches {
        for (counting, how) in [("exact", ""), ("estimated", ", `count=estimated`"), ("none", ", `count=none`")] {
            figures.measure(places, &format!("search for {name}{how}"), |place| {
                let words = words(&middle(place));
                place.reads(&format!("/admin/users?q={}&limit=50&count={counting}", encoded(&words)))
            });
        }
    }
    for order in ["-created_at", "email", "last_name"] {
        figures.measure(places, &format!("search for a word of all by `{order}`, `count=none`"), |place| {
            place.reads(&format!("/admin/users?q=example&order={order}&limit=50&count=none"))
        });
    }
    figures.measure(places, "search of invites for a word of all, `count=estimated`", |place| {
        place.reads("/admin/invites?state=all&q=example&limit=50&count=estimated")
    });
}

/// A user with a name, from the middle.
pub(crate) fn middle(place: &Place) -> Person {
    let numbers = place.people / 2..place.people;
    let mut people = numbers.map(|number| Person::of(number, place.people));
    people.find(Person::is_common).expect("most are")
}

/// Encodes a text for a query.
pub(crate) fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
