//! The texts of errors that have more to say than their code, in German.

use vestibule_auth::providers::{InvalidInput, RejectionReason};
use vestibule_auth::{PasswordAdvice, PasswordWarning, WeakPassword};
use vestibule_notify::InvalidEvents;
use vestibule_webhook::InvalidEndpoint;

use super::pages::TEXTS;
use super::reasons::refused;
use crate::texts::details::Details;

pub(in crate::texts) static DETAILS: Details = Details {
    address_refused: refused,
    invalid_events,
    invalid_url: |problem| invalid_url(*problem).to_owned(),
    policies_missing: |missing| format!("Das geht nicht, weil Ihnen Rechte fehlen. Ihnen fehlt: {missing}."),
    sign_in_input_invalid,
    sign_in_rejected,
    too_many_attempts: |minutes| {
        let time = if minutes == 1 { "eine Minute".to_owned() } else { format!("{minutes} Minuten") };
        format!(
            "Zu viele Fehlversuche für dieses Konto. Warten Sie {time}, oder setzen Sie das Passwort per Mail zurück."
        )
    },
    weak_password,
};

fn invalid_events(problem: &InvalidEvents) -> String {
    match problem {
        InvalidEvents::None => "Wählen Sie mindestens ein Ereignis, oder * für alle.".to_owned(),
        InvalidEvents::TooMany => {
            "Wählen Sie höchstens hundert Ereignisse. * steht für alle, user.* für alle über Benutzer.".to_owned()
        }
        InvalidEvents::Name { name } => format!(
            "„{name}“ ist kein Ereignis. Schreiben Sie einen Namen wie user.created, oder user.* oder * für alle."
        ),
    }
}

fn invalid_url(problem: InvalidEndpoint) -> &'static str {
    match problem {
        InvalidEndpoint::TooLong => "Die Webadresse ist zu lang. Nehmen Sie höchstens 2048 Bytes.",
        InvalidEndpoint::Character => {
            "Eine Webadresse hat keine Leerzeichen, umgekehrten Schrägstriche und Steuerzeichen. Schreiben Sie %20 für ein \
             Leerzeichen."
        }
        InvalidEndpoint::Malformed => {
            "Das ist keine Webadresse mit einem Rechner. Schreiben Sie sie wie https://hooks.example.com/pfad."
        }
        InvalidEndpoint::Scheme => {
            "Die Webadresse beginnt mit https://, oder in erlaubten Netzen mit http://. Schreiben Sie es davor."
        }
        InvalidEndpoint::UserInfo => {
            "Lassen Sie Benutzernamen und Passwort aus der Webadresse weg: Der Empfänger erkennt Vestibule an der Signatur."
        }
        InvalidEndpoint::Fragment => "Lassen Sie den Teil ab # weg: Ein Server bekommt ihn nie zu sehen.",
        InvalidEndpoint::Port => "Nehmen Sie einen Port zwischen 1 und 65535.",
    }
}

fn weak_password(problem: &WeakPassword) -> String {
    match problem {
        WeakPassword::TooShort { least } => {
            format!("Das Passwort ist zu kurz. Nehmen Sie mindestens {least} Zeichen.")
        }
        WeakPassword::Oneself => {
            "Das Passwort ist kaum mehr als Ihr Name oder Ihre E-Mail-Adresse. Nehmen Sie ein paar \
                                  Wörter, die nichts mit Ihnen zu tun haben."
                .to_owned()
        }
        WeakPassword::Guessable { warning, advice } => {
            let mut sentences = vec!["Das Passwort ist zu leicht zu erraten."];
            sentences.extend(warning.map(of_warning));
            sentences.extend(advice.iter().copied().map(of_advice));
            sentences.join(" ")
        }
    }
}

fn of_warning(warning: PasswordWarning) -> &'static str {
    match warning {
        PasswordWarning::KeyRow => "Tasten in einer Reihe sind leicht zu erraten.",
        PasswordWarning::KeyPattern => "Kurze Muster auf der Tastatur sind leicht zu erraten.",
        PasswordWarning::RepeatedCharacter => "Wiederholungen wie „aaa“ sind leicht zu erraten.",
        PasswordWarning::RepeatedPart => "Wiederholungen wie „abcabcabc“ sind kaum schwerer zu erraten als „abc“.",
        PasswordWarning::TopTen => "Es ist eines der zehn häufigsten Passwörter.",
        PasswordWarning::TopHundred => "Es ist eines der hundert häufigsten Passwörter.",
        PasswordWarning::Common => "Es ist ein sehr häufiges Passwort.",
        PasswordWarning::SimilarToCommon => "Es ähnelt einem häufigen Passwort.",
        PasswordWarning::Sequence => "Folgen wie abc oder 6543 sind leicht zu erraten.",
        PasswordWarning::RecentYear => "Jahre der letzten Jahrzehnte sind leicht zu erraten.",
        PasswordWarning::SingleWord => "Ein Wort allein ist leicht zu erraten.",
        PasswordWarning::Date => "Daten sind oft leicht zu erraten.",
        PasswordWarning::NameAlone => "Namen allein sind leicht zu erraten.",
        PasswordWarning::CommonName => "Häufige Namen sind leicht zu erraten.",
    }
}

fn of_advice(advice: PasswordAdvice) -> &'static str {
    match advice {
        PasswordAdvice::FewWords => "Nehmen Sie ein paar Wörter, aber keine bekannte Wendung.",
        PasswordAdvice::NoSymbolsNeeded => "Zeichen, Ziffern und Großbuchstaben sind nicht nötig.",
        PasswordAdvice::AnotherWord => "Fügen Sie ein oder zwei Wörter hinzu, am besten seltene.",
        PasswordAdvice::Capitals => "Großbuchstaben helfen wenig.",
        PasswordAdvice::AllCapitals => "Nur Großbuchstaben sind fast so leicht zu erraten wie nur Kleinbuchstaben.",
        PasswordAdvice::Reversed => "Rückwärts geschriebene Wörter sind kaum schwerer zu erraten.",
        PasswordAdvice::Substitutions => "Ersetzungen wie @ statt a helfen wenig.",
        PasswordAdvice::LongerPattern => {
            "Nehmen Sie ein längeres Muster auf der Tastatur, das öfter die Richtung wechselt."
        }
        PasswordAdvice::NoRepetition => "Vermeiden Sie Wörter und Zeichen, die sich wiederholen.",
        PasswordAdvice::NoSequence => "Vermeiden Sie Folgen.",
        PasswordAdvice::NoRecentYear => "Vermeiden Sie Jahre der letzten Jahrzehnte.",
        PasswordAdvice::NoOwnYear => "Vermeiden Sie Jahre, die mit Ihnen zu tun haben.",
        PasswordAdvice::NoOwnDate => "Vermeiden Sie Daten und Jahre, die mit Ihnen zu tun haben.",
    }
}

fn sign_in_input_invalid(problem: &InvalidInput) -> String {
    match problem {
        InvalidInput::Email(problem) => TEXTS.of_email_problem(problem).to_owned(),
        InvalidInput::Field { .. } => {
            "Ein Feld fehlt. Laden Sie die Seite neu, und füllen Sie jedes Feld aus.".to_owned()
        }
        InvalidInput::Other(words) => words.clone(),
        _ => "Etwas in Ihrer Eingabe ist nicht lesbar. Laden Sie die Seite neu.".to_owned(),
    }
}

fn sign_in_rejected(reason: &RejectionReason) -> String {
    let text = match reason {
        RejectionReason::WrongCredentials | RejectionReason::MissingField { .. } => TEXTS.wrong_credentials,
        RejectionReason::IdentityExists => "Mit dieser Adresse meldet sich schon ein Benutzer an. Melden Sie sich an.",
        RejectionReason::UnknownIdentity { .. } => "Diese Anmeldung gibt es hier nicht. Prüfen Sie Ihre Eingabe.",
        RejectionReason::Late => "Diese Anmeldung gilt nicht mehr. Melden Sie sich noch einmal an.",
        RejectionReason::SecondFactorRemoved => "Ihr zweiter Faktor wurde entfernt. Melden Sie sich noch einmal an.",
        RejectionReason::ChallengeFirst | RejectionReason::RedirectFirst | RejectionReason::CodeFirst => {
            "Diese Anmeldung hat noch einen Schritt. Beginnen Sie noch einmal auf der Seite zum Anmelden."
        }
        RejectionReason::NoRegistration { .. } | RejectionReason::NotImplemented { .. } => {
            "Mit dieser Art der Anmeldung geht das nicht. Wählen Sie eine andere."
        }
        RejectionReason::PasskeysUnavailable => {
            "Passkeys gehen gerade nicht. Versuchen Sie es später, oder melden Sie sich anders an."
        }
        RejectionReason::Other(words) => words,
        _ => "Diese Anmeldung wurde abgelehnt. Versuchen Sie es noch einmal, oder wählen Sie eine andere Art.",
    };
    text.to_owned()
}
