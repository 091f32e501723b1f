//! Why something did not reach anybody, in the language of the page.
//!
//! Our own sentences are kept in English, and are here in German. What a mail server or a webhook's receiver said stays as
//! they said it.

use std::borrow::Cow;

use vestibule_notify::reasons;

use vestibule_language::Language;

/// The sentences of deliveries. A test sees to it that none is missing.
const SENTENCES: &[(&str, &str)] = &[
    (reasons::DATABASE, "die Datenbank war nicht zu erreichen"),
    (reasons::EVENT_GONE, "wovon sie berichtet, ist so lange her, dass es nicht mehr aufbewahrt wird"),
    (reasons::NOT_HERE, "dieser Prozess stellt dorthin nicht zu"),
    (reasons::TOO_LONG, "es dauerte zu lange"),
    (reasons::NO_MAIL, "von diesem Ereignis berichtet keine Mail"),
    (reasons::INVITE_DELETED, "die Einladung wurde gelöscht"),
    (reasons::INVITE_SENT_AGAIN, "sie wurde noch einmal gesendet, mit einem anderen Link"),
    (reasons::INVITE_EXPIRED, "die Einladung lief ab, bevor sie gesendet werden konnte"),
    (reasons::INVITE_ACCEPTED, "die Einladung wurde inzwischen angenommen"),
    (reasons::INVITE_REVOKED, "die Einladung wurde zurückgezogen"),
    (reasons::LINK_EXPIRED, "der Link lief ab, bevor er gesendet werden konnte"),
    (reasons::NEWER_LINK, "ein neuerer Link wurde angefordert"),
    (
        reasons::STRANGER_WAITS,
        "Anforderungen ohne Sitzung werden nacheinander erfüllt, und diese ist noch nicht an der Reihe",
    ),
    (reasons::LINK_DEAD, "der Link gilt nicht mehr"),
    (reasons::NO_ADDRESS_TO_CONFIRM, "es ist keine E-Mail-Adresse, die bestätigt werden soll"),
    (reasons::NO_USER, "das Konto gehört keinem Benutzer oder besteht nicht mehr"),
    (reasons::NO_INVITE_NAMED, "das Ereignis nennt keine Einladung"),
    (reasons::LINK_SEALED, "der Link wurde mit einem anderen Geheimnis versiegelt: Lassen Sie einen neuen senden"),
    (reasons::NO_ADDRESS, "der Name des Kontos ist keine E-Mail-Adresse"),
    (reasons::WEBHOOK_DISABLED, "der Webhook wurde abgeschaltet"),
    (reasons::WEBHOOK_DELETED, "der Webhook wurde gelöscht"),
    (reasons::SECRET_SEALED, "sein Geheimnis wurde mit einem anderen Schlüssel versiegelt: Wechseln Sie es"),
    (reasons::EVENT_SEALED, "was er berichtet, wurde mit einem anderen Geheimnis versiegelt"),
    (reasons::URL_UNREADABLE, "seine URL ist nicht mehr zu lesen: Geben Sie sie neu ein"),
    ("closed the connection without an answer", "schloss die Verbindung ohne Antwort"),
];

/// What is said of connections and answers. `{}` stands for a word, such as a host, and at the end for all that follows,
/// which is put in where it stands in German. The first that fits counts.
const FORMS: &[(&str, &str)] = &[
    (
        "{} was sent {} mails within an hour, which is the most",
        "{} bekam in einer Stunde {} Mails, mehr werden es nicht",
    ),
    ("answered {}: it wants no more messages", "antwortete mit {}: Es will keine Nachrichten mehr"),
    (
        "answered {}: redirects are not followed; change the endpoint's URL{}",
        "antwortete mit {}: Weiterleitungen wird nicht gefolgt; ändern Sie die URL des Webhooks{}",
    ),
    ("answered {}", "antwortete mit {}"),
    ("did not answer within {}", "antwortete nicht innerhalb von {}"),
    ("the connection broke before an answer: {}", "die Verbindung brach vor einer Antwort ab: {}"),
    ("its answer is not HTTP: {}", "die Antwort ist kein HTTP: {}"),
    ("the name {} has no address", "der Name {} hat keine Adresse"),
    ("the name {} cannot be resolved: {}", "der Name {} lässt sich nicht auflösen: {}"),
    ("no TLS connection to {}: {}", "keine TLS-Verbindung zu {}: {}"),
    ("the certificate of {} has expired", "das Zertifikat von {} ist abgelaufen"),
    ("the certificate of {} is not valid yet", "das Zertifikat von {} gilt noch nicht"),
    ("the certificate of {} is for another name", "das Zertifikat von {} gilt für einen anderen Namen"),
    ("the certificate of {} was revoked", "das Zertifikat von {} wurde widerrufen"),
    (
        "the certificate of {} is not trusted: who issued it is not known here",
        "dem Zertifikat von {} wird nicht getraut: Wer es ausgestellt hat, ist hier nicht bekannt",
    ),
    ("{} at {} cannot be connected to: {}", "zu {} ({}) kommt keine Verbindung zustande: {}"),
    ("{} could not be connected to within {}", "zu {} kam keine Verbindung zustande innerhalb von {}"),
    ("{} answered {}", "{} antwortete mit {}"),
    ("{} refused the login with {}", "{} lehnte die Anmeldung ab mit {}"),
    ("{} refused the sender with {}", "{} lehnte den Absender ab mit {}"),
    ("{} did not answer within {}", "{} antwortete nicht innerhalb von {}"),
    (
        "{} refuses connections: nothing listens on that port",
        "{} nimmt keine Verbindungen an: Auf diesem Port antwortet niemand",
    ),
    ("{} cannot be reached: {}", "{} ist nicht zu erreichen: {}"),
    ("{} closed the connection", "{} schloss die Verbindung"),
];

/// A reason in this language, as far as it is ours.
pub(crate) fn told(reason: &str, language: Language) -> Cow<'_, str> {
    if language != Language::German {
        return Cow::Borrowed(reason);
    }
    if let Some((_, german)) = SENTENCES.iter().find(|(english, _)| *english == reason) {
        return Cow::Borrowed(german);
    }
    let fitting = FORMS.iter().find_map(|(english, german)| Some((parts(reason, english)?, german)));
    fitting.map_or(Cow::Borrowed(reason), |(parts, german)| Cow::Owned(filled(german, &parts)))
}

/// What stands in a text in the places of a form; nothing where the text has another form.
fn parts<'a>(text: &'a str, form: &str) -> Option<Vec<&'a str>> {
    let mut pieces = form.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut parts = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if piece.is_empty() && pieces.peek().is_none() {
            parts.push(rest);
            return Some(parts);
        }
        let (part, behind) = rest.split_once(piece)?;
        if part.is_empty() || part.contains(char::is_whitespace) {
            return None;
        }
        parts.push(part);
        rest = behind;
    }
    rest.is_empty().then_some(parts)
}

fn filled(form: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter();
    let mut filled = String::new();
    for (number, piece) in form.split("{}").enumerate() {
        if number > 0 {
            filled.extend(parts.next().copied());
        }
        filled.push_str(piece);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_of_deliveries_is_here_once() {
        for reason in reasons::ALL {
            assert_eq!(SENTENCES.iter().filter(|(english, _)| english == reason).count(), 1, "{reason}");
            assert_ne!(told(reason, Language::German), *reason);
            assert_eq!(told(reason, Language::English), *reason);
        }
    }

    #[test]
    fn a_form_has_as_many_places_in_german() {
        for (english, german) in FORMS {
            assert_eq!(english.matches("{}").count(), german.matches("{}").count(), "{english}");
            assert!(parts(english, english).is_some(), "{english}");
        }
    }

    #[test]
    fn what_others_said_stays() {
        for (reason, german) in [
            ("answered 410: it wants no more messages", "antwortete mit 410: Es will keine Nachrichten mehr"),
            ("answered 500", "antwortete mit 500"),
            ("answered 500: try later", "antwortete mit 500: try later"),
            ("did not answer within 15 s", "antwortete nicht innerhalb von 15 s"),
            (
                "answered 301: redirects are not followed; change the endpoint's URL: moved",
                "antwortete mit 301: Weiterleitungen wird nicht gefolgt; ändern Sie die URL des Webhooks: moved",
            ),
            (
                "smtp.example.com answered 550: no such user here",
                "smtp.example.com antwortete mit 550: no such user here",
            ),
            (
                "ada@example.com was sent 20 mails within an hour, which is the most",
                "ada@example.com bekam in einer Stunde 20 Mails, mehr werden es nicht",
            ),
            (
                "hooks.example.com at 203.0.113.7:443 cannot be connected to: Connection refused (os error 111)",
                "zu hooks.example.com (203.0.113.7:443) kommt keine Verbindung zustande: Connection refused (os error 111)",
            ),
            ("no TLS connection to hooks.example.com: eof", "keine TLS-Verbindung zu hooks.example.com: eof"),
        ] {
            assert_eq!(told(reason, Language::German), german);
            assert_eq!(told(reason, Language::English), reason);
        }
        for reason in ["", "the server has answered nothing", "queue full", "the folder x takes no mail: it answered 1"]
        {
            assert_eq!(told(reason, Language::German), reason);
        }
    }
}
