//! Each kind, as the programs that made it have written it.

use super::ForeignHash;

/// passlib 1.7.4 and npm firebase-scrypt where nothing else is said: password and hash.
const VECTORS: [(&str, &str); 14] = [
    ("Quarry-lantern-1815", "$2b$10$iVfuKcC/Pqu3MJ0ZE/ir7ueA5E2z6VKjk2z.C266XQ/UHvMUjGhqS"),
    ("Quarry-lantern-1815", "$2y$10$XJA35SoWIsQU06DQunC00ONSx2sN9km.7kya4Av.Hm8fWJGcTSGnK"),
    ("Quarry-lantern-1815", "$2a$08$gifQ.9XjdqcuVeaa3yu8T.Oldi86hUgEPql4hw3Dc2ispHfdhId4y"),
    ("Quarry-lantern-1815", "{SSHA}QUZiRXb1E4PkmgpERvLdBM6eqL+CMCaE"),
    ("Quarry-lantern-1815", "pbkdf2_sha256$260000$LPe0Fel1XoeX$C9Qqe75Njgv383z40BI3GD5pnULVK5WxlRxGeJaqq34="),
    ("Quarry-lantern-1815", "$P$BsSBWbpy3JtmEYcDmeyYh0vzM4nEC70"),
    (
        "Quarry-lantern-1815",
        "$6$oiztJFgrZKDj0mV7$JmQPPB7xSSMis8hMEFCPaMft27HskJHZuSI/ieQgjRJNYWA49vW/jSZwkkpRcMROJBdlZT//jRTivVmQCxr6G1",
    ),
    (
        "Quarry-lantern-1815",
        "$6$rounds=12345$Xmf3B/p6fvrKfkvE$PUgC647njTuHhTZdNL7VtHOUqXt1mREBwnhyUP8h2mplK5T.wse5GCQNcHCJ95.uiEsB8CawB2O.L9A0nxSaa.",
    ),
    // The specification of SHA-crypt, section "Test vectors".
    ("Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
    // RFC 7914, section 12, in the PHC form.
    (
        "pleaseletmein",
        "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
    ),
    (
        "Quarry-lantern-1815",
        "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=fVtfKbttwmXjl6CTzfTXylb9d/7OZLu4xH8k5CmiuncbG1T0yMX0kXj8xOD7oZTPuZ33nX2Mf8CuaA7qLha2rA==$FUkEZUyXsAan1ugx$GumXWBiDYGCAD+Q1sHOt87SUjdv5cCHVgJquccMHAr1WINOVXErqcEbv/08SEn5Mqv1KrW3/jP9MKpbM89ZzLQ==",
    ),
    // Python's hashlib, in passlib's form.
    ("password", "$pbkdf2-sha256$6400$8PHy8/T19vf4.fr7/P3./w$Su6XdgojXneiyra3.OOMs7KSirH4A3GXZHKiYm/GdsU"),
    // What WordPress 6.8 documents, with Python's hmac and bcrypt.
    ("Lantern-quarry-77", "$wp$2y$10$LSCpgngGPh1HuK.AVxmcPuPrS7Omiisl3lMcq2mSeak7j//.1GM7G"),
    ("pässwörd mit Ümlaut", "$wp$2y$10$lcY24X31DwOCxqGlLL9DFu.xKDOT4tpSLL4daYraQQr8zkw2vWDri"),
];

#[test]
fn hashes_of_other_programs_are_checked() {
    for (password, text) in VECTORS {
        let hash = ForeignHash::parse(text).expect(text);
        assert_eq!(hash.matches(password), Some(true), "{text}");
        for wrong in [format!("{password}x").as_str(), "", "\0"] {
            assert_eq!(hash.matches(wrong), Some(false), "{text} {wrong:?}");
        }
    }
}

#[test]
fn bcrypt_takes_72_bytes() {
    let hash = ForeignHash::parse("$2b$10$En5Ff833NKlvmKYhnaT8XeGy9nDYT55DnWSo4pJo6khoLCgu3oOES").unwrap();
    assert_eq!(hash.matches(&("p".repeat(72) + "-past-72-bytes")), Some(true));
    assert_eq!(hash.matches(&("p".repeat(72) + "-anything")), Some(true));
    assert_eq!(hash.matches(&"p".repeat(71)), Some(false));
}

#[test]
fn wordpress_takes_blanks_off_the_ends() {
    let hash = ForeignHash::parse("$wp$2y$10$vivqODt4codgiMLdNY45nu0tfiB4MPSDlpnB7nTzXThS9eWIaDWeC").unwrap();
    for (password, expected) in [(" blanks ", true), ("blanks", true), ("blan ks", false)] {
        assert_eq!(hash.matches(password), Some(expected), "{password:?}");
    }
    for damaged in ["$wp$2y$15$vivqODt4codgiMLdNY45nu0tfiB4MPSDlpnB7nTzXThS9eWIaDWeC", "$wp$", "$wp", "$wp$P$B"] {
        assert!(ForeignHash::parse(damaged).is_none(), "{damaged}");
    }
}

#[test]
fn a_password_is_hashed_in_nfkc_where_its_program_did() {
    // N=16, r=1, p=1 over "ﬁ" in NFKC, which is "fi".
    let (nfkc, plain) = ("$scrypt-nfkc$ln=4,r=1,p=1$c2FsdA$", "$scrypt$ln=4,r=1,p=1$c2FsdA$");
    let mut output = [0; 32];
    scrypt::scrypt(b"fi", b"salt", &scrypt::Params::new(4, 1, 1).unwrap(), &mut output).unwrap();
    let output = base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, output);
    let matches =
        |form: &str, password: &str| ForeignHash::parse(&format!("{form}{output}")).unwrap().matches(password);
    assert_eq!(matches(nfkc, "\u{fb01}"), Some(true));
    assert_eq!(matches(plain, "\u{fb01}"), Some(false));
    assert_eq!(matches(plain, "fi"), Some(true));
}

#[test]
fn what_costs_too_much_or_is_damaged_is_not_read() {
    for (from, to) in [
        ("$2b$10$iV", "$2b$15$iV"),
        ("$2b$10$iV", "$2b$03$iV"),
        ("$2b$10$iV", "$2b$99$iV"),
        ("UHvMUjGhqS", "UHvMUjGhq"),
        ("$260000$", "$5000001$"),
        ("$260000$", "$0$"),
        ("$260000$", "$4294967296$"),
        ("$P$B", "$P$J"),
        ("$P$B", "$P$0"),
        ("rounds=12345", "rounds=1000001"),
        ("rounds=12345", "rounds=999999999999"),
        ("ln=14", "ln=30"),
        ("ln=14,r=8", "ln=14,r=4294967295"),
        ("n=14,r=8,p=1,ss", "n=30,r=8,p=1,ss"),
        ("n=14,r=8,p=1,ss", "n=14,r=8,p=9999,ss"),
        ("{SSHA}", "{SHA}"),
        ("{SSHA}", "{MD5}"),
        ("$6400$", "$6400000$"),
    ] {
        let changed =
            VECTORS.iter().filter(|(_, text)| text.contains(from)).map(|(_, text)| text.replacen(from, to, 1));
        let changed: Vec<String> = changed.collect();
        assert!(!changed.is_empty(), "{from}");
        for text in changed {
            assert!(ForeignHash::parse(&text).is_none(), "{text}");
        }
    }
    for text in
        ["", "$", "$$$$$", "{}", "{SSHA}", "$P$", "$6$", "$2b$", "plain text", "5f4dcc3b5aa765d61d8327deb882cf99"]
    {
        assert!(ForeignHash::parse(text).is_none(), "{text}");
    }
}
