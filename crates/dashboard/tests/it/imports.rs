//! 20, 38 and 46: importing a table, step by step. Numbers are those of `security.md`.

use std::time::Duration;

use vestibule_core::{Field, FindConfig};
use vestibule_flows::Context;
use vestibule_rbac::CreateRole;
use vestibule_testing::on_both_engines;
use vestibule_transfer::{MOST_BYTES, Uploads};
use vestibule_user::UserField;

use crate::support::{Browser, Page, Site};

on_both_engines!(
    a_table_is_uploaded_mapped_checked_imported_and_undone,
    what_is_no_table_is_refused_with_its_place_in_the_readers_language,
    only_who_may_do_everything_imports,
    an_interrupted_import_goes_on,
    uploads_are_sealed_and_deleted_after_a_day,
    the_columns_are_checked,
);

const PEOPLE: &str = "\u{feff}E-Mail;First Name;Funktion;Notes\r\ngrace@example.com;Grace;reviewer;x\r\nno-address;N;;\r\n\
    ADA@example.com;Augusta;;\r\nlin@example.com;Lin;captain;=1+1\r\n";

/// The page of an upload, once its step is over.
async fn over(browser: &Browser, path: &str) -> Page {
    for _ in 0..10_000 {
        let page = browser.get(path).await;
        if !page.text.contains("data-poll") {
            return page;
        }
        tokio::task::yield_now().await;
    }
    panic!("it does not end");
}

async fn uploaded(browser: &Browser, content: &str) -> String {
    let page = browser.upload("/app/import", "people.csv", content.as_bytes()).await;
    page.is(303);
    page.location
}

async fn has_user(site: &Site, email: &str) -> bool {
    let found = site.flows.users().list_users(&UserField::Email.eq(email), &FindConfig::default()).await.unwrap();
    !found.is_empty()
}

async fn a_table_is_uploaded_mapped_checked_imported_and_undone(site: Site) {
    let browser = site.admin().await;
    let reviewer = site.flows.rbac().create_rbac_roles(CreateRole::new("Reviewer")).await.unwrap().id;
    browser.get("/app/users").await.shows("href=\"/app/import\"");
    browser.get("/app/import").await.is(200).shows("8 MiB and 100,000 rows").shows("Nothing was imported yet.");
    let path = uploaded(&browser, PEOPLE).await;

    let page = browser.get(&path).await;
    page.is(200).shows("people.csv").shows("4 rows").shows("<bdi>grace@example.com</bdi>").hides("captain");
    page.shows("<option value=\"email\" selected>").shows("<option value=\"first_name\" selected>");
    assert_eq!(page.text.matches(" selected>").count(), 2, "the other columns have unusual names");

    let columns = ["email", "first_name", "roles", ""].map(|field| ("column", field));
    let fields = [&columns[..], &[("existing", "update")]].concat();
    browser.post(&format!("{path}/check"), &fields).await.leads_to(&path);
    let page = over(&browser, &path).await;
    page.shows("Nothing was changed yet").shows("Start the import");
    let counts = |page: &Page| {
        let figures = page.text.split("class=\"value").skip(1);
        figures.map(|rest| rest.split(['>', '<']).nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(counts(&page), ["2", "1", "0", "1"]);
    page.shows("This is no e-mail address.").shows("Roles that do not exist here were left out: captain.");
    assert!(!has_user(&site, "grace@example.com").await);
    let report = browser.get(&format!("{path}/report.csv")).await;
    assert_eq!(report.headers["content-type"], "text/csv; charset=utf-8");
    report.shows("place,kind,id,address,result,detail").shows("grace@example.com,created").shows("no-address,left_out");
    report.shows("\nline 3,user,");
    // What was chosen is there again.
    browser.get(&format!("{path}?columns=1")).await.shows("<option value=\"roles\" selected>");

    browser.post(&format!("{path}/start"), &[]).await.leads_to(&path);
    let page = over(&browser, &path).await;
    page.shows("The import is finished");
    assert_eq!(counts(&page), ["2", "1", "0", "1"]);
    let grace = site.flows.users().list_users(&UserField::Email.eq("grace@example.com"), &FindConfig::default()).await;
    let grace = grace.unwrap().remove(0);
    let roles = site.flows.rbac().role_ids_of(site.flows.database(), &grace.id.to_string()).await.unwrap();
    assert_eq!((grace.first_name.as_deref(), roles), (Some("Grace"), vec![reviewer]));
    browser.get(&format!("{path}/report.csv")).await.is(200).shows("grace@example.com,created");
    browser.post(&format!("{path}/start"), &[]).await.is(400).shows("was done already");

    // The audit log names the user, and not the operator.
    let import = page.between("name=\"import\" value=\"", "\"");
    page.shows(&format!("href=\"/app/audit?target={import}\""));
    let audit = browser.get(&format!("/app/audit?target={import}")).await;
    audit.shows("finished the import").shows("ada@example.com").hides("The operator");
    browser.get("/app/import").await.shows(&format!("value=\"{import}\"")).hides("people.csv");

    browser.post("/app/import/undo", &[("import", &import)]).await.leads_to("/app/import?done=import-undone");
    assert!(!has_user(&site, "grace@example.com").await);
    browser.get("/app/import").await.shows("Undone");
    browser.post("/app/import/undo", &[("import", &import)]).await.is(400).shows("was undone already");
    let absent = "import_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    browser.post("/app/import/undo", &[("import", absent)]).await.is(404);
}

async fn what_is_no_table_is_refused_with_its_place_in_the_readers_language(site: Site) {
    let mut browser = site.admin().await;
    for (content, english, german) in [
        (&b""[..], "Line 1, column 1: the file is empty.", "Zeile 1, Spalte 1: Die Datei ist leer."),
        (b"email,name\na@b.example,\"x\n", "Line 2, column 2: a quotation mark", "Ein Anführungszeichen"),
        (b"email,name\na@b.example\n", "the line has 1 cells", "Die Zeile hat 1 Zellen"),
        (b"email,name\na@b.example,M\xfcller\n", "Line 2, column 2: this is not UTF-8.", "Das ist kein UTF-8."),
        (b"email,name\na@b.example,\0\n", "Line 2, column 2: there is a NUL", "Hier steht ein NUL-Zeichen"),
        ("email,".repeat(1_001).as_bytes(), "there are 1,002 columns", "Es sind 1.002 Spalten"),
        ("a\n".repeat(100_002).as_bytes(), "Line 100002, column 1: there are more than 100,000", "mehr als 100.000"),
        (&vec![b'a'; MOST_BYTES + 1], "more than 8 MiB", "mehr als 8 MiB"),
        (&vec![b'a'; 3 * MOST_BYTES], "more than 8 MiB", "mehr als 8 MiB"),
    ] {
        browser.language = "en";
        let page = browser.upload("/app/import", "x.csv", content).await;
        page.is(400).shows(&english.replace("100002", "100,002"));
        browser.language = "de";
        browser.upload("/app/import", "x.csv", content).await.is(400).shows(german);
    }
    browser.language = "en";
    browser.upload("/app/import", "", b"").await.is(400).shows("Choose a file.");
    browser.post("/app/import", &[]).await.is(400);
    let request = browser.request("POST", "/app/import").header("content-type", "multipart/form-data; boundary=edge");
    browser.send(request.header("origin", "http://localhost:9000").body("--edge--\r\n".into()).unwrap()).await.is(403);
    browser.get("/app/import").await.hides("x.csv");
}

/// 20, 37, 38: an import gives no one more than they have.
async fn only_who_may_do_everything_imports(site: Site) {
    let admin = site.admin().await;
    let path = uploaded(&admin, PEOPLE).await;
    let policies = vestibule_rbac::builtin::keys();
    let policies: Vec<&str> = policies.iter().map(String::as_str).filter(|key| !key.contains('*')).collect();
    let limited = site.limited(&policies).await;
    limited.get("/app/users").await.is(200).hides("/app/import");
    for page in ["/app/import", &path, &format!("{path}/report.csv")] {
        limited.get(page).await.is(403);
    }
    for page in [&format!("{path}/check"), &format!("{path}/start"), &format!("{path}/discard"), "/app/import/undo"] {
        limited.post(page, &[]).await.is(403);
    }
    limited.upload("/app/import", "x.csv", PEOPLE.as_bytes()).await.is(403).hides("more than");
    limited.upload("/app/import", "x.csv", &vec![b'a'; 2 * MOST_BYTES]).await.is(403).hides("more than");
    site.browser().upload("/app/import", "x.csv", PEOPLE.as_bytes()).await.is(303);

    // What gives roles asks for a fresh proof.
    let columns = ["email", "", "", ""].map(|field| ("column", field));
    admin.post(&format!("{path}/check"), &columns).await.is(303);
    over(&admin, &path).await;
    site.clock.advance(Duration::from_secs(11 * 60));
    let page = admin.post(&format!("{path}/start"), &[]).await;
    page.is(403).shows("Confirm your identity");
    assert!(!has_user(&site, "grace@example.com").await);
    let proof = [("proof_password", crate::support::PASSWORD)];
    admin.post(&format!("{path}/start"), &proof).await.leads_to(&path);
    over(&admin, &path).await.shows("The import is finished");
}

async fn an_interrupted_import_goes_on(site: Site) {
    let browser = site.admin().await;
    let mut table = "email,first_name\n".to_owned();
    (0..9_000).for_each(|row| table.push_str(&format!("person{row}@example.com,Person {row}\n")));
    let path = uploaded(&browser, &table).await;
    browser.post(&format!("{path}/check"), &[("column", "email"), ("column", "first_name")]).await.is(303);
    over(&browser, &path).await.shows("Start the import");
    // The task of a process that dies: its runtime ends with it.
    let place = site.place.clone();
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let now = site.clock.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let other = Site::with(place, |_| {}).await;
            use vestibule_core::Clock;
            other.clock.advance(now.now().since(other.clock.now()));
            Uploads::new(other.flows.clone()).import(id, &Context::operator()).await.unwrap();
            for _ in 0..100_000 {
                if has_user(&other, "person600@example.com").await {
                    return;
                }
                tokio::task::yield_now().await;
            }
            panic!("it does not begin");
        });
        runtime.shutdown_timeout(Duration::ZERO);
    })
    .join()
    .unwrap();
    assert!(!has_user(&site, "person8999@example.com").await, "it was interrupted in the middle");
    let page = browser.get(&path).await;
    page.is(200).shows("data-poll").shows("http-equiv=\"refresh\"");
    browser.post(&format!("{path}/start"), &[]).await.is(400);
    browser.post(&format!("{path}/discard"), &[]).await.is(400);
    site.clock.advance(Duration::from_secs(31));
    browser.get(&path).await.shows("The import was interrupted").hides("data-poll");
    browser.get("/app/import").await.shows("Interrupted");
    browser.post(&format!("{path}/start"), &[]).await.leads_to(&path);
    let page = over(&browser, &path).await;
    page.shows("The import is finished").shows(">9,000<");
    let import = page.between("name=\"import\" value=\"", "\"");
    browser.post("/app/import/undo", &[("import", &import)]).await.is(303);
    assert!(!has_user(&site, "person0@example.com").await && !has_user(&site, "person8999@example.com").await);
}

/// 46
async fn uploads_are_sealed_and_deleted_after_a_day(site: Site) {
    let uploads = Uploads::new(site.flows.clone());
    assert_eq!(uploads.delete_old().await.unwrap(), 0, "before the first");
    let browser = site.admin().await;
    let path = uploaded(&browser, PEOPLE).await;
    let sealed: Vec<u8> = site.flows.database().query_scalar("SELECT sealed FROM transfer_files", &[]).await.unwrap();
    assert!(sealed.len() > PEOPLE.len() && !sealed.windows(5).any(|bytes| bytes == b"grace"));
    site.clock.advance(Duration::from_secs(23 * 60 * 60));
    assert_eq!(uploads.delete_old().await.unwrap(), 0);
    site.clock.advance(Duration::from_secs(2 * 60 * 60));
    assert_eq!(uploads.delete_old().await.unwrap(), 1);
    let files: i64 = site.flows.database().query_scalar("SELECT count(*) FROM transfer_files", &[]).await.unwrap();
    assert_eq!(files, 0);
    let browser = site.signed_in("ada@example.com").await;
    browser.get(&path).await.is(404);
    // Of many, the newest wait.
    let mut paths = Vec::new();
    for _ in 0..21 {
        paths.push(uploaded(&browser, PEOPLE).await);
    }
    browser.get(&paths[0]).await.is(404);
    browser.get(&paths[1]).await.is(200);
    browser.post(&format!("{}/discard", paths[1]), &[]).await.leads_to("/app/import?done=import-discarded");
    browser.get(&paths[1]).await.is(404);
}

async fn the_columns_are_checked(site: Site) {
    let mut browser = site.admin().await;
    let path = uploaded(&browser, "email,name,Mobile <b>\nada@example.com,A,1\n").await;
    browser.get(&path).await.shows("Mobile &#60;b&#62;");
    let check = format!("{path}/check");
    let chosen = |fields: [&'static str; 3]| fields.map(|field| ("column", field));
    browser.post(&check, &chosen(["", "name", ""])).await.is(400).shows("Choose which column has");
    browser.post(&check, &chosen(["email", "name", "name"])).await.is(400).shows("Two columns become the same field");
    browser.language = "fr";
    browser.post(&check, &chosen(["nosuch", "name", ""])).await.is(400).shows("Choisissez la colonne");
    browser.language = "en";
    browser.post(&check, &[("unknown", "x")]).await.is(400);
    // A name that would be guessed is left out where it is not chosen.
    browser.post(&check, &chosen(["email", "", "phone"])).await.is(303);
    let page = over(&browser, &path).await;
    page.shows("There is nothing to import").hides("Start the import");
}
