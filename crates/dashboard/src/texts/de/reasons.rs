//! Why a delivery has not arrived.

use vestibule_core::{CertificateProblem, Seconds};
use vestibule_mail::Reason as MailReason;
use vestibule_notify::Reason;
use vestibule_webhook::{AddressKind, Reason as WebhookReason, Refusal};

pub(in crate::texts) fn reason(reason: &Reason) -> String {
    let text = match reason {
        Reason::Database => "die Datenbank war nicht zu erreichen",
        Reason::EventGone => "wovon sie berichtet, ist so lange her, dass es nicht mehr aufbewahrt wird",
        Reason::NotHere => "dieser Prozess stellt dorthin nicht zu",
        Reason::TooLong => "es dauerte zu lange",
        Reason::NoMail => "von diesem Ereignis berichtet keine Mail",
        Reason::InviteDeleted => "die Einladung wurde gelöscht",
        Reason::InviteSentAgain => "sie wurde noch einmal gesendet, mit einem anderen Link",
        Reason::InviteExpired => "die Einladung lief ab, bevor sie gesendet werden konnte",
        Reason::InviteAccepted => "die Einladung wurde inzwischen angenommen",
        Reason::InviteRevoked => "die Einladung wurde zurückgezogen",
        Reason::LinkExpired => "der Link lief ab, bevor er gesendet werden konnte",
        Reason::NewerLink => "ein neuerer Link wurde angefordert",
        Reason::StrangerWaits => {
            "Anforderungen ohne Sitzung werden nacheinander erfüllt, und diese ist noch nicht an der Reihe"
        }
        Reason::LinkDead => "der Link gilt nicht mehr",
        Reason::NotAnAddress => "es ist keine E-Mail-Adresse, die bestätigt werden soll",
        Reason::NoUser => "das Konto gehört keinem Benutzer oder besteht nicht mehr",
        Reason::NoInviteNamed => "das Ereignis nennt keine Einladung",
        Reason::LinkSealed => "der Link wurde mit einem anderen Geheimnis versiegelt: Lassen Sie einen neuen senden",
        Reason::NoAddress => "der Name des Kontos ist keine E-Mail-Adresse",
        Reason::TooManyMails { address, most } => {
            return format!("{address} bekam in einer Stunde {most} Mails, mehr werden es nicht");
        }
        Reason::Unwritten { error } => return format!("die Mail konnte nicht geschrieben werden: {error}"),
        Reason::WebhookDisabled => "der Webhook wurde abgeschaltet",
        Reason::WebhookDeleted => "der Webhook wurde gelöscht",
        Reason::SecretSealed => "sein Geheimnis wurde mit einem anderen Schlüssel versiegelt: Wechseln Sie es",
        Reason::EventSealed => "was er berichtet, wurde mit einem anderen Geheimnis versiegelt",
        Reason::UrlUnreadable => "seine URL ist nicht mehr zu lesen: Geben Sie sie neu ein",
        Reason::Mail(reason) => return mail(reason),
        Reason::Webhook(reason) => return webhook(reason),
        Reason::Said(text) => text,
    };
    text.to_owned()
}

fn mail(reason: &MailReason) -> String {
    match reason {
        MailReason::Answered { host, code, answer } => format!("{host} antwortete mit {code}{}", said(answer)),
        MailReason::LoginRefused { host, code, answer } => {
            format!("{host} lehnte die Anmeldung ab mit {code}{}", said(answer))
        }
        MailReason::SenderRefused { host, code, answer } => {
            format!("{host} lehnte den Absender ab mit {code}{}", said(answer))
        }
        MailReason::TimedOut { host, within } => format!("{host} antwortete nicht innerhalb von {}", Seconds(*within)),
        MailReason::ConnectionRefused { host } => {
            format!("{host} nimmt keine Verbindungen an: Auf diesem Port antwortet niemand")
        }
        MailReason::Closed { host } => format!("{host} schloss die Verbindung"),
        MailReason::Unreachable { host, error } => format!("{host} ist nicht zu erreichen: {error}"),
        MailReason::NotSmtp { host, error } => format!("{host} spricht nicht SMTP, wie es sollte: {error}"),
        MailReason::NoTls { host, error } => format!("{host} spricht nicht TLS, wie es sollte: {error}"),
        MailReason::Certificate { host, problem } => certificate(host, problem),
        MailReason::UnknownIssuer { host } => {
            format!("dem Zertifikat von {host} wird nicht getraut: Wer es ausgestellt hat, ist hier nicht bekannt")
        }
        MailReason::NoStartTls { host } => {
            format!("{host} bietet keine Verschlüsselung (STARTTLS), die verlangt ist; nichts wurde gesendet")
        }
        MailReason::NoLogin { host } => format!("{host} bietet keine Anmeldung mit Benutzername und Passwort"),
        MailReason::NoUtf8 { host } => {
            format!("{host} nimmt keine Adressen mit anderen Buchstaben als ASCII vor dem @")
        }
        MailReason::Folder { folder, error } => format!("der Ordner {folder} nimmt keine Mail auf: {error}"),
        MailReason::Address { address } => format!("an {address} kann keine Mail gesendet werden"),
        MailReason::Unwritten { error } => format!("die Mail kann nicht geschrieben werden: {error}"),
    }
}

fn webhook(reason: &WebhookReason) -> String {
    match reason {
        WebhookReason::Answered { status, answer } => {
            format!("antwortete mit {status}{}", said(answer.as_deref().unwrap_or_default()))
        }
        WebhookReason::Gone => "antwortete mit 410: Es will keine Nachrichten mehr".to_owned(),
        WebhookReason::Redirected { status, answer } => format!(
            "antwortete mit {status}: Weiterleitungen wird nicht gefolgt; ändern Sie die URL des Webhooks{}",
            said(answer.as_deref().unwrap_or_default())
        ),
        WebhookReason::TimedOut { within } => format!("antwortete nicht innerhalb von {}", Seconds(*within)),
        WebhookReason::Closed => "schloss die Verbindung ohne Antwort".to_owned(),
        WebhookReason::Broken { error } => format!("die Verbindung brach vor einer Antwort ab: {error}"),
        WebhookReason::NotHttp { error } => format!("die Antwort ist kein HTTP: {error}"),
        WebhookReason::Refused(refusal) => refused(refusal),
        WebhookReason::Unresolved { host, error } => format!("der Name {host} lässt sich nicht auflösen: {error}"),
        WebhookReason::NoAddress { host } => format!("der Name {host} hat keine Adresse"),
        WebhookReason::NotConnected { host, address, error } => {
            format!("zu {host} ({address}) kommt keine Verbindung zustande: {error}")
        }
        WebhookReason::ConnectTimedOut { host, within } => {
            format!("zu {host} kam keine Verbindung zustande innerhalb von {}", Seconds(*within))
        }
        WebhookReason::NoTls { host, error } => format!("keine TLS-Verbindung zu {host}: {error}"),
        WebhookReason::Certificate { host, problem } => certificate(host, problem),
        WebhookReason::UnknownIssuer { host } => format!(
            "das Zertifikat von {host} hat keine Stelle ausgestellt, der dieser Rechner traut: Nennen Sie deren Zertifikat \
             mit webhooks.ca_file"
        ),
        WebhookReason::NoSecret => "wurde nicht gesendet: Der Webhook hat kein Geheimnis zum Signieren".to_owned(),
        WebhookReason::NotSent { error } => format!("wurde nicht gesendet: {error}"),
    }
}

pub(super) fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Address { host, address, kind } => {
            let kind = match kind {
                AddressKind::Metadata => "die Adresse der Metadaten einer Cloud",
                AddressKind::Loopback => "eine Adresse dieses Rechners selbst",
                AddressKind::Private => "eine private Adresse",
                AddressKind::LinkLocal => "eine verbindungslokale Adresse",
                AddressKind::Multicast => "eine Multicast-Adresse",
                AddressKind::Unspecified => "die unbestimmte Adresse",
                AddressKind::Documentation => "eine Adresse für Dokumentation",
                AddressKind::Benchmarking => "eine Adresse für Leistungsmessungen",
                AddressKind::Reserved => "eine reservierte Adresse",
                AddressKind::Shared => "eine Adresse im Netz eines Anbieters",
                AddressKind::Broadcast => "die Broadcast-Adresse",
                AddressKind::UniqueLocal => "eine nur lokal gültige Adresse",
            };
            let address = address.to_string();
            let address = if host.contains(&address) { String::new() } else { format!("{address}, ") };
            format!(
                "{host} ist {address}{kind}: Erlauben Sie sie mit webhooks.allowed_networks, oder nehmen Sie eine öffentliche"
            )
        }
        Refusal::Unencrypted { host } => format!(
            "an {host} würde unverschlüsselt gesendet: Nehmen Sie https, oder erlauben Sie das Netz mit \
             webhooks.allowed_networks"
        ),
    }
}

fn certificate(host: &str, problem: &CertificateProblem) -> String {
    let what = match problem {
        CertificateProblem::Expired => "ist abgelaufen",
        CertificateProblem::NotValidYet => "gilt noch nicht",
        CertificateProblem::OtherName => "gilt für einen anderen Namen",
        CertificateProblem::Revoked => "wurde widerrufen",
        CertificateProblem::Other(error) => return format!("das Zertifikat von {host} gilt nicht: {error}"),
    };
    format!("das Zertifikat von {host} {what}")
}

/// What a server said, after the text that it belongs to.
fn said(answer: &str) -> String {
    if answer.is_empty() { String::new() } else { format!(": {answer}") }
}
