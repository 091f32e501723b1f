//! Why a delivery has not arrived.

use vestibule_core::{CertificateProblem, Seconds};
use vestibule_mail::Reason as MailReason;
use vestibule_notify::Reason;
use vestibule_webhook::{AddressKind, Reason as WebhookReason, Refusal};

pub(in crate::texts) fn reason(reason: &Reason) -> String {
    let text = match reason {
        Reason::Database => "la base de données était inaccessible",
        Reason::EventGone => "l’événement est si ancien qu’il n’est plus conservé",
        Reason::NotHere => "ce processus n’envoie rien à cette destination",
        Reason::TooLong => "l’envoi a pris trop de temps",
        Reason::NoMail => "aucun e-mail n’est prévu pour cet événement",
        Reason::InviteDeleted => "l’invitation a été supprimée",
        Reason::InviteSentAgain => "elle a été renvoyée, avec un autre lien",
        Reason::InviteExpired => "l’invitation a expiré avant de pouvoir être envoyée",
        Reason::InviteAccepted => "l’invitation a été acceptée entre-temps",
        Reason::InviteRevoked => "l’invitation a été révoquée",
        Reason::LinkExpired => "le lien a expiré avant de pouvoir être envoyé",
        Reason::NewerLink => "un lien plus récent a été demandé",
        Reason::StrangerWaits => {
            "les demandes faites sans session sont traitées l’une après l’autre, et ce n’est pas encore le tour de celle-ci"
        }
        Reason::LinkDead => "le lien n’est plus valable",
        Reason::NotAnAddress => "ce qui est à confirmer n’est pas une adresse e-mail",
        Reason::NoUser => "le compte n’appartient à aucun utilisateur ou n’existe plus",
        Reason::NoInviteNamed => "l’événement ne nomme aucune invitation",
        Reason::LinkSealed => "le lien a été chiffré avec un autre secret : faites-en envoyer un nouveau",
        Reason::NoAddress => "le nom du compte n’est pas une adresse e-mail",
        Reason::TooManyMails { address, most } => {
            return format!("{address} a reçu {most} e-mails en une heure, ce qui est le maximum");
        }
        Reason::Unwritten { error } => return format!("l’e-mail n’a pas pu être rédigé : {error}"),
        Reason::WebhookDisabled => "le webhook a été désactivé",
        Reason::WebhookDeleted => "le webhook a été supprimé",
        Reason::SecretSealed => "son secret a été chiffré avec une autre clé : renouvelez-le",
        Reason::EventSealed => "son contenu a été chiffré avec un autre secret",
        Reason::UrlUnreadable => "son URL n’est plus lisible : saisissez-la de nouveau",
        Reason::Mail(reason) => return mail(reason),
        Reason::Webhook(reason) => return webhook(reason),
        Reason::Said(text) => text,
    };
    text.to_owned()
}

fn mail(reason: &MailReason) -> String {
    match reason {
        MailReason::Answered { host, code, answer } => format!("{host} a répondu {code}{}", said(answer)),
        MailReason::LoginRefused { host, code, answer } => {
            format!("{host} a refusé la connexion avec {code}{}", said(answer))
        }
        MailReason::SenderRefused { host, code, answer } => {
            format!("{host} a refusé l’expéditeur avec {code}{}", said(answer))
        }
        MailReason::TimedOut { host, within } => format!("{host} n’a pas répondu en {}", Seconds(*within)),
        MailReason::ConnectionRefused { host } => {
            format!("{host} refuse les connexions : rien n’écoute sur ce port")
        }
        MailReason::Closed { host } => format!("{host} a fermé la connexion"),
        MailReason::Unreachable { host, error } => format!("{host} est injoignable : {error}"),
        MailReason::NotSmtp { host, error } => format!("{host} ne respecte pas SMTP : {error}"),
        MailReason::NoTls { host, error } => format!("{host} ne respecte pas TLS : {error}"),
        MailReason::Certificate { host, problem } => certificate(host, problem),
        MailReason::UnknownIssuer { host } => {
            format!("le certificat de {host} n’est pas reconnu : son émetteur est inconnu ici")
        }
        MailReason::NoStartTls { host } => {
            format!("{host} ne propose pas le chiffrement exigé (STARTTLS) ; rien n’a été envoyé")
        }
        MailReason::NoLogin { host } => format!("{host} ne propose pas de connexion par nom d’utilisateur et mot de passe"),
        MailReason::NoUtf8 { host } => {
            format!("{host} n’accepte avant le @ que des caractères ASCII")
        }
        MailReason::Folder { folder, error } => format!("le dossier {folder} n’accepte pas d’e-mail : {error}"),
        MailReason::Address { address } => format!("aucun e-mail ne peut être envoyé à {address}"),
        MailReason::Unwritten { error } => format!("l’e-mail ne peut pas être composé : {error}"),
    }
}

fn webhook(reason: &WebhookReason) -> String {
    match reason {
        WebhookReason::Answered { status, answer } => {
            format!("a répondu {status}{}", said(answer.as_deref().unwrap_or_default()))
        }
        WebhookReason::Gone => "a répondu 410 : il ne veut plus de messages".to_owned(),
        WebhookReason::Redirected { status, answer } => format!(
            "a répondu {status} : les redirections ne sont pas suivies ; modifiez l’URL du webhook{}",
            said(answer.as_deref().unwrap_or_default())
        ),
        WebhookReason::TimedOut { within } => format!("n’a pas répondu en {}", Seconds(*within)),
        WebhookReason::Closed => "a fermé la connexion sans répondre".to_owned(),
        WebhookReason::Broken { error } => format!("la connexion a été rompue avant une réponse : {error}"),
        WebhookReason::NotHttp { error } => format!("la réponse n’est pas en HTTP : {error}"),
        WebhookReason::Refused(refusal) => refused(refusal),
        WebhookReason::Unresolved { host, error } => format!("le nom {host} ne peut pas être résolu : {error}"),
        WebhookReason::NoAddress { host } => format!("le nom {host} n’a pas d’adresse"),
        WebhookReason::NotConnected { host, address, error } => {
            format!("la connexion à {host} ({address}) a échoué : {error}")
        }
        WebhookReason::ConnectTimedOut { host, within } => {
            format!("la connexion à {host} n’a pas abouti en {}", Seconds(*within))
        }
        WebhookReason::NoTls { host, error } => format!("aucune connexion TLS à {host} : {error}"),
        WebhookReason::Certificate { host, problem } => certificate(host, problem),
        WebhookReason::UnknownIssuer { host } => format!(
            "le certificat de {host} n’a pas été émis par une autorité reconnue par cette machine : indiquez celle-ci avec \
             webhooks.ca_file"
        ),
        WebhookReason::NoSecret => "n’a pas été envoyé : le webhook n’a pas de secret pour signer".to_owned(),
        WebhookReason::NotSent { error } => format!("n’a pas été envoyé : {error}"),
    }
}

pub(super) fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Address { host, address, kind } => {
            let kind = match kind {
                AddressKind::Metadata => "l’adresse des métadonnées d’un cloud",
                AddressKind::Loopback => "une adresse de bouclage",
                AddressKind::Private => "une adresse privée",
                AddressKind::LinkLocal => "une adresse de lien local",
                AddressKind::Multicast => "une adresse de multidiffusion",
                AddressKind::Unspecified => "l’adresse indéterminée",
                AddressKind::Documentation => "une adresse de documentation",
                AddressKind::Benchmarking => "une adresse de tests de performance",
                AddressKind::Reserved => "une adresse réservée",
                AddressKind::Shared => "une adresse interne d’un fournisseur d’accès",
                AddressKind::Broadcast => "l’adresse de diffusion",
                AddressKind::UniqueLocal => "une adresse locale unique",
            };
            let address = address.to_string();
            let address = if host.contains(&address) { String::new() } else { format!("{address}, ") };
            format!(
                "{host} est {address}{kind} : autorisez-la avec webhooks.allowed_networks, ou utilisez une adresse publique"
            )
        }
        Refusal::Unencrypted { host } => format!(
            "l’envoi à {host} ne serait pas chiffré : utilisez https, ou autorisez son réseau avec \
             webhooks.allowed_networks"
        ),
    }
}

fn certificate(host: &str, problem: &CertificateProblem) -> String {
    let what = match problem {
        CertificateProblem::Expired => "a expiré",
        CertificateProblem::NotValidYet => "n’est pas encore valable",
        CertificateProblem::OtherName => "porte un autre nom",
        CertificateProblem::Revoked => "a été révoqué",
        CertificateProblem::Other(error) => return format!("le certificat de {host} n’est pas valable : {error}"),
    };
    format!("le certificat de {host} {what}")
}

/// What a server said, after the text that it belongs to.
fn said(answer: &str) -> String {
    if answer.is_empty() { String::new() } else { format!(" : {answer}") }
}
