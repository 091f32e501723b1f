//! What the doctor finds, and what is done about it.

use vestibule_flows::doctor::FindingKind;

pub(in crate::texts) fn finding(kind: FindingKind) -> (&'static str, &'static str) {
    match kind {
        FindingKind::IdentityWithoutUser => ("Identités d’utilisateurs qui n’existent plus", "supprime ces identités, avec leurs sessions et leurs seconds facteurs."),
        FindingKind::IdentityWithoutOwner => ("Identités qui n’appartiennent à personne et n’expirent jamais", "les laisse expirer comme toute inscription que personne ne réclame."),
        FindingKind::UserWithoutSignIn => ("Utilisateurs qui ne peuvent pas se connecter : sans méthode de connexion ni invitation en cours", "Supprimez ces utilisateurs, ou invitez-les. Ceux d’un annuaire n’ont pas de méthode de connexion avant leur première connexion par leur fournisseur."),
        FindingKind::AddressColliding => ("Adresses e-mail qu’un autre utilisateur ou une autre méthode de connexion a sous une autre forme", "Changez l’une des deux adresses, ou supprimez l’un des comptes."),
        FindingKind::AddressOutdated => ("Adresses e-mail introuvables, car enregistrées selon une règle plus ancienne", "les enregistre selon la règle actuelle."),
        FindingKind::AddressInvalid => ("Adresses e-mail non valides", "Changez ces adresses."),
        FindingKind::AssignmentDangling => ("Rôles d’utilisateurs, d’invitations et de clés d’API qui n’existent plus", "retire ces rôles."),
        FindingKind::AssignmentOfDeletedRole => ("Attributions de rôles supprimés", "supprime ces attributions."),
        FindingKind::ConfiguredRoleMissing => ("Rôles de la configuration qui n’existent pas", "Corrigez rbac.default_roles ou auth.sign_up.roles, ou créez les rôles."),
        FindingKind::InviteWithoutInviter => ("Invitations en cours qui ne peuvent pas être acceptées : leur auteur n’existe plus, ou ne peut plus donner leurs rôles", "révoque ces invitations. Pour en garder une, faites-la renvoyer par quelqu’un qui peut donner ses rôles."),
        FindingKind::DeliveryStuck => ("Envois dus que rien ne tente", "les tente de nouveau maintenant. S’ils restent, aucun processus ne distribue : lancez `vestibule serve` ou `vestibule worker`."),
        FindingKind::RegistrationOverdue => ("Inscriptions expirées qui n’ont pas été supprimées", "les supprime."),
        FindingKind::HashWeak => ("Mots de passe dont l’empreinte est plus faible que celles d’aujourd’hui", "Rien à faire : chacune est remplacée à la connexion de son propriétaire. Pour remplacer les autres, faites choisir de nouveaux mots de passe."),
        FindingKind::SecretLost => ("Secrets que la clé actuelle n’ouvre pas", "Rétablissez le secret avec lequel ils ont été scellés (auth.mfa_encryption_key ou auth.jwt_secret). Sinon, réinitialisez ces seconds facteurs et renouvelez les secrets de ces webhooks."),
        FindingKind::CountWrong => ("Compteurs faux", "compte de nouveau."),
        FindingKind::SecondFactorMisnoted => ("Utilisateurs que les listes montrent à tort avec ou sans second facteur", "le note de nouveau."),
        FindingKind::IndexMissing => ("Index manquants", "les construit."),
        FindingKind::LastSuperAdminUnprotected => ("Le seul super-administrateur n’a pas de second facteur", "Cet utilisateur devrait ajouter un second facteur ; ou nommez un autre super-administrateur."),
        FindingKind::MailServerSilent => ("Les mails ne peuvent pas être envoyés", "Corrigez les réglages sous mail.smtp. `vestibule mail test` les essaie."),
    }
}
