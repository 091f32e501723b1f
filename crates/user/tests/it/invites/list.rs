//! Listing invites by filter.

use vestibule_core::{Clock, Condition, Direction, Environment, ErrorKind, Field, Filter, FindConfig};
use vestibule_testing::on_both_engines;
use vestibule_user::invites::InviteState;
use vestibule_user::{InviteField, InviteId};

use super::accept;
use crate::support::{DAY, Module, SECOND, refusal};

on_both_engines!(invites_are_found_by_state, filters_order_and_pages, nothing_is_found_by_an_unknown_id);

/// One invite in each state, in the order of [`InviteState::ALL`] by their first letters: `p`, `e`, `a`, `r`.
async fn four(module: &Module) {
    module.invite("expired@example.com").await;
    module.clock.advance(DAY);
    module.invite("pending@example.com").await;
    let accepted = module.invite("accepted@example.com").await;
    accept(&module.database, &module.service, accepted.token.as_deref().unwrap()).await.unwrap();
    module.clock.advance(SECOND);
    let revoked = module.invite("revoked@Example.com").await;
    module.service.revoke_invites(revoked.id).await.unwrap();
}

async fn found(module: &Module, filter: Filter<InviteField>, find: FindConfig<InviteField>) -> (String, u64) {
    let (invites, count) = module.service.list_and_count_invites(&filter, &find).await.unwrap();
    assert_eq!(invites, module.service.list_invites(&filter, &find).await.unwrap());
    (invites.iter().map(|invite| invite.email.as_str().chars().next().unwrap()).collect(), count)
}

async fn invites_are_found_by_state(module: Module) {
    four(&module).await;
    let everything = FindConfig::default();
    assert_eq!(found(&module, Filter::everything(), everything.clone()).await, ("epar".to_owned(), 4));
    for state in InviteState::ALL {
        let letter = state.to_string().chars().take(1).collect::<String>();
        let filter = state.filter(module.clock.now());
        assert_eq!(found(&module, filter.clone(), everything.clone()).await, (letter, 1), "{state}");
        let invites = module.service.list_invites(&filter, &everything).await.unwrap();
        assert_eq!(invites[0].state, state);
        let is_open = matches!(state, InviteState::Pending | InviteState::Expired);
        assert_eq!(invites[0].token.is_some(), is_open, "{state}");
        if let Some(token) = &invites[0].token {
            assert_eq!(module.service.validate_invite_token(token).await.is_ok(), state == InviteState::Pending);
        }
        assert_eq!(state.to_string().parse(), Ok(state));
    }
    let both = InviteState::Pending.filter(module.clock.now()).or(InviteState::Expired.filter(module.clock.now()));
    assert_eq!(found(&module, both.clone(), everything.clone()).await.0, "ep");
    assert_eq!(found(&module, !both, everything).await.0, "ar");
    assert!("Pending".parse::<InviteState>().is_err());
}

async fn filters_order_and_pages(module: Module) {
    four(&module).await;
    let none = FindConfig::default;
    let by = |field, direction| FindConfig::default().order_by(field, direction);
    for (filter, find, expected, count) in [
        (InviteField::Email.eq("REVOKED@example.com"), none(), "r", 1),
        (InviteField::Email.is(Condition::Like("%@Example%".into())), none(), "r", 1),
        (InviteField::AcceptedAt.is(Condition::Ne(vestibule_core::Value::Null)), none(), "a", 1),
        (InviteField::TimesSent.is(Condition::Gte(1.into())), none(), "epar", 4),
        (InviteField::TimesSent.is(Condition::Gt(1.into())), none(), "", 0),
        (Filter::Search("PENDING@".into()), none(), "p", 1),
        (Filter::everything(), by(InviteField::Email, Direction::Descending), "rpea", 4),
        (Filter::everything(), by(InviteField::RevokedAt, Direction::Ascending), "repa", 4),
        (Filter::everything(), by(InviteField::ExpiresAt, Direction::Descending).page(1, 2), "ap", 4),
        // Derived when read: neither compared nor sorted by.
        (InviteField::Accepted.eq(true), none(), "", 0),
        (InviteField::Token.eq("token"), none(), "", 0),
        (Filter::everything(), by(InviteField::Token, Direction::Descending), "epar", 4),
    ] {
        let found = found(&module, filter.clone(), find.clone()).await;
        assert_eq!((found.0.as_str(), found.1), (expected, count), "{filter:?} {find:?}");
    }
}

async fn nothing_is_found_by_an_unknown_id(module: Module) {
    let unknown: InviteId = Environment::system().id();
    let error = module.service.retrieve_invite(unknown).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::NotFound, None, format!("Invite with id: {unknown} was not found")));
}
