//! Holds the example in `assets/` to every setting that there is, by asking for one that is not: the refusal names
//! those that are.

use std::collections::BTreeSet;

use crate::Config;

const EXAMPLE: &str = include_str!("../../../assets/footfall.toml");

/// The settings in the table `path`, or `None` where there is no such table.
fn settings(path: &str) -> Option<Vec<String>> {
    // A source says of its own settings once it has a name and a place; its shapes are those of the whole file.
    let needed = if path == "source" { "name = 'a'\nurl = '0'\n" } else { "" };
    let ask = |open: &str, close: &str| {
        let text = format!("{open}{path}{close}\n{needed}no_such_setting = 1\n");
        let text = if path.is_empty() { "no_such_setting = 1\n".to_owned() } else { text };
        let error = format!("{:#}", Config::parse(&text).unwrap_err());
        let (_, known) = error.split_once("unknown field `no_such_setting`, expected ")?;
        Some(known.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
    };
    // A table may be read from a list, too: of its members in their order.
    let (one, several) = (ask("[", "]"), ask("[[", "]]"));
    let found = if needed.is_empty() { one.or(several) } else { several }?;
    Some(if needed.is_empty() {
        found
    } else {
        found
            .into_iter()
            .chain(
                ["name", "url", "reference", "hours", "windows", "line", "zone", "mask"].map(str::to_owned),
            )
            .collect()
    })
}

/// Every setting by its path.
fn all(path: &str) -> Vec<String> {
    let Some(settings) = settings(path) else { return Vec::new() };
    let inner = settings.iter().flat_map(|name| {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        // The shapes of a source are the file's own.
        let deeper = if path.starts_with("source.") { Vec::new() } else { all(&path) };
        std::iter::once(path).chain(deeper).collect::<Vec<_>>()
    });
    inner.collect()
}

/// The example with what is commented out, in its parts: settings of all sources, and named ones, stand in each
/// other's place.
fn parts() -> [toml::Table; 2] {
    let is_setting = |text: &str| {
        let key = text.split(" = ").next().unwrap_or_default();
        text.starts_with('[')
            || text.contains(" = ")
                && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let line = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if is_setting(rest) => rest.to_owned(),
        _ => line.to_owned(),
    };
    let text = EXAMPLE.lines().map(line).collect::<Vec<_>>().join("\n");
    let (file, sources) = text.split_once("\n[[source]]").unwrap();
    [file.parse().unwrap(), format!("[[source]]{sources}").parse().unwrap()]
}

fn has(table: &toml::Table, path: &str) -> bool {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(value) = table.get(first) else { return false };
    let Some(rest) = rest else { return true };
    match value {
        toml::Value::Table(inner) => has(inner, rest),
        toml::Value::Array(items) => items.iter().any(|item| item.as_table().is_some_and(|t| has(t, rest))),
        _ => false,
    }
}

#[test]
fn the_example_names_every_setting() {
    let (all, parts) = (all(""), parts());
    let known: BTreeSet<&str> = all.iter().map(String::as_str).collect();
    for path in
        ["source.login_file", "source.url", "serve.tls.key", "publish.webhook.secret", "tracker.best.n_init"]
    {
        assert!(known.contains(path), "{path} is not among {known:?}");
    }
    // Lines, zones and masks have two forms each, of which one is shown.
    let is_shape = |path: &str| ["line.", "zone.", "mask."].iter().any(|shape| path.starts_with(shape));
    // Read, and not shown: it stands under `pipeline` now.
    let is_moved = |path: &str| path == "embedder.max_batch";
    let is_wanted = |path: &&&str| !is_shape(path) && !is_moved(path);
    let missing: Vec<_> =
        known.iter().filter(is_wanted).filter(|path| !parts.iter().any(|part| has(part, path))).collect();
    assert!(missing.is_empty(), "assets/footfall.toml lacks {missing:?}");
}

#[test]
fn nothing_that_is_shown_is_a_secret_a_path_or_an_address() {
    let text = "
        [networks]
        detector = 'PRIVATE/d.onnx'
        embedder = 'PRIVATE/e.onnx'
        runtime = 'PRIVATE.so'
        [staff]
        gallery = 'PRIVATE.json'
        [remember]
        file = 'PRIVATE.sealed'
        key = { file = 'PRIVATE.key' }
        [outputs]
        video = 'PRIVATE.mp4'
        tracks = 'PRIVATE.txt'
        crossings = 'PRIVATE.jsonl'
        detections = 'PRIVATE.jsonl'
        record = 'PRIVATE.ffrec'
        summary = 'PRIVATE.json'
        [ledger]
        file = 'PRIVATE.db'
        [serve.tls]
        certificate = 'PRIVATE.pem'
        key = 'PRIVATE.key'
        [[serve.token]]
        name = 'PRIVATE'
        role = 'read'
        sha256 = 'PRIVATE'
        [publish.mqtt]
        url = 'mqtt://PRIVATE'
        user = 'PRIVATE'
        password = 'PRIVATE'
        [[publish.webhook]]
        name = 'PRIVATE'
        url = 'https://PRIVATE'
        secret = { file = 'PRIVATE' }
        [publish.nats]
        url = 'nats://PRIVATE'
        user = 'PRIVATE'
        password = { env = 'PRIVATE' }
        [publish.office]
        url = 'tls://PRIVATE'
        shop = 'PRIVATE'
        key = { file = 'PRIVATE' }
        authority = 'PRIVATE'
        edited_by = 'PRIVATE'
        [[source]]
        name = 'front'
        url = 'rtsp://me:PRIVATE@PRIVATE/PRIVATE'
        reference = 'PRIVATE.jpg'
        login_file = 'PRIVATE.login'
        read_timeout = 7.5
        [[source.line]]
        name = 'door'
        from = [1, 2]
        to = [3, 4]
    ";
    let config = Config::parse(text).unwrap();
    let shown = config.shown();
    assert!(!shown.to_string().contains("PRIVATE"), "{shown:#}");
    assert!(!format!("{:?}", (&config.source, &config.outputs)).contains("PRIVATE"));
    assert_eq!(shown["source"][0]["name"], "front");
    assert_eq!(shown["source"][0]["read_timeout"], 7.5);
    assert_eq!(shown["source"][0]["line"][0]["name"], "door");
    assert_eq!(shown["counter"]["dead_band"], 0.1);
    let of_all = Config::parse("[source]\nlogin_file = 'PRIVATE'\nread_timeout = 7.5\n").unwrap().shown();
    assert!(of_all["source"]["read_timeout"] == 7.5 && !of_all.to_string().contains("PRIVATE"));
}
