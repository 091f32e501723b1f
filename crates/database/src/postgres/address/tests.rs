//! The result of each part of a URL.

use super::*;

fn read(url: &str) -> Address {
    url.parse().unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn refusal(url: &str) -> String {
    url.parse::<Address>().expect_err(url)
}

fn tcp(host: &str, port: u16) -> Target {
    Target { host: Host::Tcp(host.to_owned()), address: None, port }
}

#[test]
fn sslmode_and_sslrootcert_mean_what_libpq_means() {
    for (parameters, trust, mode) in [
        ("", Trust::AnyServer, SslMode::Prefer),
        ("?sslmode=disable", Trust::AnyServer, SslMode::Disable),
        ("?sslmode=require", Trust::AnyServer, SslMode::Require),
        ("?ssl=true", Trust::AnyServer, SslMode::Require),
        ("?sslmode=require&sslrootcert=/ca.pem", Trust::Authority, SslMode::Require),
        ("?sslrootcert=/ca.pem", Trust::Authority, SslMode::Prefer),
        ("?sslmode=verify-ca", Trust::Authority, SslMode::Require),
        ("?sslmode=verify-full", Trust::Name, SslMode::Require),
        ("?sslrootcert=system", Trust::Name, SslMode::Require),
    ] {
        let address = read(&format!("postgres://u:p@db/n{parameters}"));
        assert_eq!((address.tls.trust, address.options.get_ssl_mode()), (trust, mode), "{parameters}");
    }
    let address = read("postgres://u:p@db/n?sslmode=verify-full&sslrootcert=/etc/my%20ca%2Bmore/%C3%A9.pem");
    assert_eq!(address.tls.root_certificate, Some("/etc/my ca+more/é.pem".into()));
    for url in ["postgres://u@db/n?sslmode=allow", "postgres://u@db/n?sslmode=require&sslrootcert=system"] {
        assert!(refusal(url).contains("ssl"), "{url}");
    }
}

#[test]
fn every_part_is_decoded() {
    let address = read("postgresql://a%40da:p%3A%2F%3F%23%25@%2Fvar%2Frun%2Fpg/my%20d%2Fb?application_name=a%26b");
    let options = &address.options;
    assert_eq!((options.get_user(), options.get_password()), (Some("a@da"), Some(&b"p:/?#%"[..])));
    assert_eq!((options.get_dbname(), options.get_application_name()), (Some("my d/b"), Some("a&b")));
    assert_eq!(address.targets, [Target { host: Host::Unix("/var/run/pg".into()), address: None, port: 5432 }]);
    assert_eq!(options.get_ssl_mode(), SslMode::Disable, "sockets know no TLS");
    // What cannot be misread need not be encoded.
    let address = read("postgres://ada:a/b:c%zz$1@db");
    assert_eq!(address.options.get_password(), Some(&b"a/b:c%zz$1"[..]));
    let address = read("postgres:///?host=db&port=6432&user=ada&password=a%40b&dbname=app");
    assert_eq!(address.targets, [tcp("db", 6432)]);
    assert_eq!(address.options.get_password(), Some(&b"a@b"[..]));
}

#[test]
fn hosts_ports_and_addresses_go_together() {
    for (url, targets) in [
        ("postgres://a,b:6000,[::1]:7000/n", vec![tcp("a", 5432), tcp("b", 6000), tcp("::1", 7000)]),
        ("postgres://[fe80::1%25eth0]/n", vec![tcp("fe80::1%eth0", 5432)]),
        ("postgres://u@/n?host=a,b&port=1,", vec![tcp("a", 1), tcp("b", 5432)]),
        ("postgres://a,b/n?port=7", vec![tcp("a", 7), tcp("b", 7)]),
        ("postgres://elsewhere/n?host=a", vec![tcp("a", 5432)]),
    ] {
        assert_eq!(read(url).targets, targets, "{url}");
    }
    let by_number = read("postgres://db/n?hostaddr=10.0.0.7");
    let number = Some("10.0.0.7".parse().unwrap());
    assert_eq!(by_number.targets, [Target { address: number, ..tcp("db", 5432) }]);
    assert_eq!(read("postgres:///n?hostaddr=10.0.0.7").targets, [Target { address: number, ..tcp("10.0.0.7", 5432) }]);
    for url in [
        "postgres:///n",
        "postgres://a,,b/n",
        "postgres://::1/n",
        "postgres://[::1/n",
        "postgres://[::1]x/n",
        "postgres://a:0/n",
        "postgres://a:70000/n",
        "postgres://a,b,c/n?port=1,2",
        "postgres://a,b/n?hostaddr=10.0.0.7",
        "postgres://a/n?hostaddr=db",
    ] {
        assert!(!refusal(url).is_empty(), "{url}");
    }
}

/// <https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS>, one by one.
#[test]
fn every_parameter_of_libpq_works_or_is_refused_by_its_name() {
    for works in [
        "host=db",
        "hostaddr=127.0.0.1",
        "port=5433",
        "dbname=n",
        "user=u",
        "password=p",
        "channel_binding=require",
        "connect_timeout=3",
        "client_encoding=UTF8",
        "options=-c%20search_path%3Dvestibule",
        "application_name=a",
        "fallback_application_name=a",
        "keepalives=0",
        "keepalives_idle=10",
        "keepalives_interval=10",
        "keepalives_count=3",
        "tcp_user_timeout=30000",
        "replication=false",
        "gssencmode=prefer",
        "sslmode=require",
        "sslnegotiation=postgres",
        "sslcompression=0",
        "sslcert=/c.pem&sslkey=/k.pem",
        "sslcertmode=allow",
        "sslrootcert=/ca.pem",
        "sslsni=0",
        "ssl_min_protocol_version=TLSv1.2",
        "ssl_max_protocol_version=TLSv1.3",
        "min_protocol_version=3.0",
        "max_protocol_version=latest",
        "gssdelegation=0",
        "target_session_attrs=read-write",
        "load_balance_hosts=random",
    ] {
        read(&format!("postgres://u:p@db/n?{works}"));
    }
    for refused in [
        "passfile=/p",
        "require_auth=scram-sha-256",
        "replication=database",
        "gssencmode=require",
        "requiressl=1",
        "sslkey=/k.pem",
        "sslkeylogfile=/l",
        "sslpassword=p",
        "sslcertmode=require",
        "sslcrl=/c.pem",
        "sslcrldir=/c",
        "requirepeer=postgres",
        "ssl_min_protocol_version=SSLv3",
        "ssl_max_protocol_version=TLSv1.1",
        "min_protocol_version=3.2",
        "krbsrvname=postgres",
        "gsslib=gssapi",
        "gssdelegation=1",
        "scram_client_key=k",
        "scram_server_key=k",
        "service=s",
        "servicefile=/s",
        "target_session_attrs=read-only",
        "target_session_attrs=standby",
        "oauth_issuer=i",
        "oauth_client_id=i",
        "oauth_client_secret=s",
        "oauth_scope=s",
        "client_encoding=LATIN1",
        "sslnegotiation=direct",
        "connect_timeout=soon",
        "keepalives_idle=x",
        "port=x",
        "sslmode=x",
        "nosuch=1",
    ] {
        let (name, _) = refused.split_once('=').unwrap();
        let message = refusal(&format!("postgres://u:p@db/n?{refused}"));
        assert!(message.contains(name), "{refused}: {message}");
    }
}

#[test]
fn parameters_are_used() {
    let address =
        read("postgres://u:p@db/n?connect_timeout=3&tcp_user_timeout=30000&keepalives_count=4&keepalives_idle=9");
    assert_eq!(address.connect_timeout, Some(Duration::from_secs(3)));
    assert_eq!(address.options.get_tcp_user_timeout(), Some(&Duration::from_secs(30)));
    assert_eq!(address.options.get_keepalives_retries(), Some(4));
    assert_eq!(address.options.get_keepalives_idle(), Duration::from_secs(9));
    assert_eq!(read("postgres://db/n?connect_timeout=0").connect_timeout, None, "bounded as configured");
    assert_eq!(read("postgres://db/n?fallback_application_name=a").options.get_application_name(), Some("a"));
    assert_eq!(read("postgres://db/n").options.get_application_name(), Some("vestibule"));
}

#[test]
fn what_a_shell_would_have_replaced_is_refused() {
    for url in [
        "postgres://$USER:p@db/n",
        "postgres://u:${DB_PASSWORD}@db/n",
        "postgres://u:$DB_PASSWORD@db/n",
        "postgres://u:p@$DB_HOST/n",
        "postgres://u:p@db/${NAME}",
        "postgres://u:p@db/n?sslmode=verify-full&sslrootcert=$HOME/ca.pem",
        "postgres://u:p@db/n?sslmode=verify-full&sslrootcert=~/ca.pem",
    ] {
        assert!(refusal(url).contains("not replaced"), "{url}");
    }
    assert_eq!(read("postgres://u:%24DB_PASSWORD@db/n").options.get_password(), Some(&b"$DB_PASSWORD"[..]));
    assert_eq!(read("postgres://u:pa$$word@db/n").options.get_password(), Some(&b"pa$$word"[..]));
}

/// security.md 39
#[test]
fn no_message_repeats_a_part_of_the_url() {
    for url in [
        "postgres://ada:hunter2@db:port/n",
        "postgres://ada:hun@hunter2/word@db/n",
        "postgres://ada:x?hunter2=1@db/n",
        "postgres://ada:x?hunter2@db/n",
        "postgres://ada:x?sslmode=hunter2@db/n",
        "postgres://ada:x/hunter2?y@db/n",
        "postgres://ada:hunter2/n",
        "postgres://ada:1/n?hunter2",
        "postgres://ada:p@db/n?sslmode=hunter2",
        "postgres://ada:p@db/n?connect_timeout=hunter2",
        "postgres://ada:p@db/n?hunter2%20=1",
        "postgres://ada:p@db/n?sslrootcert=$HOME/hunter2",
        "postgres://ada:%00hunter2@db/n",
        "postgres://ada:p@db/hunter2%0d",
        "postgres://ada:p@hunter2:x:y/n",
    ] {
        let message = refusal(url);
        assert!(!message.contains("hunter2"), "{url}: {message}");
    }
    let address = read("postgres://u:hunter2@db/n?password=hunter2");
    assert!(!format!("{address:?}").contains("hunter2"));
}
