//! What errors are called on pages: by code, and by status for those without one.

use http::StatusCode;

/// An error's code, and what it is called in English and in German.
pub(super) const PROBLEMS: &[(&str, &str, &str)] = &[
    (
        "api_key_not_revoked",
        "This key still works. Revoke it before you delete it.",
        "Dieser Schlüssel gilt noch. Widerrufen Sie ihn, bevor Sie ihn löschen.",
    ),
    ("api_key_revoked", "This key is revoked already.", "Dieser Schlüssel ist schon widerrufen."),
    (
        "challenge_over",
        "This sign-in takes no more codes. Sign in again.",
        "Für diese Anmeldung gilt kein Code mehr. Melden Sie sich noch einmal an.",
    ),
    (
        "cross_origin_request",
        "Another website sent this request. Open the page here, and try again.",
        "Eine andere Website hat diese Anfrage gesendet. Öffnen Sie die Seite hier, und versuchen Sie es noch einmal.",
    ),
    (
        "delete_oneself",
        "A user cannot delete itself. Ask another administrator.",
        "Sich selbst können Sie nicht löschen. Bitten Sie einen anderen Administrator.",
    ),
    ("email_taken", "A user with this address already exists.", "Eine Person mit dieser Adresse gibt es schon."),
    (
        "factor_active",
        "You have a second factor already. Turn it off before you set up another one.",
        "Sie haben schon einen zweiten Faktor. Schalten Sie ihn aus, bevor Sie einen anderen einrichten.",
    ),
    (
        "factor_gone",
        "This second factor is not there any more. Set up a new one.",
        "Diesen zweiten Faktor gibt es nicht mehr. Richten Sie einen neuen ein.",
    ),
    (
        "id_taken",
        "This ID belongs to another record. Use another ID, or none.",
        "Diese ID gehört schon zu einem anderen Eintrag. Nehmen Sie eine andere ID oder keine.",
    ),
    (
        "identity_claimed",
        "This sign-in belongs to a user already. Sign in instead.",
        "Diese Anmeldung gehört schon zu einem Benutzer. Melden Sie sich an.",
    ),
    (
        "identity_exists",
        "A user signs in with this address already. Sign in instead.",
        "Mit dieser Adresse meldet sich schon jemand an. Melden Sie sich an.",
    ),
    (
        "invite_already_accepted",
        "This invite was accepted already. Sign in instead.",
        "Diese Einladung wurde schon angenommen. Melden Sie sich an.",
    ),
    (
        "invite_expired",
        "This invite has expired. Ask for a new one.",
        "Diese Einladung ist abgelaufen. Bitten Sie um eine neue.",
    ),
    (
        "invite_for_another_address",
        "This invite is for another address. Sign in with the invited one, or ask for an invite to yours.",
        "Diese Einladung gilt für eine andere Adresse. Nehmen Sie die eingeladene, oder bitten Sie um eine Einladung für Ihre.",
    ),
    (
        "invite_revoked",
        "This invite was withdrawn. Ask for a new one.",
        "Diese Einladung wurde zurückgezogen. Bitten Sie um eine neue.",
    ),
    (
        "invite_token_invalid",
        "This is not a valid invite link. Open the link exactly as it stands in the mail, or ask for a new one.",
        "Dieser Link ist keine gültige Einladung. Öffnen Sie ihn genau so, wie er in der Mail steht, oder bitten Sie um einen neuen.",
    ),
    (
        "invite_token_replaced",
        "This invite was sent again. Use the link in the newer mail.",
        "Diese Einladung wurde noch einmal gesendet. Nehmen Sie den Link in der neueren Mail.",
    ),
    (
        "lock_oneself",
        "A user cannot lock itself. Ask another administrator.",
        "Sich selbst können Sie nicht sperren. Bitten Sie einen anderen Administrator.",
    ),
    (
        "mfa_enrolment_required",
        "One of your roles requires a second factor. Set it up first.",
        "Eine Ihrer Rollen verlangt einen zweiten Faktor. Richten Sie ihn zuerst ein.",
    ),
    (
        "mfa_required",
        "The second factor is due. Sign in again, and enter its code.",
        "Der zweite Faktor steht noch aus. Melden Sie sich noch einmal an, und geben Sie seinen Code ein.",
    ),
    (
        "no_password",
        "This account has no password: its invite was not accepted yet, or its user signs in another way.",
        "Dieses Konto hat kein Passwort: Die Einladung wurde noch nicht angenommen, oder die Anmeldung geht anders.",
    ),
    (
        "not_for_api_keys",
        "An API key cannot do this. Sign in as a user.",
        "Ein API-Schlüssel kann das nicht. Melden Sie sich als Benutzer an.",
    ),
    (
        "own_factor",
        "This is your own second factor. Turn it off in your profile.",
        "Das ist Ihr eigener zweiter Faktor. Schalten Sie ihn in Ihrem Profil aus.",
    ),
    (
        "policy_key_invalid",
        "A policy is a resource and an operation, such as user:read.",
        "Ein Recht besteht aus einer Sache und einem Vorgang, etwa user:read.",
    ),
    ("policy_key_taken", "This policy already exists.", "Dieses Recht gibt es schon."),
    (
        "policy_protected",
        "This policy belongs to the program and stays as it is.",
        "Dieses Recht gehört zum Programm und bleibt, wie es ist.",
    ),
    (
        "publishable_key_roles",
        "A publishable key opens nothing and has no roles. Choose no roles, or create a secret key.",
        "Ein öffentlicher Schlüssel öffnet nichts und hat keine Rollen. Wählen Sie keine Rollen, oder erstellen Sie einen geheimen Schlüssel.",
    ),
    (
        "registration_expired",
        "This registration is not valid any more. Register again.",
        "Diese Registrierung gilt nicht mehr. Registrieren Sie sich noch einmal.",
    ),
    (
        "role_cycle",
        "A role cannot inherit from itself, also not by way of other roles. Choose other parents.",
        "Eine Rolle kann nicht von sich selbst erben, auch nicht über andere. Wählen Sie andere übergeordnete Rollen.",
    ),
    ("role_policy_held", "The role has this policy already.", "Die Rolle hat dieses Recht schon."),
    (
        "roles_unknown",
        "Roles that you chose do not exist any more. Load the page again, and choose again.",
        "Gewählte Rollen gibt es nicht mehr. Laden Sie die Seite neu, und wählen Sie noch einmal.",
    ),
    (
        "unknown_error",
        "An error occurred on the server. Try again; if it happens again, tell an administrator.",
        "Auf dem Server ist ein Fehler aufgetreten. Versuchen Sie es noch einmal, und wenden Sie sich sonst an einen Administrator.",
    ),
    (
        "unknown_provider",
        "There is no such sign-in method here. Go back, and choose another.",
        "Diese Anmeldeart gibt es hier nicht. Gehen Sie zurück, und wählen Sie eine andere.",
    ),
];

/// Codes whose own sentence is for programs, as English pages put it.
pub(super) const ENGLISH: &[(&str, &str)] = &[
    ("invite_exists", "An invite for this address already exists. Send it again instead of making another one."),
    ("reset_token_invalid", "This link does not work any more. Ask for a new one."),
    ("role_name_taken", "A role with this name already exists."),
    ("user_exists", "A user with this address already exists."),
    ("wrong_code", "The code is wrong or was used already. Wait for the next one."),
    ("verification_code_expired", "This code has expired. Ask for a new one."),
    (
        "verification_code_invalid",
        "This code is wrong or was used already. Open the link exactly as it stands in the mail.",
    ),
];

/// What an error is called that has no code, and none that is known here.
pub(super) fn by_status(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::UNAUTHORIZED => {
            ("Sign in again, and try once more.", "Melden Sie sich noch einmal an, und versuchen Sie es dann wieder.")
        }
        StatusCode::FORBIDDEN => ("Your roles do not allow this.", "Ihre Rollen erlauben das nicht."),
        StatusCode::NOT_FOUND => {
            ("What this is about is not there, or not any more.", "Worum es hier geht, gibt es nicht oder nicht mehr.")
        }
        StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => (
            "This was changed at the same time, or exists already. Load the page again, and look at it.",
            "Das wurde gleichzeitig geändert, oder es gibt es schon. Laden Sie die Seite neu, und sehen Sie nach.",
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "That were too many requests. Wait a moment, and try again.",
            "Das waren zu viele Anfragen. Warten Sie einen Moment, und versuchen Sie es noch einmal.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "The service is not available at the moment. Nothing was changed unless you see it. Try again in a few seconds.",
            "Der Dienst ist im Moment nicht erreichbar. Geändert wurde nur, was Sie sehen. Versuchen Sie es in ein paar Sekunden noch einmal.",
        ),
        status if status.is_server_error() => (
            "An error occurred on the server. Try again; if it happens again, tell an administrator.",
            "Auf dem Server ist ein Fehler aufgetreten. Versuchen Sie es noch einmal, und wenden Sie sich sonst an einen Administrator.",
        ),
        _ => (
            "This cannot be accepted: something is missing, too long, or has characters that cannot stand there. Change it, and try again.",
            "Das geht so nicht: Etwas fehlt, ist zu lang oder enthält Zeichen, die dort nicht stehen können. Ändern Sie es, und versuchen Sie es noch einmal.",
        ),
    }
}
