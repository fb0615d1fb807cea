//! An office that `footfall office prepare` has prepared, with a shop in its roll.

use std::path::Path;

use async_nats::ConnectOptions;
use footfall_office::{Office, OfficeConfig, Roll, prepare};

use crate::servers::{Hub, Postgres, free_port};
use crate::shops::{Shop, Town, plain};

/// One with the shop `berlin`, whose key is `berlin.key` in the folder; `change` adds to its configuration.
pub(crate) fn enrolled(folder: &Path, change: impl FnOnce(&mut OfficeConfig)) -> (Town, OfficeConfig, Roll) {
    let at = |name: &str| folder.join(name);
    prepare(folder, format!("127.0.0.1:{}", free_port()).parse().unwrap()).unwrap();
    let mut config = OfficeConfig::load(Some(&at("office.toml"))).unwrap();
    let port = config.hub.url.reveal().rsplit_once(':').unwrap().1.parse().unwrap();
    let mut roll = Roll::read(&config.hub.roll, &config.hub.prefix, &config.hub.stream).unwrap();
    roll.enrol("berlin", &at("berlin.key"), false).unwrap();
    let hub = Hub::configured(port, Some(at("hub.conf")));
    let postgres = Postgres::start();
    config.database.url = postgres.url().into();
    config.serve.address = Some("127.0.0.1:0".parse().unwrap());
    change(&mut config);
    let town = Town { hub, postgres, office: Some(Office::start(config.clone(), plain()).unwrap()) };
    (town, config, roll)
}

/// The shop called `name`, with the key in a file.
pub(crate) fn with_key(hub: &Hub, name: &str, key: &Path) -> Shop {
    let seed = std::fs::read_to_string(key).unwrap().trim().to_owned();
    Shop::with(&hub.url(), name, ConnectOptions::with_nkey(seed))
}
