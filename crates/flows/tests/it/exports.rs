//! Exports: each row once, whatever is created and deleted between batches.

use vestibule_audit::{AuditField, NewEntry};
use vestibule_core::{Field, Filter};
use vestibule_flows::{AuditExport, Batches, Context, InviteExport, NewInvite, UserExport, UserQuery};
use vestibule_testing::on_both_engines;
use vestibule_user::{CreateUser, InviteState, User};

use crate::support::{HOUR, Site};

on_both_engines!(
    users_that_come_and_go_move_no_others,
    entries_are_exported_up_to_the_beginning_of_the_export,
    invites_of_a_state_are_exported_without_what_accepts_them,
);

/// Reads the rest of an export, and the sizes of its batches.
async fn rest<B: Batches>(export: &mut B) -> (Vec<B::Row>, Vec<usize>) {
    let (mut rows, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let batch = export.next_batch().await.unwrap();
        sizes.push(batch.len());
        assert!(sizes.len() < 100, "it never ends");
        if batch.is_empty() {
            return (rows, sizes);
        }
        rows.extend(batch);
    }
}

async fn create(site: &Site, numbers: std::ops::Range<u32>) -> Vec<User> {
    let user = |number: u32| CreateUser::new(format!("user{number}@example.com").parse().unwrap());
    site.flows.users().create_users(numbers.map(user).collect::<Vec<_>>()).await.unwrap()
}

async fn users_that_come_and_go_move_no_others(site: Site) {
    let users = create(&site, 0..700).await;
    let mut export = UserExport::new(site.flows.clone(), UserQuery::default(), Vec::new());
    let first = export.next_batch().await.unwrap();
    assert_eq!(first.len(), 50, "it begins soon");
    // One that was read goes, and the last one that was read, and one that was not; others come.
    for number in [3, 49, 600] {
        site.flows.remove_user_account(users[number].id, &Context::operator()).await.unwrap();
    }
    site.clock.advance(HOUR);
    create(&site, 700..705).await;
    let (others, sizes) = rest(&mut export).await;
    assert_eq!(sizes, [500, 154, 0]);
    let exported: Vec<_> = first.into_iter().chain(others).map(|user| user.id).collect();
    let expected: Vec<_> = users.iter().map(|user| user.id).filter(|id| *id != users[600].id).collect();
    assert_eq!(exported[..699], expected);
    assert!(export.next_batch().await.unwrap().is_empty(), "it stays at its end");

    let query = UserQuery { filter: Filter::Search("user69".to_owned()), ..UserQuery::default() };
    let (found, _) = rest(&mut UserExport::new(site.flows.clone(), query, Vec::new())).await;
    assert_eq!(found.len(), 11);
}

async fn entries_are_exported_up_to_the_beginning_of_the_export(site: Site) {
    let mut transaction = site.flows.database().begin().await.unwrap();
    for number in 0..1_203 {
        let target = format!("user_{number}");
        let action = if number % 3 == 0 { "user.locked" } else { "user.unlocked" };
        let entry = NewEntry::new(action, ("operator", None), ("user", &target));
        site.flows.audit().record_within(&mut transaction, entry).await.unwrap();
    }
    transaction.commit().await.unwrap();
    for sorted_by in [AuditField::Id, AuditField::CreatedAt] {
        let all = Filter::everything();
        let mut everything = AuditExport::new(site.flows.clone(), all, sorted_by);
        site.clock.advance(HOUR);
        let mut transaction = site.flows.database().begin().await.unwrap();
        let late = NewEntry::new("role.created", ("operator", None), ("role", "too late"));
        site.flows.audit().record_within(&mut transaction, late).await.unwrap();
        transaction.commit().await.unwrap();
        let (mut entries, sizes) = rest(&mut everything).await;
        entries.retain(|entry| entry.target_type == "user");
        assert_eq!(sizes[..2], [50, 500]);
        let targets: Vec<String> = entries.into_iter().map(|entry| entry.target_id).collect();
        assert_eq!(targets, (0..1_203).map(|number| format!("user_{number}")).collect::<Vec<_>>());
        let locked = AuditField::Action.eq("user.locked");
        let (locked, _) = rest(&mut AuditExport::new(site.flows.clone(), locked, sorted_by)).await;
        assert_eq!(locked.len(), 401);
    }
}

async fn invites_of_a_state_are_exported_without_what_accepts_them(site: Site) {
    let invite = async |number: u32| {
        let new = NewInvite::new(format!("i{number}@example.com").parse().unwrap());
        site.flows.invite(&new, &Context::operator()).await.unwrap()
    };
    let (first, second, third) = (invite(1).await, invite(2).await, invite(3).await);
    site.flows.revoke_invite(second.id, &Context::operator()).await.unwrap();
    let pending = InviteExport::of_state(site.flows.clone(), InviteState::Pending, Filter::everything());
    let all = InviteExport::new(site.flows.clone(), Filter::everything());
    for (mut export, expected) in [(pending, vec![&first, &third]), (all, vec![&first, &second, &third])] {
        let (rows, _) = rest(&mut export).await;
        assert_eq!(
            rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            expected.iter().map(|row| row.id).collect::<Vec<_>>()
        );
        let text = serde_json::to_string(&rows).unwrap();
        for invite in expected {
            assert!(!text.contains(invite.token.as_deref().unwrap()) && !text.contains("token"), "{text}");
        }
    }
}
