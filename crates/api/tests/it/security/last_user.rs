//! 27, as far as it concerns users: one is always left who can sign in.

use vestibule_testing::on_both_engines;

use crate::support::{Ask, TestApp, together};

on_both_engines!(4 threads: two_who_delete_each_other_leave_one_user);

async fn two_who_delete_each_other_leave_one_user(app: TestApp) {
    for _ in 0..8 {
        let (one, other) = (app.user("one@example.com").await, app.user("other@example.com").await);
        let asks: [Ask; 2] =
            [one.delete(&format!("/admin/users/{}", other.id)), other.delete(&format!("/admin/users/{}", one.id))];
        let answers = together(2, |number| {
            let ask = asks[number].clone();
            async move { ask.await }
        })
        .await;
        let mut left = [one.get("/admin/users/me").await.status, other.get("/admin/users/me").await.status];
        left.sort_unstable();
        assert_eq!(left, [200, 401], "{answers:?}");
        match answers.iter().position(|answer| answer.status != 200) {
            Some(loser) => answers[loser].is_unauthorized(),
            None => panic!("both deletions succeeded"),
        }
    }
}
