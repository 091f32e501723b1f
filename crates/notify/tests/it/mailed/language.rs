//! A mail is in the reader's language, if it is known and supported.

use serde_json::json;
use vestibule_core::Metadata;
use vestibule_flows::{Context, NewInvite};
use vestibule_testing::on_both_engines;

use crate::scene::{ADA, BOB, Scene, email};

on_both_engines!(a_language_is_chosen_by_metadata);

async fn a_language_is_chosen_by_metadata(scene: Scene) {
    for (address, language, sent_in, subject) in
        [(ADA, "de", "de", "Einladung zu Vestibule"), (BOB, "xx", "en", "You are invited to Vestibule")]
    {
        let mut invite = NewInvite::new(email(address));
        let metadata = json!({ "language": language });
        invite.metadata = Some(Metadata::new(metadata.as_object().unwrap().clone()).unwrap());
        scene.invite_by(invite, &Context::operator()).await;
        let letter = scene.only_mail().await;
        assert_eq!((letter.to(), letter.header("content-language")), (address, sent_in));
        assert_eq!(letter.subject(), subject);
        assert!(letter.link().contains("/app/invite?token="), "{}", letter.link());
    }
}
