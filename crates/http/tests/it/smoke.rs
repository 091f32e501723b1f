//! smoke
use crate::support::TestApp;
use vestibule_testing::on_both_engines;
on_both_engines!(one, two, three, four, five, six, seven, eight);
async fn one(app: TestApp) {
    let admin = app.admin().await;
    admin.bring_in("ada@example.com").await;
}
async fn two(app: TestApp) {
    let admin = app.admin().await;
    admin.bring_in("ada@example.com").await;
}
async fn three(app: TestApp) {
    let admin = app.admin().await;
    admin.bring_in("ada@example.com").await;
}
async fn four(app: TestApp) {
    let admin = app.admin().await;
    admin.bring_in("ada@example.com").await;
}
async fn five(app: TestApp) {
    let admin = app.admin().await;
    admin.bring_in("ada@example.com").await;
}
async fn six(app: TestApp) {
    let admin = app.admin().await;
    admin.bring_in("ada@example.com").await;
}
async fn seven(app: TestApp) {
    let admin = app.admin().await;
    admin.bring_in("ada@example.com").await;
}
async fn eight(app: TestApp) {
    let admin = app.admin().await;
    admin.bring_in("ada@example.com").await;
}
