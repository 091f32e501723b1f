//! Every text of the pages, in every language. One line a text: a language that lacks one does not compile.
//!
//! `{}` stands for what is put in. What the flows say of errors is in English; what people meet often is here by its
//! code.

use vestibule_core::InvalidEmail;

use crate::language::Language;

macro_rules! texts {
    ($($name:ident: $english:literal / $german:literal;)+) => {
        /// The texts in one language.
        #[derive(Debug)]
        pub(crate) struct Texts { $(pub(crate) $name: &'static str,)+ pub(crate) language: Language }

        pub(crate) static ENGLISH: Texts = Texts { $($name: $english,)+ language: Language::English };
        pub(crate) static GERMAN: Texts = Texts { $($name: $german,)+ language: Language::German };
    };
}

texts! {
    about: "About" / "Allgemein";
    above_you: "This user may do more than you, so you cannot change this account. You lack: {}." / "Diese Person darf mehr als Sie, deshalb können Sie dieses Konto nicht ändern. Ihnen fehlt: {}.";
    accept_invite: "Accept and sign in" / "Annehmen und anmelden";
    accepted: "Accepted" / "Angenommen";
    action: "Action" / "Vorgang";
    action_example: "Action, such as user.locked" / "Vorgang, etwa user.locked";
    actions: "Actions" / "Aktionen";
    active: "Active" / "Aktiv";
    active_what: "Active: it is told of events" / "Aktiv: Er erfährt von Ereignissen";
    actor_id: "By whom (id)" / "Von wem (Id)";
    addresses: "E-mail addresses" / "E-Mail-Adressen";
    addresses_hint: "One, or many: separated by line breaks, spaces, commas or semicolons." / "Eine oder viele: getrennt durch Zeilenumbrüche, Leerzeichen, Kommas oder Semikolons.";
    after: "Next" / "Weiter";
    all_deliveries: "All" / "Alle";
    all_destinations: "Mail and webhooks" / "Mail und Webhooks";
    all_entries: "All entries" / "Alle Einträge";
    all_events: "Everything that happens, now and later" / "Alles, was geschieht, jetzt und künftig";
    all_of: "all" / "alle";
    all_roles: "All roles" / "Alle Rollen";
    all_states: "All states" / "Alle Zustände";
    api_key: "API key" / "API-Schlüssel";
    api_keys: "API keys" / "API-Schlüssel";
    ask_new_link: "Ask for a new link" / "Neuen Link anfordern";
    at_once: "At once: the old secret counts no longer" / "Sofort: Das alte Geheimnis gilt nicht mehr";
    at_once_hint: "For a secret that others have got hold of. Otherwise messages are signed with both for a day." / "Für ein Geheimnis, das andere kennen. Sonst werden Nachrichten einen Tag lang mit beiden signiert.";
    audit_log: "Audit log" / "Protokoll";
    audit_proof_failed: "Confirmation in a session failed" / "Bestätigung in einer Sitzung fehlgeschlagen";
    audit_request_refused: "Request refused" / "Anfrage abgelehnt";
    audit_sign_in_failed: "Sign-in failed" / "Anmeldung fehlgeschlagen";
    audit_times: ", {} times" / ", {}-mal";
    avatar: "Picture (web address)" / "Bild (Webadresse)";
    back_to_sign_in: "Back to sign-in" / "Zurück zur Anmeldung";
    back_to_start: "Back to the start" / "Zurück zum Anfang";
    before: "Previous" / "Zurück";
    begin: "Set up" / "Einrichten";
    beyond_you: "More than you may give" / "Mehr, als Sie geben dürfen";
    blocked: "blocked for now" / "vorerst gesperrt";
    both_until: "Until then messages are signed with the old secret as well:" / "So lange werden Nachrichten auch mit dem alten Geheimnis signiert:";
    by_email: "By address" / "Nach Adresse";
    by_name: "By name" / "Nach Name";
    by_whom: "By whom" / "Von wem";
    cancel: "Cancel" / "Abbrechen";
    change_password: "Change password" / "Passwort ändern";
    choose: "Choose" / "Auswählen";
    choose_password: "Choose a password" / "Passwort wählen";
    clear_tries: "Forget them" / "Vergessen";
    code: "Code" / "Code";
    code_shown: "The six digits that the app shows" / "Die sechs Ziffern, die die App zeigt";
    codes_what: "Each of these opens your account once if you lose your telephone. Print them or keep them safe: they are not shown again." / "Jeder dieser Codes öffnet Ihr Konto einmal, falls Sie Ihr Telefon verlieren. Drucken Sie sie aus oder verwahren Sie sie: Sie werden nicht noch einmal gezeigt.";
    confirm: "Confirm" / "Bestätigen";
    confirm_by_sign_in: "Your account has no password here: sign in again the way you did before." / "Ihr Konto hat hier kein Passwort: Melden Sie sich noch einmal so an wie zuvor.";
    confirm_title: "Confirm that it is you" / "Bestätigen Sie, dass Sie es sind";
    confirm_why: "This changes who can sign in, or what users can do, and your last sign-in is a while ago." / "Das ändert, wer sich anmelden kann oder was Benutzer dürfen, und Ihre letzte Anmeldung ist eine Weile her.";
    continue_with: "Continue with" / "Weiter mit";
    cookie_missing: "Your browser sent no cookie with this form. Allow cookies for this site, and open it by the address that its administrator gave you." / "Ihr Browser hat mit diesem Formular kein Cookie gesendet. Erlauben Sie Cookies für diese Website, und öffnen Sie sie unter der Adresse, die Ihnen die Verwaltung genannt hat.";
    copied: "Copied" / "Kopiert";
    copy: "Copy" / "Kopieren";
    copy_link: "Copy link" / "Link kopieren";
    create_account: "Create account" / "Konto anlegen";
    create_key: "Create key" / "Schlüssel anlegen";
    create_role: "Create role" / "Rolle anlegen";
    create_webhook: "Create webhook" / "Webhook anlegen";
    current_password: "Current password" / "Jetziges Passwort";
    days: "Days until it expires" / "Tage, bis er abläuft";
    days_form: "Days are a whole number, such as 90; leave the field empty for a key that does not expire." / "Tage sind eine ganze Zahl, etwa 90; lassen Sie das Feld leer für einen Schlüssel, der nicht abläuft.";
    days_hint: "Empty for one that does not expire." / "Leer für einen, der nicht abläuft.";
    delete: "Delete" / "Löschen";
    delete_for_good: "Delete for good" / "Endgültig löschen";
    delete_what: "Sessions and ways to sign in go as well." / "Sitzungen und Anmeldewege gehen mit.";
    delete_why: "Whoever is deleted is out at once, on every device, and cannot sign in any more. This cannot be undone." / "Wer gelöscht wird, ist auf allen Geräten sofort abgemeldet und kann sich nicht mehr anmelden. Das lässt sich nicht rückgängig machen.";
    deliveries: "Deliveries" / "Zustellungen";
    deliveries_last: "Last deliveries" / "Letzte Zustellungen";
    description: "Description" / "Beschreibung";
    description_too_long: "The description is too long: 500 characters at most." / "Die Beschreibung ist zu lang: höchstens 500 Zeichen.";
    destination: "By" / "Über";
    details: "Details" / "Einzelheiten";
    disabled: "Disabled" / "Abgeschaltet";
    disabled_by_answer: "It was disabled because it wants nothing any more:" / "Er wurde abgeschaltet, weil er nichts mehr will:";
    disabled_how: "Tick “Active” and save to go on." / "Setzen Sie den Haken bei „Aktiv“ und speichern Sie, um fortzufahren.";
    email: "E-mail" / "E-Mail";
    end: "End" / "Beenden";
    end_all: "End all sessions" / "Alle Sitzungen beenden";
    end_all_ask: "End all sessions of this person?" / "Alle Sitzungen dieser Person beenden?";
    end_others: "End all others" / "Alle anderen beenden";
    enter_code: "Enter the code that your app shows, or one of your recovery codes." / "Geben Sie den Code aus Ihrer App ein, oder einen Ihrer Wiederherstellungscodes.";
    event_invite_created: "Invitation" / "Einladung";
    event_invite_resent: "Invitation, sent again" / "Einladung, noch einmal gesendet";
    event_mfa_codes: "Notice: new recovery codes" / "Hinweis: neue Wiederherstellungscodes";
    event_mfa_disabled: "Notice: second factor off" / "Hinweis: zweiter Faktor aus";
    event_mfa_enabled: "Notice: second factor on" / "Hinweis: zweiter Faktor ein";
    event_new_device: "Notice: signed in on a new device" / "Hinweis: Anmeldung auf einem neuen Gerät";
    event_password_changed: "Notice: password changed" / "Hinweis: Passwort geändert";
    event_password_reset: "Link for a new password" / "Link für ein neues Passwort";
    event_verification: "Confirmation of an address" / "Bestätigung einer Adresse";
    events: "Events" / "Ereignisse";
    expired: "Expired" / "Abgelaufen";
    expires: "Expires" / "Läuft ab";
    export: "Export CSV" / "CSV exportieren";
    export_jsonl: "Export" / "Exportieren";
    factor_changed: "Your second factor has changed in the meantime. Load the page again." / "Ihr zweiter Faktor hat sich inzwischen geändert. Laden Sie die Seite neu.";
    factor_inherited: "A parent of this role requires a second factor, so this role does too." / "Eine übergeordnete Rolle verlangt einen zweiten Faktor, also auch diese.";
    factor_is_off: "Your password alone opens your account." / "Ihr Passwort allein öffnet Ihr Konto.";
    factor_is_on: "Signing in asks for a code of your app." / "Beim Anmelden wird ein Code Ihrer App verlangt.";
    factor_required: "One of your roles requires a second factor. Set it up to go on." / "Eine Ihrer Rollen verlangt einen zweiten Faktor. Richten Sie ihn ein, um fortzufahren.";
    factor_what: "An app on your telephone shows a new code every thirty seconds. Whoever has your password alone stays out." / "Eine App auf Ihrem Telefon zeigt alle dreißig Sekunden einen neuen Code. Wer nur Ihr Passwort hat, bleibt draußen.";
    failed: "Something went wrong" / "Etwas ist schiefgegangen";
    failed_tries: "Failed tries" / "Fehlversuche";
    first_name: "First name" / "Vorname";
    for_address: "For" / "Für";
    forgot: "Forgot your password?" / "Passwort vergessen?";
    form_incomplete: "The form did not arrive completely. Send it again." / "Das Formular ist nicht vollständig angekommen. Senden Sie es noch einmal.";
    form_not_taken: "The form was not accepted" / "Das Formular wurde nicht angenommen";
    form_only: "This address takes a form and shows no page. Go back to the start." / "Diese Adresse nimmt ein Formular an und zeigt keine Seite. Gehen Sie zurück zum Anfang.";
    form_too_large: "The form is too large. Shorten it, and send it again." / "Das Formular ist zu groß. Kürzen Sie es, und senden Sie es noch einmal.";
    form_too_old: "This form is too old, or was opened before you signed in or out. Go back, load the page again, and send it once more." / "Dieses Formular ist zu alt, oder wurde vor dem An- oder Abmelden geöffnet. Gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal.";
    form_unreadable: "The form cannot be read ({}). Go back, load the page again, and send it once more." / "Das Formular ist nicht lesbar ({}). Gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal.";
    from_day: "From day" / "Ab Tag";
    from_where: "From where" / "Von wo";
    go_on: "Continue" / "Weiter";
    holders: "Who has it" / "Wer sie hat";
    http_status: "Answer" / "Antwort";
    inherited: "From a parent" / "Von einer übergeordneten Rolle";
    invitation: "You are invited" / "Sie sind eingeladen";
    invite: "Invite" / "Einladen";
    invite_accepted: "This invite was accepted already" / "Diese Einladung wurde schon angenommen";
    invite_accepted_on: "It was accepted on {}. Sign in with the password that was set then." / "Sie wurde am {} angenommen. Melden Sie sich mit dem Passwort an, das dabei gesetzt wurde.";
    invite_expired: "This invite has expired" / "Diese Einladung ist abgelaufen";
    invite_expired_on: "It could be accepted until {}. Ask for a new link: it is sent to the invited address." / "Sie konnte bis {} angenommen werden. Fordern Sie einen neuen Link an: Er geht an die eingeladene Adresse.";
    invite_invalid: "This link does not work" / "Dieser Link funktioniert nicht";
    invite_invalid_why: "It is not an invite, or not whole. Open the link exactly as it stands in the mail, or ask whoever invited you for a new one." / "Er ist keine Einladung, oder nicht vollständig. Öffnen Sie den Link genau so, wie er in der Mail steht, oder bitten Sie, wer Sie eingeladen hat, um einen neuen.";
    invite_inviter_lacks: "This invite cannot be accepted" / "Diese Einladung kann nicht angenommen werden";
    invite_inviter_lacks_why: "The user who invited you may no longer give what this invite gives. Ask for a new invite." / "Wer Sie eingeladen hat, darf nicht mehr geben, was diese Einladung gibt. Bitten Sie um eine neue.";
    invite_renewed: "Look into your mail" / "Sehen Sie in Ihre Mail";
    invite_renewed_where: "If the invite had expired, a new link is on its way to the invited address." / "Wenn die Einladung abgelaufen war, ist ein neuer Link an die eingeladene Adresse unterwegs.";
    invite_replaced: "There is a newer link" / "Es gibt einen neueren Link";
    invite_replaced_on: "This invite was sent again on {}. Use the link in the newer mail." / "Diese Einladung wurde am {} noch einmal gesendet. Nehmen Sie den Link aus der neueren Mail.";
    invite_revoked: "This invite was withdrawn" / "Diese Einladung wurde zurückgezogen";
    invite_revoked_on: "It was withdrawn on {}. Ask whoever invited you for a new one." / "Sie wurde am {} zurückgezogen. Bitten Sie, wer Sie eingeladen hat, um eine neue.";
    invited: "invited" / "eingeladen";
    invites: "Invites" / "Einladungen";
    invites_you: "invites you to come in." / "lädt Sie ein.";
    is_now: "Is now" / "Ist jetzt";
    key_made: "Your new key" / "Ihr neuer Schlüssel";
    key_once: "Copy it now: it is not shown again." / "Kopieren Sie ihn jetzt: Er wird nicht noch einmal gezeigt.";
    key_publishable_revoke_why: "A publishable key opens nothing here; it is then listed as revoked. The key:" / "Ein öffentlicher Schlüssel öffnet hier nichts; er steht danach als zurückgezogen in der Liste. Der Schlüssel:";
    key_revoke_why: "The program that uses it is out at once. The key:" / "Das Programm, das ihn benutzt, ist sofort ausgesperrt. Der Schlüssel:";
    lacking: "You lack: {}. Ask an administrator for a role that allows it." / "Ihnen fehlt: {}. Bitten Sie einen Administrator um eine Rolle, die es erlaubt.";
    last_delivery: "Last delivery" / "Letzte Zustellung";
    last_name: "Last name" / "Nachname";
    last_seen: "Last seen" / "Zuletzt da";
    last_used: "Last used" / "Zuletzt benutzt";
    link: "Link" / "Link";
    link_concealed: "Has a link" / "Hat einen Link";
    link_concealed_why: "This invite gives more than you could give: you cannot see its link." / "Diese Einladung gibt mehr, als Sie geben könnten: Ihren Link sehen Sie nicht.";
    lock: "Lock" / "Sperren";
    lock_ask: "Lock this person out, on every device, at once?" / "Diese Person auf allen Geräten sofort aussperren?";
    lock_chosen: "Lock chosen" / "Ausgewählte sperren";
    lock_many_ask: "Lock the chosen people out, on every device, at once?" / "Die Ausgewählten auf allen Geräten sofort aussperren?";
    lock_title: "Lock" / "Sperre";
    lock_what: "Keeps somebody out without deleting anything." / "Hält jemanden draußen, ohne etwas zu löschen.";
    locked: "Locked" / "Gesperrt";
    mail: "Mail" / "Mail";
    make_reset_link: "Make a link" / "Link erzeugen";
    mail_reset_link: "Mail a link" / "Link senden";
    manage: "Manage" / "Verwalten";
    menu: "Menu" / "Menü";
    metadata: "Metadata (JSON)" / "Metadaten (JSON)";
    metadata_bounds: "Metadata has at most 64 KiB and 32 levels, and no NUL character." / "Metadaten haben höchstens 64 KiB und 32 Ebenen und kein NUL-Zeichen.";
    metadata_form: "Metadata is a JSON object, such as {\"team\": \"north\"}." / "Metadaten sind ein JSON-Objekt, etwa {\"team\": \"north\"}.";
    metadata_place: "See line {}, column {}." / "Siehe Zeile {}, Spalte {}.";
    name: "Name" / "Name";
    never: "never" / "nie";
    new_codes: "New recovery codes" / "Neue Wiederherstellungscodes";
    new_key: "New key" / "Neuer Schlüssel";
    new_password: "New password" / "Neues Passwort";
    new_role: "New role" / "Neue Rolle";
    new_webhook: "New webhook" / "Neuer Webhook";
    newest: "Newest first" / "Neueste zuerst";
    next_try: "next try" / "nächster Versuch";
    no_address: "Enter at least one address." / "Geben Sie mindestens eine Adresse ein.";
    no_deliveries: "Nothing has been delivered yet. Mails and webhooks are listed here as they are sent." / "Noch wurde nichts zugestellt. Mails und Webhooks stehen hier, sobald sie gesendet werden.";
    no_invites: "No invites here." / "Hier sind keine Einladungen.";
    no_keys: "No keys yet." / "Noch keine Schlüssel.";
    no_mail: "No mail yet." / "Noch keine Mail.";
    no_match: "Nothing matches." / "Nichts passt dazu.";
    no_roles: "none" / "keine";
    no_sessions: "Signed in nowhere." / "Nirgends angemeldet.";
    no_way_in: "None: this person cannot sign in." / "Keine: Diese Person kann sich nicht anmelden.";
    no_webhooks: "No webhooks yet. A webhook tells a program of yours what happens here." / "Noch keine Webhooks. Ein Webhook teilt einem Ihrer Programme mit, was hier geschieht.";
    nobody: "Nobody is here yet." / "Noch ist niemand hier.";
    nobody_chosen: "Nobody was chosen." / "Es wurde niemand ausgewählt.";
    nobody_has: "Nobody has this role." / "Niemand hat diese Rolle.";
    not_a_user: "You are signed in, but have no account here. Ask to be invited, or sign in as somebody else." / "Sie sind angemeldet, haben hier aber kein Konto. Bitten Sie um eine Einladung, oder melden Sie sich anders an.";
    not_allowed: "You may not see this" / "Das dürfen Sie nicht sehen";
    not_all_locked: "The others are locked. Not locked: {}" / "Die anderen sind gesperrt. Nicht gesperrt: {}";
    not_found: "Not found" / "Nicht gefunden";
    not_loaded: "That did not work. Load the page again." / "Das hat nicht geklappt. Laden Sie die Seite neu.";
    not_possible: "That was not possible" / "Das ging nicht";
    nothing_yet: "Nothing yet." / "Noch nichts.";
    of: "of" / "von";
    nothing_here: "There is nothing here, or not any more." / "Hier ist nichts, oder nicht mehr.";
    off: "off" / "aus";
    oldest: "Oldest first" / "Älteste zuerst";
    on: "on" / "ein";
    one_moment: "One moment" / "Einen Moment";
    open: "Open" / "Öffnen";
    optional: "optional" / "freiwillig";
    other_events: "Other events" / "Andere Ereignisse";
    other_events_hint: "Names such as shop.order_made, or shop.* for all of a kind; separated by spaces or commas." / "Namen wie shop.order_made, oder shop.* für alle einer Art; durch Leerzeichen oder Kommas getrennt.";
    other_website: "This form came from another address than the one that this site is set up for. Open the site by that address (the setting server.public_url), and send the form again." / "Dieses Formular kam von einer anderen Adresse als der, für die diese Website eingerichtet ist. Öffnen Sie die Website unter dieser Adresse (Einstellung server.public_url), und senden Sie das Formular noch einmal.";
    others: "Others" / "Andere";
    pages: "Pages" / "Seiten";
    parents: "Parents" / "Übergeordnete Rollen";
    parents_what: "A role allows what its parents allow as well." / "Eine Rolle erlaubt auch, was ihre übergeordneten Rollen erlauben.";
    password: "Password" / "Passwort";
    password_for: "For" / "Für";
    password_good: "This password is good." / "Dieses Passwort ist gut.";
    password_hint: "At least {} characters: random ones, or a few words that have nothing to do with you." / "Mindestens {} Zeichen: zufällige, oder ein paar Wörter, die nichts mit Ihnen zu tun haben.";
    pending: "Pending" / "Offen";
    person: "Person" / "Person";
    policies: "Policies" / "Rechte";
    policies_what: "What is greyed out comes from a parent, or is more than you may give." / "Was grau ist, kommt von einer übergeordneten Rolle, oder ist mehr, als Sie geben dürfen.";
    print: "Print" / "Drucken";
    profile: "Profile" / "Profil";
    publishable: "Publishable" / "Öffentlich";
    purpose: "What it is for" / "Wofür er ist";
    qr: "QR code to scan with your app" / "QR-Code für Ihre App";
    receives_secrets: "Receives secrets" / "Erhält Geheimnisse";
    recovery_codes: "Recovery codes" / "Wiederherstellungscodes";
    required: "required" / "verlangt";
    requires_factor: "Whoever has it must have a second factor" / "Wer sie hat, muss einen zweiten Faktor haben";
    resend: "Send again" / "Noch einmal senden";
    reset_factor: "Reset" / "Zurücksetzen";
    reset_factor_ask: "Take the second factor from this person?" / "Dieser Person den zweiten Faktor nehmen?";
    reason_blocked: "too many failed attempts" / "zu viele Fehlversuche";
    reason_locked: "the user is locked" / "die Person ist gesperrt";
    reason_others: "more than are listed one by one" / "mehr, als einzeln aufgeführt werden";
    reason_unknown_account: "no such account" / "kein solches Konto";
    reason_wrong_code: "wrong code" / "falscher Code";
    reason_wrong_password: "wrong password" / "falsches Passwort";
    reset_how: "Enter your address: you get a link by which you set a new password." / "Geben Sie Ihre Adresse ein: Sie bekommen einen Link, mit dem Sie ein neues Passwort setzen.";
    reset_link_made: "Hand this link on: it sets a new password, once" / "Geben Sie diesen Link weiter: Er setzt einmal ein neues Passwort";
    reset_sent: "If there is an account with this address, a link is on its way. Look into your mail." / "Wenn es ein Konto mit dieser Adresse gibt, ist ein Link unterwegs. Sehen Sie in Ihre Mail.";
    resource: "Resource" / "Ressource";
    revoke: "Revoke" / "Zurückziehen";
    revoke_their_keys: "Revoke their API keys as well" / "Auch ihre API-Schlüssel widerrufen";
    revoke_why: "The link stops working at once." / "Der Link funktioniert sofort nicht mehr.";
    revoked: "Revoked" / "Zurückgezogen";
    role: "Role" / "Rolle";
    role_above_you: "This role allows more than you may do, so you cannot change it." / "Diese Rolle erlaubt mehr, als Sie dürfen, deshalb können Sie sie nicht ändern.";
    role_delete_why: "Nobody has it any more then, and nothing inherits from it. People who have it now:" / "Dann hat sie niemand mehr, und nichts erbt von ihr. Personen, die sie jetzt haben:";
    roles: "Roles" / "Rollen";
    rotate: "New secret" / "Neues Geheimnis";
    rotate_ask: "Give this webhook a new secret?" / "Diesem Webhook ein neues Geheimnis geben?";
    rotate_what: "Whoever receives the messages tells by the secret that they are ours." / "Wer die Nachrichten erhält, erkennt am Geheimnis, dass sie von uns sind.";
    save: "Save" / "Speichern";
    save_roles: "Save roles" / "Rollen speichern";
    scan: "Scan this with an authenticator app, or type the secret into it." / "Scannen Sie dies mit einer Authenticator-App, oder tippen Sie das Geheimnis dort ein.";
    search: "Search" / "Suchen";
    search_address: "Search addresses" / "Adressen suchen";
    search_people: "Search names and addresses" / "Namen und Adressen suchen";
    second_factor: "Second factor" / "Zweiter Faktor";
    secret: "Secret" / "Geheimnis";
    secret_made: "Its secret" / "Sein Geheimnis";
    secret_once: "Give it to whoever receives the messages. Copy it now: it is not shown again." / "Geben Sie es dem Empfänger der Nachrichten. Kopieren Sie es jetzt: Es wird nicht noch einmal gezeigt.";
    secrets_included: "Include secrets" / "Geheimnisse mitsenden";
    secrets_warning: "Whoever receives them can set anybody’s password: the tokens of password resets and the codes of confirmations are in the messages." / "Wer sie erhält, kann jedermanns Passwort setzen: Die Schlüssel zum Zurücksetzen von Passwörtern und die Bestätigungscodes stehen in den Nachrichten.";
    send_link: "Send link" / "Link senden";
    send_test: "Send a test" / "Test senden";
    sent: "Sent" / "Gesendet";
    sessions: "Sessions" / "Sitzungen";
    set_password: "Set password" / "Passwort setzen";
    setup: "Welcome" / "Willkommen";
    setup_why: "Nobody is here yet. Create the account of the first administrator: it may do everything." / "Noch ist niemand hier. Legen Sie das Konto des ersten Administrators an: Es darf alles.";
    show_all: "Show all" / "Alle zeigen";
    sign_in: "Sign in" / "Anmelden";
    sign_in_again: "Sign in again" / "Noch einmal anmelden";
    sign_in_as_other: "Sign in as somebody else" / "Als jemand anderes anmelden";
    sign_in_over: "This sign-in has ended. Sign in again." / "Diese Anmeldung ist beendet. Melden Sie sich noch einmal an.";
    sign_out: "Sign out" / "Abmelden";
    signed_in_as: "You are signed in as" / "Sie sind angemeldet als";
    since: "Since" / "Seit";
    skip: "Skip to content" / "Zum Inhalt";
    sort: "Order" / "Reihenfolge";
    standing_failed: "Failed" / "Gescheitert";
    standing_queued: "Queued" / "Eingereiht";
    standing_sent: "Sent" / "Gesendet";
    standing_superseded: "Superseded" / "Überholt";
    standing_waiting: "Waiting" / "Wartet";
    state: "State" / "Zustand";
    stay: "Stay signed in" / "Angemeldet bleiben";
    switch: "Sign out and go on" / "Abmelden und fortfahren";
    switch_why: "This invite is for another account. Sign out to accept it." / "Diese Einladung ist für ein anderes Konto. Melden Sie sich ab, um sie anzunehmen.";
    target_id: "To what (id)" / "An was (Id)";
    test_what: "Sends the event webhook.test, to this webhook alone." / "Sendet das Ereignis webhook.test, nur an diesen Webhook.";
    their_keys: "API keys that this user has made. They work until they are revoked." / "API-Schlüssel, die diese Person angelegt hat. Sie gelten, bis sie widerrufen werden.";
    this_session: "this one" / "diese";
    time: "When" / "Wann";
    to_what: "To what" / "An was";
    too_many: "Too many tries" / "Zu viele Versuche";
    too_many_addresses: "Two hundred addresses at once at most." / "Höchstens zweihundert Adressen auf einmal.";
    tries: "Tries" / "Versuche";
    try_again: "Try again" / "Wiederholen";
    try_mail_again: "Try the mail again" / "Mail noch einmal versuchen";
    turn_off: "Turn off" / "Ausschalten";
    turn_off_ask: "Turn your second factor off?" / "Ihren zweiten Faktor ausschalten?";
    turn_on: "Turn on" / "Einschalten";
    type_address: "To confirm, type the address:" / "Zum Bestätigen tippen Sie die Adresse:";
    type_the_address: "Type {} to confirm that this is who you mean." / "Tippen Sie {}, um zu bestätigen, dass Sie diese Person meinen.";
    unavailable: "Not available at the moment" / "Im Moment nicht erreichbar";
    unlock: "Unlock" / "Entsperren";
    until_day: "Until day" / "Bis Tag";
    url: "Web address (URL)" / "Webadresse (URL)";
    url_hint: "Where your program listens: https://hooks.example.com/vestibule" / "Wo Ihr Programm lauscht: https://hooks.example.com/vestibule";
    users: "Users" / "Personen";
    verify: "Confirm your address" / "Adresse bestätigen";
    verify_by_mail: "Open the link in the mail that you were sent, or enter its code here." / "Öffnen Sie den Link in der Mail, die Sie bekommen haben, oder geben Sie ihren Code hier ein.";
    verify_expired: "The mail that was sent to {} on {} has expired. Have it sent again." / "Die Mail an {}, die am {} gesendet wurde, ist abgelaufen. Lassen Sie sie noch einmal senden.";
    verify_not_sent: "Before you go on, confirm that {} is your address. Have a mail sent to it: the mail has a link and a code." / "Bevor es weitergeht, bestätigen Sie, dass {} Ihre Adresse ist. Lassen Sie eine Mail dorthin senden: Sie enthält einen Link und einen Code.";
    verify_send: "Send the mail" / "Mail senden";
    verify_sent: "A mail was sent to {} on {}. Open its link, or enter its code here." / "Eine Mail an {} wurde am {} gesendet. Öffnen Sie ihren Link, oder geben Sie ihren Code hier ein.";
    verify_wait: "A mail was sent to you a short while ago. You can have another one sent from {}." / "Vor Kurzem wurde Ihnen eine Mail gesendet. Ab {} können Sie sich noch eine senden lassen.";
    verify_press: "Press the button to confirm that this address is yours." / "Drücken Sie den Knopf, um zu bestätigen, dass diese Adresse Ihre ist.";
    was: "Was" / "War";
    way_in: "Way in" / "Zugang";
    ways: "Ways to sign in" / "Anmeldewege";
    webhook: "Webhook" / "Webhook";
    webhook_delete_why: "It is told nothing any more, and its secret is gone. What was to be delivered to it is not." / "Er erfährt nichts mehr, und sein Geheimnis ist weg. Was ihm noch zuzustellen war, wird es nicht.";
    webhooks: "Webhooks" / "Webhooks";
    what: "What" / "Was";
    without_factor: "Without second factor" / "Ohne zweiten Faktor";
    works_until: "Works until" / "Gilt bis";
    wrong_code: "The code is wrong or was used already. Wait for the next one." / "Der Code ist falsch oder wurde schon benutzt. Warten Sie auf den nächsten.";
    wrong_credentials: "The address or the password is wrong. Try again, or set a new password." / "Die Adresse oder das Passwort ist falsch. Versuchen Sie es noch einmal, oder setzen Sie ein neues Passwort.";
    you: "you" / "Sie";
    you_are_invited: "You are invited to come in." / "Sie sind eingeladen.";
    your_password: "Your password" / "Ihr Passwort";
    email_dots: "The part before the @ begins or ends with a dot, or has two in a row: mail servers refuse such addresses. Use another address." / "Der Teil vor dem @ beginnt oder endet mit einem Punkt oder enthält zwei hintereinander: Mailserver lehnen solche Adressen ab. Nehmen Sie eine andere Adresse.";
    email_form: "An e-mail address has the form name@example.com." / "Eine E-Mail-Adresse hat die Form name@example.com.";
    email_too_long: "The address is too long: 254 characters at most, 64 of them before the @." / "Die Adresse ist zu lang: höchstens 254 Zeichen, davon 64 vor dem @.";
    email_character: "The address has a character that cannot stand there." / "Die Adresse enthält ein Zeichen, das dort nicht stehen kann.";
    email_domain: "The part after the @ is not a domain name." / "Der Teil nach dem @ ist kein Domainname.";
    done_welcome: "Welcome! You are in." / "Willkommen! Sie sind drin.";
    done_saved: "Saved." / "Gespeichert.";
    done_roles: "Roles saved." / "Rollen gespeichert.";
    done_locked: "Locked." / "Gesperrt.";
    done_locked_many: "The chosen people are locked." / "Die Ausgewählten sind gesperrt.";
    done_unlocked: "Unlocked." / "Entsperrt.";
    done_deleted: "Deleted." / "Gelöscht.";
    done_reset_mailed: "A link to set a password is on its way." / "Ein Link zum Setzen des Passworts ist unterwegs.";
    done_attempts: "Failed tries are forgotten." / "Fehlversuche sind vergessen.";
    done_factor_reset: "The second factor was reset." / "Der zweite Faktor wurde zurückgesetzt.";
    done_factor_off: "Your second factor is off." / "Ihr zweiter Faktor ist aus.";
    done_session: "The session has ended." / "Die Sitzung ist beendet.";
    done_sessions: "The sessions have ended." / "Die Sitzungen sind beendet.";
    done_resent: "Sent again. The older link is dead." / "Noch einmal gesendet. Der ältere Link ist tot.";
    done_revoked: "The invite is revoked." / "Die Einladung ist zurückgezogen.";
    done_role_created: "The role is there. Now choose what it allows." / "Die Rolle ist da. Wählen Sie nun, was sie erlaubt.";
    done_key_revoked: "The key is revoked." / "Der Schlüssel ist zurückgezogen.";
    done_tried: "It is tried again now." / "Es wird jetzt noch einmal versucht.";
    done_tested: "The test is on its way. What comes of it is seen below." / "Der Test ist unterwegs. Was daraus wird, steht unten.";
    done_password: "The password is changed. Your other sessions have ended." / "Das Passwort ist geändert. Ihre anderen Sitzungen sind beendet.";
    done_password_set: "The password is set. Sign in with it." / "Das Passwort ist gesetzt. Melden Sie sich damit an.";
    done_signed_out: "You are signed out." / "Sie sind abgemeldet.";
    done_verification_sent: "A mail is on its way to you." / "Eine Mail ist unterwegs zu Ihnen.";
    done_verified: "Your address is confirmed." / "Ihre Adresse ist bestätigt.";
}

/// What the flows say of errors that people meet often, by code, in German; in English they say it themselves.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "address_refused",
        "Dorthin gehen keine Webhooks: Die Adresse liegt nicht im öffentlichen Internet, oder wäre unverschlüsselt. Nehmen Sie eine öffentliche mit https, oder erlauben Sie ihr Netz mit webhooks.allowed_networks.",
    ),
    ("delivery_under_way", "Diese Zustellung wird in diesem Moment versucht. Warten Sie ab, was daraus wird."),
    (
        "enrol_first",
        "Sie haben diese Rolle selbst und keinen zweiten Faktor: Mit dieser Änderung könnten Sie nichts mehr tun, bis Sie einen haben. Richten Sie zuerst Ihren zweiten Faktor ein.",
    ),
    (
        "fresh_proof_required",
        "Bestätigen Sie, dass Sie es sind: mit einem Code, wenn Sie einen zweiten Faktor haben, sonst mit Ihrem Passwort.",
    ),
    (
        "invalid_events",
        "Wählen Sie mindestens ein Ereignis, höchstens hundert. Andere schreiben Sie als Namen wie user.created, oder user.* für alle einer Art.",
    ),
    (
        "invalid_url",
        "Das ist keine Webadresse, an die gesendet werden kann. Schreiben Sie sie wie https://hooks.example.com/pfad, ohne Benutzernamen, Leerzeichen und #.",
    ),
    (
        "invite_exists",
        "Für diese Adresse gibt es schon eine Einladung. Senden Sie sie noch einmal, statt eine neue anzulegen.",
    ),
    (
        "inviter_lacks_policies",
        "Wer Sie eingeladen hat, darf nicht mehr geben, was diese Einladung gibt. Bitten Sie um eine neue.",
    ),
    (
        "last_super_admin",
        "Das ist der letzte Administrator: Niemand wäre mehr da, der alles darf. Machen Sie erst jemand anderen dazu.",
    ),
    (
        "own_account",
        "Das ist Ihr eigenes Konto: Ändern Sie es in Ihrem Profil, oder bitten Sie einen anderen Administrator.",
    ),
    (
        "password_changed_meanwhile",
        "Das Passwort wurde in diesem Moment von jemand anderem geändert. Melden Sie sich neu an.",
    ),
    ("policies_missing", "Das können Sie nicht tun, weil es mehr betrifft, als Sie dürfen. Ihnen fehlt: {}."),
    ("reset_token_invalid", "Dieser Link funktioniert nicht mehr. Fordern Sie einen neuen an."),
    ("role_name_taken", "Eine Rolle dieses Namens gibt es schon."),
    ("role_protected", "Diese Rolle gehört zum Programm und bleibt, wie sie ist."),
    (
        "set_up_link_invalid",
        "Dieser Link zum Einrichten funktioniert nicht mehr. Solange noch niemand da ist, gibt das Programm beim Start einen neuen aus.",
    ),
    (
        "too_many_attempts",
        "Zu viele Fehlversuche für dieses Konto. Warten Sie eine Weile, oder setzen Sie das Passwort per Mail zurück.",
    ),
    (
        "too_many_mails_from_address",
        "Von Ihrer Netzwerkadresse wurden zu viele Mails angefordert. Versuchen Sie es in einer Stunde noch einmal.",
    ),
    (
        "too_many_new_passwords",
        "Im Moment werden zu viele neue Passwörter geprüft. Versuchen Sie es in ein paar Sekunden noch einmal.",
    ),
    ("too_many_requests_from_address", "Zu viele Anfragen von Ihrer Adresse. Warten Sie einen Moment."),
    (
        "too_many_verifications",
        "Es wurden zu viele Codes angefordert. Nehmen Sie den neuesten, oder warten Sie eine Viertelstunde.",
    ),
    ("too_many_sign_ins", "Im Moment melden sich zu viele an. Versuchen Sie es in ein paar Sekunden noch einmal."),
    ("user_exists", "Eine Person mit dieser Adresse gibt es schon."),
    ("user_locked", "Dieses Konto ist gesperrt. Wenden Sie sich an einen Administrator."),
    ("verification_code_expired", "Dieser Code ist abgelaufen. Fordern Sie einen neuen an."),
    ("verification_code_invalid", "Dieser Code gilt nicht. Öffnen Sie den Link genau so, wie er in der Mail steht."),
    (
        "weak_password",
        "Dieses Passwort geht nicht: Es ist zu kurz, zu leicht zu erraten, oder kaum mehr als Ihr Name oder Ihre Adresse. Nehmen Sie ein paar Wörter, die nichts mit Ihnen zu tun haben.",
    ),
    ("webhook_disabled", "Dieser Webhook ist abgeschaltet. Schalten Sie ihn erst ein."),
    (
        "webhook_secret_lost",
        "Das Geheimnis dieses Webhooks wurde mit einem anderen Schlüssel versiegelt. Geben Sie ihm ein neues.",
    ),
    ("wrong_code", "Der Code ist falsch oder wurde schon benutzt. Warten Sie auf den nächsten."),
    ("wrong_password", "Das jetzige Passwort ist falsch. Versuchen Sie es noch einmal."),
];

impl Texts {
    /// What an error of this code is called in German.
    pub(crate) fn of_code(&self, code: &str) -> Option<&'static str> {
        CODES.iter().find(|(known, _)| *known == code).map(|(_, text)| *text)
    }

    /// What is wrong with an address.
    pub(crate) fn of_email_problem(&self, problem: &InvalidEmail) -> &'static str {
        match problem {
            InvalidEmail::TooLong => self.email_too_long,
            InvalidEmail::Dots => self.email_dots,
            InvalidEmail::Form => self.email_form,
            InvalidEmail::Character => self.email_character,
            InvalidEmail::Domain => self.email_domain,
        }
    }

    /// What was just done, by the word that stands in the address: nothing else can be told there.
    pub(crate) fn of_done(&self, done: &str) -> Option<&'static str> {
        Some(match done {
            "welcome" => self.done_welcome,
            "saved" => self.done_saved,
            "roles-saved" => self.done_roles,
            "locked" => self.done_locked,
            "locked-many" => self.done_locked_many,
            "unlocked" => self.done_unlocked,
            "deleted" | "role-deleted" | "webhook-deleted" => self.done_deleted,
            "reset-mailed" => self.done_reset_mailed,
            "attempts-cleared" => self.done_attempts,
            "factor-reset" => self.done_factor_reset,
            "factor-disabled" => self.done_factor_off,
            "session-ended" => self.done_session,
            "sessions-ended" => self.done_sessions,
            "resent" => self.done_resent,
            "revoked" => self.done_revoked,
            "role-created" => self.done_role_created,
            "key-revoked" => self.done_key_revoked,
            "tried" => self.done_tried,
            "tested" => self.done_tested,
            "password-changed" => self.done_password,
            "password-set" => self.done_password_set,
            "signed-out" => self.done_signed_out,
            "verification-sent" => self.done_verification_sent,
            "verified" => self.done_verified,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code that nothing has would never be told.
    #[test]
    fn every_code_is_one_of_the_modules() {
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut sources = String::new();
        let mut folders: Vec<_> =
            ["auth", "flows", "http", "notify", "rbac", "user"].map(|name| crates.join(name).join("src")).into();
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                match path.is_dir() {
                    true => folders.push(path),
                    false => sources.push_str(&std::fs::read_to_string(path).unwrap()),
                }
            }
        }
        for (code, _) in CODES {
            assert!(sources.contains(&format!("\"{code}\"")), "{code}");
        }
    }
}
