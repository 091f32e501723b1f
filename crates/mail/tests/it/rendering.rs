//! The texts of the built-in mails.

use vestibule_mail::{Facts, Kind, Templates};

#[test]
fn every_mail_in_english_matches_its_snapshot() {
    let templates = Templates::load(None).unwrap();
    for &kind in Kind::ALL {
        let rendered = templates.render(kind, "en", &Facts::sample(kind)).unwrap();
        let snapshot = format!("Subject: {}\n\n{}\n{}", rendered.subject, rendered.text, rendered.html);
        insta::assert_snapshot!(format!("en-{}", kind.name()), snapshot);
    }
}

#[test]
fn every_text_in_the_other_languages_matches_its_snapshot() {
    let templates = Templates::load(None).unwrap();
    for language in templates.languages().filter(|language| *language != "en") {
        let mails = Kind::ALL.iter().map(|&kind| {
            let rendered = templates.render(kind, language, &Facts::sample(kind)).unwrap();
            format!("Subject: {}\n\n{}", rendered.subject, rendered.text)
        });
        insta::assert_snapshot!(language, mails.collect::<Vec<_>>().join("\n==========\n\n"));
    }
}

#[test]
fn a_removed_factor_among_others_leaves_the_two_steps() {
    let templates = Templates::load(None).unwrap();
    let facts = Facts { other_factors: true, ..Facts::sample(Kind::SecondFactorOff) };
    let mails = templates.languages().map(|language| {
        let rendered = templates.render(Kind::SecondFactorOff, language, &facts).unwrap();
        format!("Subject: {}\n\n{}", rendered.subject, rendered.text)
    });
    insta::assert_snapshot!("other-factors", mails.collect::<Vec<_>>().join("\n==========\n\n"));
}

#[test]
fn french_has_hard_spaces_before_its_marks() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/fr");
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let text = std::fs::read_to_string(&path).unwrap();
        for wrong in [" :", " ;", " !", " ?", " »", "« "] {
            assert!(!text.contains(wrong), "{wrong:?} in {}", path.display());
        }
    }
}

#[test]
fn an_unknown_language_falls_back_to_the_nearest() {
    let templates = Templates::load(None).unwrap();
    let subject = |language| templates.render(Kind::Test, language, &Facts::sample(Kind::Test)).unwrap().subject;
    for language in ["de", "DE", "de-AT", "de_CH"] {
        assert_eq!(subject(language), "Testmail von Vestibule", "{language}");
    }
    for language in ["en", "en-GB", "xx", "", "../de"] {
        assert_eq!(subject(language), "Test mail from Vestibule", "{language}");
    }
}

#[test]
fn a_link_has_its_own_line_and_is_the_same_in_both_parts() {
    let templates = Templates::load(None).unwrap();
    for language in templates.languages() {
        for kind in [Kind::Invite, Kind::InviteAgain, Kind::PasswordReset, Kind::Verification] {
            let facts = Facts { link: Some("https://x.example/a?b=1&c=2".to_owned()), ..Facts::sample(kind) };
            let rendered = templates.render(kind, language, &facts).unwrap();
            assert_eq!(rendered.text.lines().filter(|line| *line == "https://x.example/a?b=1&c=2").count(), 1);
            assert_eq!(rendered.html.matches("href=\"https://x.example/a?b=1&amp;c=2\"").count(), 2);
        }
    }
}

#[test]
fn unknown_facts_are_left_out() {
    let templates = Templates::load(None).unwrap();
    let facts = Facts {
        inviter: None,
        expires_at: None,
        device: None,
        client_address: None,
        factor: None,
        ..Facts::sample(Kind::Invite)
    };
    for (language, kind) in
        templates.languages().flat_map(|language| Kind::ALL.iter().map(move |kind| (language, *kind)))
    {
        let rendered = templates.render(kind, language, &facts).unwrap();
        assert!(!rendered.text.to_lowercase().contains("none"), "{}", rendered.text);
        assert!(!rendered.text.contains("\n\n\n"), "{}", rendered.text);
    }
    let rendered = templates.render(Kind::Invite, "en", &facts).unwrap();
    assert_eq!(rendered.subject, "You are invited to Vestibule");
    assert!(rendered.text.contains("The invitation is for ada@example.com.\n"), "{}", rendered.text);
}
