//! `vestibule user`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, Place, link_token};

on_both_engines!(
    users_are_created_displayed_listed_and_deleted,
    lists_have_pages_and_searches,
    json_output_of_every_user_command,
    without_a_password_a_link_sets_one,
    a_password_is_read_from_standard_input,
    impossible_user_commands_fail_in_one_line,
);

async fn users_are_created_displayed_listed_and_deleted(place: Place) {
    place.ok("migrate").await;
    place.run("user list").await.prints(
        r"
            [exit 0]
            No users found.
            ",
    );
    let arguments = [
        &["user", "create", "--email", "Ada@Example.com", "--password", PASSWORD, "--first-name", "Ada"][..],
        &["--last-name", "King, Countess of Lovelace", "--role", "role_super_admin", "--role", "role_super_admin"],
    ];
    place.run_with(&arguments.concat(), None).await.prints(
        r"
            [exit 0]
            Created Ada@Example.com (user_00000000000000000000000000).
            ",
    );
    place.create_user("grace@example.com").await;
    place.run("user list").await.prints(
        r"
            [exit 0]
            ID                               EMAIL              NAME                            CREATED
            user_00000000000000000000000000  Ada@Example.com    Ada King, Countess of Lovelace  0000-00-00T00:00:00.000Z
            user_00000000000000000000000000  grace@example.com                                  0000-00-00T00:00:00.000Z
            ",
    );
    let shown = place.run("user show ada@example.com").await;
    shown.prints(
        r"
            [exit 0]
            Id        user_00000000000000000000000000
            E-mail    Ada@Example.com
            Name      Ada King, Countess of Lovelace
            Avatar    -
            Phone     -
            Roles     role_super_admin
            Locked    -
            Metadata  -
            Created   0000-00-00T00:00:00.000Z
            Updated   0000-00-00T00:00:00.000Z
            ",
    );
    let id = shown.out.split_whitespace().nth(1).unwrap();
    assert_eq!(place.ok(&format!("user show {id}")).await, shown.out);

    place.run("user delete ADA@example.com").await.prints(
        r"
            [exit 0]
            Removed Ada@Example.com (user_00000000000000000000000000).
            ",
    );
    let unknown = "there is no user with the e-mail address ada@example.com";
    assert_eq!(place.run("user delete ada@example.com").await.failed(1), unknown);
    assert_eq!(place.run("user show ada@example.com").await.failed(1), unknown);
    for command in ["show", "delete"] {
        let message = place.run(&format!("user {command} {id}")).await.failed(1);
        assert_eq!(message, "User with id: user_00000000000000000000000000 was not found");
    }
}

async fn lists_have_pages_and_searches(place: Place) {
    for (email, first, last) in [
        ("ada@example.com", "Ada", "Lovelace"),
        ("grace@navy.example", "Grace", "Hopper"),
        ("barbara@example.com", "Barbara", "Liskov"),
    ] {
        let arguments = format!("user create --email {email} --first-name {first} --last-name {last}");
        place.ok(&arguments).await;
    }
    let listed = async |arguments: &str| {
        let ran = place.run(&format!("user list {arguments}")).await;
        let note = ran.err.clone();
        let table = ran.ok();
        let emails = table.lines().skip(1).map(|line| line.split_whitespace().nth(1).unwrap().to_owned());
        (emails.collect::<Vec<_>>().join(" "), note)
    };
    let all = "ada@example.com grace@navy.example barbara@example.com";
    assert_eq!(listed("").await, (all.to_owned(), String::new()));
    let note = "1 of 3: see more with --offset and --limit\n";
    assert_eq!(listed("--limit 1").await, ("ada@example.com".to_owned(), note.to_owned()));
    assert_eq!(listed("--offset 1 --limit 1").await, ("grace@navy.example".to_owned(), note.to_owned()));
    assert_eq!(listed("-q lOveLa").await, ("ada@example.com".to_owned(), String::new()));
    assert_eq!(listed("--q navy.ex").await, ("grace@navy.example".to_owned(), String::new()));
    for nothing in ["user list -q %", "user list --limit 0 -q unknown"] {
        assert_eq!(place.ok(nothing).await, "No users found.\n", "{nothing}");
    }
    place.run("user list --offset 9").await.prints(
        r"
            [exit 0]
            No users here.
            --- stderr
            0 of 3: see more with --offset and --limit
            ",
    );
    let both_words = place.run_with(&["user", "list", "--q", "barbara EXAMPLE", "--json"], None).await.json();
    assert_eq!((&both_words["count"], &both_words["users"][0]["first_name"]), (&json!(1), &json!("Barbara")));
}

async fn json_output_of_every_user_command(place: Place) {
    place.ok("migrate").await;
    let made = place.run("user create --email ada@example.com --first-name Ada --json").await.json();
    let link = made["link"].as_str().unwrap();
    assert!(link.starts_with("http://localhost:9000/app/invite?token=ey"), "{link}");
    let user = &made["user"];
    assert_eq!(
        (&user["email"], &user["first_name"], &user["last_name"]),
        (&json!("ada@example.com"), &json!("Ada"), &json!(null))
    );
    let shown = place.run("user show ada@example.com --json").await;
    shown.prints(
        r#"
            [exit 0]
            {
              "id": "user_00000000000000000000000000",
              "first_name": "Ada",
              "last_name": null,
              "email": "ada@example.com",
              "avatar_url": null,
              "phone": null,
              "metadata": null,
              "locked_at": null,
              "last_seen_at": null,
              "created_at": "0000-00-00T00:00:00.000Z",
              "updated_at": "0000-00-00T00:00:00.000Z",
              "deleted_at": null
            }
            "#,
    );
    assert_eq!(shown.json(), *user);
    let listed = place.run("user list --json").await.json();
    assert_eq!(listed, json!({ "users": [user], "count": 1, "offset": 0, "limit": 50 }));
    let with_password = ["user", "create", "--email", "grace@example.com", "--password", PASSWORD, "--json"];
    assert_eq!(place.run_with(&with_password, None).await.json()["link"], json!(null));
    let id = user["id"].as_str().unwrap();
    let deleted = place.run(&format!("user delete {id} --json")).await.json();
    assert_eq!(deleted, json!({ "id": id, "object": "user", "deleted": true }));
}

async fn without_a_password_a_link_sets_one(place: Place) {
    place.ok("migrate").await;
    let place = place.with("VESTIBULE_SERVER_PUBLIC_URL", "https://accounts.example.com/in/");
    let created = place.run("user create --email ada@example.com").await;
    created.prints(
        r"
            [exit 0]
            Created ada@example.com (user_00000000000000000000000000).
            Set a password with this link: https://accounts.example.com/in/app/invite?token=TOKEN
            ",
    );
    let id = created.out.split_once('(').unwrap().1.split_once(')').unwrap().0;
    let server = place.serve().await;
    let accept = json!({ "token": link_token(&created.out), "password": PASSWORD, "first_name": "Ada" });
    let accepted = server.client().post("/auth/invites/accept", accept).await.ok();
    assert_eq!((&accepted["user"]["id"], &accepted["user"]["first_name"]), (&json!(id), &json!("Ada")));
    let me = server.sign_in("ada@example.com").await.get("/admin/users/me").await.ok();
    assert_eq!(me["user"]["id"], json!(id));
}

async fn a_password_is_read_from_standard_input(place: Place) {
    let server = place.serve().await;
    let create = async |email: &str, input: &[u8]| {
        let arguments = ["user", "create", "--password-stdin", "--email", email];
        place.run_with(&arguments, Some(input)).await
    };
    // With and without a line break, and with a second line, which is ignored. Spaces count.
    for (email, input) in [
        ("one@example.com", PASSWORD.to_owned()),
        ("two@example.com", format!("{PASSWORD}\n")),
        ("three@example.com", format!("{PASSWORD}\r\n")),
        ("four@example.com", format!("{PASSWORD}\nsomething else\n")),
        // Line ends of Windows.
        ("five@example.com", format!("\u{feff}{PASSWORD}\r\n")),
    ] {
        create(email, input.as_bytes()).await.ok();
        server.token_of(email).await;
    }
    create("space@example.com", format!(" {PASSWORD} \n").as_bytes()).await.ok();
    let credentials = json!({ "email": "space@example.com", "password": format!(" {PASSWORD} ") });
    server.client().post("/auth/user/emailpass", credentials).await.ok();

    for input in [&b""[..], b"\n", b"\npassword on the second line"] {
        let message = create("unknown@example.com", input).await.failed(2);
        assert_eq!(message, "standard input contained no password");
    }
    let message = create("unknown@example.com", b"correct \xff horse").await.failed(2);
    assert!(message.starts_with("the password could not be read from standard input: "), "{message}");
    let message = create("unknown@example.com", &[b'x'; 100_000]).await.failed(2);
    assert_eq!(message, "The password is too long: 1024 characters at most");
    // Without --password-stdin, standard input is not read.
    let ran = place.run_with(&["user", "create", "--email", "link@example.com"], Some(b"")).await;
    assert!(ran.ok().contains("Set a password with this link: "));
}

async fn impossible_user_commands_fail_in_one_line(place: Place) {
    place.create_user("Ada@example.com").await;
    let long = "x".repeat(300);
    for (arguments, code, message) in [
        (&["show", "unknown"][..], 2, "\"unknown\" is neither a user's id (user_…) nor an e-mail address"),
        (&["delete", "user_1"], 2, "\"user_1\" is neither a user's id (user_…) nor an e-mail address"),
        (
            &["delete", "invite_01ARZ3NDEKTSV4RRFFQ69G5FAV"],
            2,
            "\"invite_00000000000000000000000000\" is neither a user's id (user_…) nor an e-mail address",
        ),
        (&["show", "a@b@c"], 1, "there is no user with the e-mail address a@b@c"),
        (&["show", "a\nb@example.com"], 1, "there is no user with the e-mail address a\\nb@example.com"),
        (&["create", "--email", "ADA@example.com"], 1, "User with email: ADA@example.com, already exists."),
        (
            &["create", "--email", "new@example.com", "--password", "short"],
            2,
            "The password is too short: 8 characters at least",
        ),
        (
            &["create", "--email", "new@example.com", "--password", ""],
            2,
            "The password is too short: 8 characters at least",
        ),
        (
            &["create", "--email", "new@example.com", "--first-name", &long],
            2,
            "first_name is longer than 255 characters",
        ),
        (
            &["create", "--email", "new@example.com", "--role", "role_super_admin", "--role", "editor"],
            2,
            "\"editor\" is no id that begins with role_; `vestibule role list` lists the roles",
        ),
    ] {
        let ran = place.run_with(&[&["user"], arguments].concat(), None).await;
        assert_eq!(ran.failed(code), message, "{arguments:?}");
    }
    assert_eq!(place.run("user list --json").await.json()["count"], json!(1), "a refused command did something");
}
