//! TLS to the hub and the database, with real certificates; one of another authority is refused in words.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use footfall_office::{Database, DatabaseConfig, HubConfig, Office, OfficeConfig, connect_hub};

use crate::servers::{Hub, PATIENCE, Postgres, free_port, service_user, until};
use crate::shops::{Town, plain};

fn openssl(folder: &Path, arguments: &[&str]) {
    let made = Command::new("openssl").current_dir(folder).args(arguments).output().unwrap();
    assert!(made.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
}

/// An authority in a folder of its own, with a certificate of 127.0.0.1 that it has signed.
fn authority(folder: &Path, name: &str) -> PathBuf {
    let at = folder.join(name);
    fs::create_dir(&at).unwrap();
    let subject = format!("/CN={name}");
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let ca = ["req", "-x509", "-days", "30", "-subj", &subject, "-keyout", "ca.key", "-out", "ca.pem"];
    openssl(&at, &[&ca[..], &key].concat());
    let request = ["req", "-subj", "/CN=hub", "-keyout", "hub.key", "-out", "hub.csr"];
    openssl(&at, &[&request[..], &key].concat());
    fs::write(at.join("names"), "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n").unwrap();
    let sign =
        "x509 -req -days 30 -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -in hub.csr -out hub.pem";
    openssl(&at, &sign.split(' ').collect::<Vec<_>>());
    at
}

#[test]
fn whoever_shows_a_certificate_of_another_authority_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let (own, other) = (authority(folder.path(), "own"), authority(folder.path(), "other"));
    // PostgreSQL reads its key itself, and wants it to be its own.
    let key = own.join("database.key");
    fs::copy(own.join("hub.key"), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    if let Some((user, group)) = service_user() {
        chown(&key, Some(user), Some(group)).unwrap();
    }
    let (hub_port, database_port) = (free_port(), free_port());
    let conf = folder.path().join("hub.conf");
    let quoted = |path: &Path| format!("\"{}\"", path.display());
    let text = format!(
        "listen: \"127.0.0.1:{hub_port}\"\njetstream {{ store_dir: {} }}\ntls {{ cert_file: {}, key_file: {} }}\n",
        quoted(&folder.path().join("stream")),
        quoted(&own.join("hub.pem")),
        quoted(&own.join("hub.key"))
    );
    fs::write(&conf, text).unwrap();
    let hub = Hub::configured(hub_port, Some(conf));
    let settings = [
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={database_port}"),
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", own.join("hub.pem").display()),
        format!("ssl_key_file={}", key.display()),
    ];
    let postgres = Postgres::start_with(&settings);
    let config = |authority: &Path| OfficeConfig {
        hub: HubConfig {
            url: format!("tls://127.0.0.1:{hub_port}").into(),
            authority: Some(authority.join("ca.pem").into()),
            ..HubConfig::default()
        },
        database: DatabaseConfig {
            url: format!("host=127.0.0.1 port={database_port} user=office dbname=postgres sslmode=require")
                .into(),
            authority: Some(authority.join("ca.pem").into()),
            ..DatabaseConfig::default()
        },
        serve: footfall_serve::Config {
            address: Some("127.0.0.1:0".parse().unwrap()),
            ..footfall_serve::Config::default()
        },
        ..OfficeConfig::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let wrong = config(&other);
        let refused = connect_hub(&wrong.hub, "test", PATIENCE).await.unwrap_err().to_string();
        assert!(refused.contains("not trusted") && refused.contains("hub.authority"), "{refused}");
        let database = Database::new(&wrong.database, "test").unwrap();
        let refused = database.connect().await.unwrap_err().to_string();
        assert!(refused.contains("not trusted") && refused.contains("database.authority"), "{refused}");
    });
    let office = Office::start(config(&own), plain()).unwrap();
    let town = Town { hub, postgres, office: Some(office) };
    let ssl = "SELECT count(*) > 2 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
               WHERE ssl AND application_name = 'footfall office'";
    until("its connections are encrypted", || (town.postgres.sql(ssl) == ["t"]).then_some(()));
    // Both parts that need the hub have it.
    let plain = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                 WHERE NOT ssl AND application_name = 'footfall office'";
    assert_eq!(town.postgres.sql(plain), ["0"]);
    let url = town.office.as_ref().unwrap().url();
    until("nothing is wrong", || {
        let mut answer = ureq::get(format!("{url}api/v1/shops")).call().ok()?;
        let shops: serde_json::Value =
            serde_json::from_str(&answer.body_mut().read_to_string().ok()?).ok()?;
        (shops["troubles"] == serde_json::json!([])).then_some(())
    });
}
