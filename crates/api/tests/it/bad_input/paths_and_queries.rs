//! Odd ids and odd query strings.

use vestibule_testing::on_both_engines;

use super::Scene;
use crate::support::TestApp;
use crate::support::documented::operations;

on_both_engines!(odd_paths_are_answered_by_every_route, odd_queries_are_answered_by_every_route);

fn segments() -> Vec<String> {
    let mut segments: Vec<String> = [
        "%00",
        "%ff",
        "%zz",
        "%",
        "%C3",
        "%C3%A9",
        "%E2%80%AE",
        "%F0%9F%98%80",
        "%2F",
        "%2e%2e",
        "%0d%0a",
        "%20",
        "%25",
        "'",
        "%22",
        "%3Cscript%3E",
        "1'%20OR%20'1'='1",
        "user_",
        "user_%00",
        "invite_x",
        "0",
        "-1",
        "9223372036854775808",
        "null",
        "undefined",
        "__proto__",
        "constructor",
        "*",
        "~",
        "a;b=c",
        "a,b",
        "(select)",
        "user_01M81MKHG2T3KQDSQCVSAJ1ZP%4B",
    ]
    .map(str::to_owned)
    .to_vec();
    segments.extend(["x".repeat(8_000), "%C3%A9".repeat(2_000), "%00".repeat(500), format!("user_{}", "0".repeat(26))]);
    segments
}

async fn odd_paths_are_answered_by_every_route(app: TestApp) {
    let scene = Scene::of(app).await;
    let before = scene.fingerprint().await;
    let mut asked = 0;
    for operation in operations().iter().filter(|operation| operation.path.contains('{')) {
        let good = scene.good(operation);
        for segment in segments() {
            let path = operation.at(|_| segment.clone());
            let ask = good.client.ask(&operation.method, &path);
            let answer = if let Some(body) = &good.body { ask.json(body) } else { ask }.await;
            assert!(answer.status < 500, "{} answered {}", answer.asked, answer.text());
            assert!(answer.status != 200 || answer.text().len() < 60_000, "{}", answer.asked);
            asked += 1;
        }
        assert_eq!(scene.fingerprint().await, before, "{} {} has changed something", operation.method, operation.path);
    }
    assert!(asked > 400, "{asked}");
}

fn queries() -> Vec<String> {
    let mut queries: Vec<String> = [
        "%00=1",
        "a=%00",
        "a%00[b]=1",
        "%ff=%ff",
        "%",
        "%%%",
        "%zz=%zz",
        "=",
        "&&&&",
        "?",
        "#",
        "[=1",
        "]=1",
        "[]=1",
        "[[]]=1",
        "a[=1",
        "a[]]=1",
        "a[b]c=1",
        "a[b][c][d]=1",
        "__proto__[x]=1",
        "constructor[prototype][x]=1",
        "limit=9223372036854775808",
        "limit=-1",
        "limit=1e999",
        "limit=%EF%BC%91",
        "limit[]=1",
        "offset=-9223372036854775808",
        "offset=0x7fffffffffffffff",
        "order=--",
        "order=email;drop",
        "order=1",
        "order[]=email",
        "fields=*,*,-*",
        "fields=%00",
        "fields[a]=1",
        "q=%25%00",
        "q[]=x",
        "created_at=",
        "created_at[$gt]=99999-12-31",
        "created_at[$gt]=-271821-04-20",
        "created_at[$in]=x",
        "created_at[$gt][$gt]=1",
        "$or=1",
        "$or[]=1",
        "$and[0][$or][0][$not][0]=1",
        "$not[$not][$not][email]=x",
        "email[$like]=%5C",
        "email[$ilike]=%25%25%25%25",
        "email[$in][]=%00",
        "id[$nin][]=",
        "state=x",
        "state[]=",
        "subject[a]=x",
        "subject[]=x&subject[]=y",
        "after=-1",
        "after=99999999999999999999",
        "wait=-1",
        "wait=31",
        "wait=0.5",
        "limit=0",
        "token=x",
        "token[]=x&token[]=y",
        "with_deleted=yes",
        "with_deleted[]=true",
        "access_token=x",
        "_method=DELETE",
        "callback=x",
    ]
    .map(str::to_owned)
    .to_vec();
    queries.extend([
        "a=1&".repeat(1_200),
        format!("a{}=1", "[b]".repeat(5_000)),
        format!("$and{}=1", "[0][$and]".repeat(5_000)),
        (0..150).map(|number| format!("$or[{number}][email]=x&")).collect(),
        "id[]=x&".repeat(999),
        format!("q={}", "x".repeat(20_000)),
        format!("q={}", "x+".repeat(10_000)),
        format!("email[$like]={}", "%25x".repeat(5_000)),
        format!("{}=1", "x".repeat(20_000)),
        format!("fields={}", "email,".repeat(3_000)),
        format!("order={}", "-email,".repeat(3_000)),
        format!("token={}", "x".repeat(20_000)),
    ]);
    queries
}

async fn odd_queries_are_answered_by_every_route(app: TestApp) {
    let scene = Scene::of(app).await;
    let before = scene.fingerprint().await;
    for operation in operations() {
        let good = scene.good(operation);
        let path = good.path.split('?').next().unwrap().to_owned();
        for query in queries() {
            // Without a body: some of these are not queries, and the rest of the request is valid.
            let answer = good.client.ask(&operation.method, &format!("{path}?{query}")).await;
            assert!(answer.status < 500, "{} answered {}", answer.asked, answer.text());
            assert!(
                answer.status == 200 || answer.body.len() < 12_000,
                "{}: {} bytes",
                answer.asked,
                answer.body.len()
            );
        }
    }
    // Signing in repeatedly by a token's route has given cookies to the administrator's session, and nothing else.
    let after = scene.fingerprint().await;
    let changed: Vec<_> =
        before.iter().zip(&after).filter(|(before, after)| before != after).map(|(_, after)| after).collect();
    let may_change = ["auth_session_cookies", "outbox_events", "{\"count\""];
    for line in changed {
        assert!(may_change.iter().any(|start| line.starts_with(start)), "{line:.300}");
    }
}
