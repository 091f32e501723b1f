//! What the doctor finds, and what is done about it.

use vestibule_flows::doctor::FindingKind;

pub(in crate::texts) fn finding(kind: FindingKind) -> (&'static str, &'static str) {
    match kind {
        FindingKind::IdentityWithoutUser => (
            "Identitäten von Benutzern, die es nicht mehr gibt",
            "löscht diese Identitäten mit ihren Sitzungen und zweiten Faktoren.",
        ),
        FindingKind::IdentityWithoutOwner => (
            "Identitäten, die niemandem gehören und nie ablaufen",
            "lässt sie ablaufen wie jede Registrierung, die niemand beansprucht.",
        ),
        FindingKind::UserWithoutSignIn => (
            "Benutzer, die sich nicht anmelden können: ohne Anmeldeweg und ohne offene Einladung",
            "Löschen Sie diese Benutzer, oder laden Sie sie ein. Benutzer aus einem Verzeichnis haben keinen Anmeldeweg, bis \
             sie sich zum ersten Mal über ihren Anbieter anmelden.",
        ),
        FindingKind::AddressColliding => (
            "E-Mail-Adressen, die ein anderer Benutzer oder Anmeldeweg in anderer Schreibweise hat",
            "Ändern Sie eine der beiden Adressen, oder löschen Sie eines der Konten.",
        ),
        FindingKind::AddressOutdated => (
            "E-Mail-Adressen, die nicht gefunden werden, weil sie nach einer älteren Regel gespeichert sind",
            "speichert sie nach der heutigen Regel.",
        ),
        FindingKind::AddressInvalid => ("Ungültige E-Mail-Adressen", "Ändern Sie diese Adressen."),
        FindingKind::AssignmentDangling => {
            ("Rollen von Benutzern, Einladungen und API-Schlüsseln, die es nicht mehr gibt", "entfernt diese Rollen.")
        }
        FindingKind::AssignmentOfDeletedRole => ("Zuweisungen gelöschter Rollen", "löscht diese Zuweisungen."),
        FindingKind::ConfiguredRoleMissing => (
            "Rollen in der Konfiguration, die es nicht gibt",
            "Berichtigen Sie rbac.default_roles oder auth.sign_up.roles, oder legen Sie die Rollen an.",
        ),
        FindingKind::InviteWithoutInviter => (
            "Offene Einladungen, die nicht angenommen werden können: wer eingeladen hat, ist fort oder darf ihre Rollen nicht \
             mehr geben",
            "zieht diese Einladungen zurück. Soll eine bestehen bleiben, muss jemand, der ihre Rollen geben darf, sie noch \
             einmal senden.",
        ),
        FindingKind::DeliveryStuck => (
            "Zustellungen, die fällig sind und nicht versucht werden",
            "versucht sie jetzt noch einmal. Bleiben sie liegen, stellt kein Prozess zu: starten Sie `vestibule serve` oder \
             `vestibule worker`.",
        ),
        FindingKind::RegistrationOverdue => ("Abgelaufene Registrierungen, die nicht gelöscht wurden", "löscht sie."),
        FindingKind::HashWeak => (
            "Passwörter, deren Hash schwächer ist als heutige",
            "Es ist nichts zu tun: jeder wird ersetzt, wenn sich sein Besitzer anmeldet. Um die übrigen zu ersetzen, lassen Sie \
             neue Passwörter setzen.",
        ),
        FindingKind::SecretLost => (
            "Geheimnisse, die der heutige Schlüssel nicht öffnet",
            "Stellen Sie das Geheimnis wieder her, mit dem sie verschlossen wurden (auth.mfa_encryption_key oder \
             auth.jwt_secret). Sonst setzen Sie diese zweiten Faktoren zurück, und erneuern Sie die Geheimnisse dieser \
             Webhooks.",
        ),
        FindingKind::CountWrong => ("Falsche Zähler", "zählt neu."),
        FindingKind::SecondFactorMisnoted => ("Benutzer, die Listen fälschlich mit oder ohne zweiten Faktor zeigen", "vermerkt es neu."),
        FindingKind::IndexMissing => ("Fehlende Indizes", "baut sie auf."),
        FindingKind::LastSuperAdminUnprotected => (
            "Der einzige Super-Admin hat keinen zweiten Faktor",
            "Dieser Benutzer soll einen zweiten Faktor einrichten, oder machen Sie einen weiteren Benutzer zum Super-Admin.",
        ),
        FindingKind::MailServerSilent => (
            "Mails können nicht gesendet werden",
            "Berichtigen Sie die Einstellungen unter mail.smtp. `vestibule mail test` erprobt sie.",
        ),
    }
}
