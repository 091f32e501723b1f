//! The texts of errors that have more to say than their code, in French.

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
    policies_missing: |missing| {
        format!("Cette opération demande des droits que vous n’avez pas. Il vous manque : {missing}.")
    },
    sign_in_input_invalid,
    sign_in_rejected,
    too_many_attempts: |minutes| {
        let time = if minutes == 1 { "une minute".to_owned() } else { format!("{minutes} minutes") };
        format!(
            "Trop de tentatives échouées pour ce compte. Attendez {time}, ou réinitialisez le mot de passe par e-mail."
        )
    },
    weak_password,
};

fn invalid_events(problem: &InvalidEvents) -> String {
    match problem {
        InvalidEvents::None => "Choisissez au moins un événement, ou * pour tous.".to_owned(),
        InvalidEvents::TooMany => "Choisissez cent événements au plus. * les désigne tous, user.* tous ceux sur les \
                                   utilisateurs."
            .to_owned(),
        InvalidEvents::Name { name } => {
            format!("« {name} » n’est pas un événement. Écrivez un nom tel que user.created, ou user.* ou * pour tous.")
        }
    }
}

fn invalid_url(problem: InvalidEndpoint) -> &'static str {
    match problem {
        InvalidEndpoint::TooLong => "L’adresse web est trop longue. Elle a 2048 octets au plus.",
        InvalidEndpoint::Character => {
            "Une adresse web n’a ni espace, ni barre oblique inversée, ni caractère de contrôle. Écrivez %20 pour une espace."
        }
        InvalidEndpoint::Malformed => {
            "Ce n’est pas une adresse web avec un hôte. Écrivez-la comme https://hooks.example.com/chemin."
        }
        InvalidEndpoint::Scheme => {
            "L’adresse web commence par https://, ou par http:// dans les réseaux autorisés. Corrigez-en le début."
        }
        InvalidEndpoint::UserInfo => {
            "Retirez le nom d’utilisateur et le mot de passe de l’adresse web : le destinataire reconnaît Vestibule à la \
             signature."
        }
        InvalidEndpoint::Fragment => "Retirez la partie à partir de # : un serveur ne la voit jamais.",
        InvalidEndpoint::Port => "Choisissez un port entre 1 et 65535.",
    }
}

fn weak_password(problem: &WeakPassword) -> String {
    match problem {
        WeakPassword::TooShort { least } => {
            format!("Le mot de passe est trop court. Il a au moins {least} caractères.")
        }
        WeakPassword::Oneself => "Le mot de passe n’est guère plus que votre nom ou votre adresse e-mail. Choisissez \
                                  quelques mots sans rapport avec vous."
            .to_owned(),
        WeakPassword::Guessable { warning, advice } => {
            let mut sentences = vec!["Le mot de passe est trop facile à deviner."];
            sentences.extend(warning.map(of_warning));
            sentences.extend(advice.iter().copied().map(of_advice));
            sentences.join(" ")
        }
    }
}

fn of_warning(warning: PasswordWarning) -> &'static str {
    match warning {
        PasswordWarning::KeyRow => "Des touches qui se suivent sont faciles à deviner.",
        PasswordWarning::KeyPattern => "De courts motifs au clavier sont faciles à deviner.",
        PasswordWarning::RepeatedCharacter => "Des répétitions telles que « aaa » sont faciles à deviner.",
        PasswordWarning::RepeatedPart => {
            "Des répétitions telles que « abcabcabc » sont à peine plus difficiles à deviner que « abc »."
        }
        PasswordWarning::TopTen => "C’est l’un des dix mots de passe les plus courants.",
        PasswordWarning::TopHundred => "C’est l’un des cent mots de passe les plus courants.",
        PasswordWarning::Common => "C’est un mot de passe très courant.",
        PasswordWarning::SimilarToCommon => "Il ressemble à un mot de passe courant.",
        PasswordWarning::Sequence => "Des suites telles que abc ou 6543 sont faciles à deviner.",
        PasswordWarning::RecentYear => "Les années récentes sont faciles à deviner.",
        PasswordWarning::SingleWord => "Un seul mot est facile à deviner.",
        PasswordWarning::Date => "Les dates sont souvent faciles à deviner.",
        PasswordWarning::NameAlone => "Un nom seul est facile à deviner.",
        PasswordWarning::CommonName => "Les noms courants sont faciles à deviner.",
    }
}

fn of_advice(advice: PasswordAdvice) -> &'static str {
    match advice {
        PasswordAdvice::FewWords => "Choisissez quelques mots, mais pas une expression connue.",
        PasswordAdvice::NoSymbolsNeeded => "Les signes, les chiffres et les majuscules ne sont pas nécessaires.",
        PasswordAdvice::AnotherWord => "Ajoutez un ou deux mots, rares de préférence.",
        PasswordAdvice::Capitals => "Les majuscules aident peu.",
        PasswordAdvice::AllCapitals => "Tout en majuscules est presque aussi facile à deviner que tout en minuscules.",
        PasswordAdvice::Reversed => "Les mots écrits à l’envers sont à peine plus difficiles à deviner.",
        PasswordAdvice::Substitutions => "Les substitutions telles que @ pour a aident peu.",
        PasswordAdvice::LongerPattern => {
            "Choisissez un motif plus long au clavier, qui change plus souvent de direction."
        }
        PasswordAdvice::NoRepetition => "Évitez les mots et les caractères répétés.",
        PasswordAdvice::NoSequence => "Évitez les suites.",
        PasswordAdvice::NoRecentYear => "Évitez les années récentes.",
        PasswordAdvice::NoOwnYear => "Évitez les années qui ont un rapport avec vous.",
        PasswordAdvice::NoOwnDate => "Évitez les dates et les années qui ont un rapport avec vous.",
    }
}

fn sign_in_input_invalid(problem: &InvalidInput) -> String {
    match problem {
        InvalidInput::Email(problem) => TEXTS.of_email_problem(problem).to_owned(),
        InvalidInput::Field { .. } => "Un champ manque. Rechargez la page et remplissez tous les champs.".to_owned(),
        InvalidInput::Other(words) => words.clone(),
        _ => "Une partie de votre saisie est illisible. Rechargez la page.".to_owned(),
    }
}

fn sign_in_rejected(reason: &RejectionReason) -> String {
    let text = match reason {
        RejectionReason::WrongCredentials | RejectionReason::MissingField { .. } => TEXTS.wrong_credentials,
        RejectionReason::IdentityExists => "Un utilisateur se connecte déjà avec cette adresse. Connectez-vous.",
        RejectionReason::UnknownIdentity { .. } => "Cette connexion n’existe pas ici. Vérifiez votre saisie.",
        RejectionReason::Late => "Cette connexion n’est plus valable. Connectez-vous à nouveau.",
        RejectionReason::SecondFactorRemoved => "Votre second facteur a été retiré. Connectez-vous à nouveau.",
        RejectionReason::ChallengeFirst | RejectionReason::RedirectFirst | RejectionReason::CodeFirst => {
            "Cette connexion comporte encore une étape. Recommencez sur la page de connexion."
        }
        RejectionReason::NoRegistration { .. } | RejectionReason::NotImplemented { .. } => {
            "Ce moyen de connexion ne le permet pas. Choisissez-en un autre."
        }
        RejectionReason::PasskeysUnavailable => {
            "Les clés d’accès sont indisponibles pour le moment. Réessayez plus tard, ou connectez-vous autrement."
        }
        RejectionReason::Other(words) => words,
        _ => "Cette connexion a été refusée. Réessayez, ou choisissez un autre moyen.",
    };
    text.to_owned()
}
