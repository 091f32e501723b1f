//! No input causes a panic: every reader of requests gets malformed input (security.md 29).

use vestibule_core::{EmailAddress, Field as _, Metadata, MetadataPatch, Patch};

use super::*;

vestibule_core::fields!(
    /// Fields for these tests.
    Sample {
        Id: "id" as Text,
        Email: "email" as Email,
        CreatedAt: "created_at" as Time,
        Accepted: "accepted" as Bool,
        Metadata: "metadata" as Json,
        Token: "token" as Derived,
    }
);

body! {
    /// One field of each kind.
    struct Everything {
        text: String,
        bounded: Text<1, 9>,
        name: Patch<Name>,
        url: Option<Url>,
        secret: NotNull<Secret>,
        email: EmailAddress,
        other: Option<EmailAddress>,
        metadata: Option<Metadata>,
        patch: MetadataPatch,
        list: Option<Vec<String>>,
        some: NonEmpty<Vec<Int<1, 50>>>,
        loud: bool,
        count: Option<Int<1, 50>>,
    }
}

const SAMPLES: Listing<Sample> = Listing { fields: Sample::ALL, search: true, limit: 50 };

fn use_all(body: Everything) -> String {
    let Everything { text, bounded, name, url, secret, email, other, metadata, patch, list, some, loud, count } = body;
    format!("{:?}", ((text, bounded, name, url, secret, email), (other, metadata, patch, list, some, loud, count)))
}

/// Gives `bytes` to every reader. An error's message must be of bounded length.
fn read_everywhere(bytes: &[u8]) {
    let check = |error: InvalidRequest| assert!(error.to_string().len() < 20_000);
    for content_type in [None, Some("application/json")] {
        read_body::<Everything>(bytes, content_type).map(use_all).map_err(check).ok();
        read_object(bytes, content_type).map_err(check).ok();
    }
    let text = String::from_utf8_lossy(bytes);
    read_object(b"{}", Some(&text)).map_err(check).ok();
    let Ok(query) = Query::parse(&text).map_err(check) else { return };
    for (name, parameter) in query.entries() {
        assert!(query.get(name) == Some(parameter) && !parameter.to_string().contains('\0'));
    }
    SAMPLES.read(&query).map_err(check).ok();
    read_selection::<Sample>(&query).map_err(check).ok();
}

/// A generator of odd numbers that is the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit
    }
}

#[test]
fn odd_inputs_are_read_or_refused() {
    let long = |piece: &str| piece.repeat(10_000);
    for text in [
        "",
        "%",
        "%%",
        "%a",
        "%zz",
        "%ff=%00",
        "=",
        "&",
        "=&=",
        "[",
        "]",
        "[[[[",
        "]]]]",
        "[]",
        "a[[]]",
        "a[]]",
        "a[",
        "a[b",
        "a[b]c",
        ".",
        "..",
        "a..b",
        "a[.]=1",
        "a[0][",
        "$and",
        "$and=",
        "$and[]",
        "$and[][]",
        "$and[0]",
        "$not[]=1",
        "$or[a][b]=1",
        "$and[0][$and][0][$and][0][$and][0][id]=1",
        "id[$in]",
        "id[$in][$in]=1",
        "created_at[$gt][0]=1",
        "created_at=null",
        "accepted[$like]=x",
        "metadata[a]=1",
        "token[$eq]=x",
        "order=,",
        "order=-,-",
        "limit=1e400",
        "limit=-0",
        "limit=0x",
        "offset=18446744073709551616",
        "fields=+,-,*,**",
        "q=%20%09",
        "id[18446744073709551615]=1",
        "id[18446744073709551616]=1",
        "email[0]=a&email[b]=c&email=d&email[]=e&email[0][1]=f",
        "\u{feff}",
        "\u{feff}{}",
        "null",
        "[]",
        "[1]",
        "{}",
        "{",
        "{]",
        "\"",
        "\"\\ud800\"",
        "{\"\\ud800\":1}",
        "{\"a\":1e400}",
        "-",
        "1e",
        "nul",
        r#"{"text":"x","some":[[1],[51],[1.5],"",{}],"count":1e300,"url":"https://","metadata":{"a":[{}]}}"#,
        r#"{"text":null,"list":[null],"patch":[],"name":{},"email":["a"],"loud":0,"loud":0}"#,
    ] {
        read_everywhere(text.as_bytes());
        read_everywhere(long(text).as_bytes());
        // Also cut in the middle of a character.
        for end in 0..text.len() {
            read_everywhere(&text.as_bytes()[..end]);
        }
    }
    for piece in ["[", "]", "[]", "{\"a\":", "a[", "a[b]", "a[0]", "$and[0]", "$not.", "é", "\\", "(", "-", ",", "1"] {
        read_everywhere(long(piece).as_bytes());
        read_everywhere(format!("{}=1", long(piece)).as_bytes());
        read_everywhere(format!("id{}=1", long(piece)).as_bytes());
        read_everywhere(format!("{{\"metadata\":{}", long(piece)).as_bytes());
    }
    for bytes in [b"\xff".as_slice(), b"\xc3", b"{\"a\":\"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"a=\x80&\0", b"\0"]
    {
        read_everywhere(bytes);
    }
}

#[test]
fn random_inputs_are_read_or_refused() {
    const PIECES: &[&str] = &[
        "&",
        "=",
        "[",
        "]",
        "[]",
        "[0]",
        "[1]",
        ".",
        "%",
        "%5B",
        "%00",
        "+",
        "-",
        ",",
        "$and",
        "$or",
        "$not",
        "$in",
        "$gt",
        "$like",
        "id",
        "email",
        "created_at",
        "accepted",
        "metadata",
        "order",
        "fields",
        "limit",
        "q",
        "null",
        "2026-11-22",
        "true",
        "1",
        "{",
        "}",
        ":",
        "\"",
        "\\",
        "\"text\"",
        "\"some\"",
        "\"list\"",
        "u0000",
        "é",
        "😀",
        "1e9",
        "\u{202e}",
    ];
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        let length = dice.below(24);
        let text: String = (0..length).map(|_| PIECES[dice.below(PIECES.len())]).collect();
        read_everywhere(text.as_bytes());
    }
    for _ in 0..20_000 {
        let length = dice.below(40);
        let bytes: Vec<u8> = (0..length).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
        read_everywhere(&bytes);
    }
}
