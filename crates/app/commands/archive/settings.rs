//! How an archive's recordings are counted: what of a configuration decides that, so that it can go to other machines.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use footfall_archive::Settings;
use footfall_config::{Config, models, usage};
use footfall_count::PartLayout;
use toml::{Table, Value};

use crate::cli::archive::{CountingArgs, SubmitArgs};
use crate::plan::check_settings;
use crate::sources::named;

/// The tables that decide what is counted. What is written, shown and told, and how many threads work, does not.
const DECIDING: [&str; 9] =
    ["networks", "detector", "embedder", "tracker", "counter", "health", "line", "zone", "mask"];
/// What of a `[[source]]` is that camera's own.
const OF_THE_CAMERA: [&str; 6] = ["name", "url", "login_file", "reference", "hours", "transport"];

/// What the arguments and their configuration say, checked as for a run.
pub(super) fn of(args: &SubmitArgs) -> anyhow::Result<Settings> {
    settings(args).map_err(usage)
}

fn settings(args: &SubmitArgs) -> anyhow::Result<Settings> {
    let config = Config::load_with(args.config.as_deref(), &given(&args.counting)?)?;
    if config.staff.gallery.is_some() {
        bail!(
            "staff are not told in archives: who they are stays on the machine that enrolled them. Take out staff.gallery"
        );
    }
    let mut raw = Table::new();
    if let Some(path) = &args.config {
        let text = std::fs::read_to_string(path);
        let text = text.with_context(|| format!("cannot read the configuration {}", path.display()))?;
        raw = text.parse().with_context(|| format!("the configuration {}", path.display()))?;
    }
    let source = source(raw.remove("source"), args.source.as_deref())?;
    raw.retain(|key, _| DECIDING.contains(&key));
    let entry = config.source.list.iter().find(|entry| Some(&entry.name) == args.source.as_ref());
    let layout = given(&args.counting)?.over(&match entry {
        Some(entry) => entry.layout.over(&config.layout()),
        None => config.layout(),
    });
    if layout.lines.is_empty() && layout.zones.is_empty() {
        bail!("no line and no zone is given, so nothing would be counted: see --line");
    }
    check_settings(&[named("recording.mp4".as_ref(), &no_options(), &config)?], &config)?;
    if let Some(Value::Table(networks)) = raw.get_mut("networks") {
        networks.remove("runtime");
        let (detector, embedder) = (&config.networks.detector, &config.networks.embedder);
        whole(networks, "detector", detector.as_deref().filter(|path| !models::is_name(path)))?;
        whole(networks, "embedder", embedder.as_deref().filter(|path| !models::is_embedder_name(path)))?;
    }
    raw.insert("source".to_owned(), Value::Array(vec![Value::Table(source)]));
    Ok(Settings::new(toml::to_string(&raw)?, options(&args.counting)))
}

/// The settings of the source whose recordings they are.
fn source(source: Option<Value>, wanted: Option<&str>) -> anyhow::Result<Table> {
    let mut table = match (source, wanted) {
        (Some(Value::Array(list)), Some(wanted)) => {
            let is_wanted = |table: &Table| table.get("name").and_then(Value::as_str) == Some(wanted);
            let mut tables = list
                .into_iter()
                .filter_map(|value| if let Value::Table(table) = value { Some(table) } else { None });
            tables
                .find(is_wanted)
                .ok_or_else(|| anyhow!("the configuration has no [[source]] called {wanted:?}"))?
        }
        (Some(Value::Array(list)), None) if list.len() > 1 => {
            bail!("the configuration has several [[source]]: --source says whose lines these recordings have")
        }
        (Some(Value::Array(mut list)), None) => match list.pop() {
            Some(Value::Table(table)) => table,
            _ => Table::new(),
        },
        (_, Some(wanted)) => bail!("the configuration has no [[source]] called {wanted:?}"),
        (Some(Value::Table(table)), None) => table,
        _ => Table::new(),
    };
    table.retain(|key, _| !OF_THE_CAMERA.contains(&key));
    Ok(table)
}

/// A network's file by its path from the root on: the others look for it there.
fn whole(networks: &mut Table, key: &str, path: Option<&Path>) -> anyhow::Result<()> {
    if let Some(path) = path {
        let path = std::path::absolute(path)?;
        let text = path.to_str().with_context(|| format!("{} is no plain text", path.display()))?;
        networks.insert(key.to_owned(), text.into());
    }
    Ok(())
}

fn given(args: &CountingArgs) -> anyhow::Result<PartLayout> {
    fn all<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
        texts: &[String],
    ) -> anyhow::Result<Vec<T>> {
        texts.iter().map(|text| Ok(text.parse()?)).collect()
    }
    Ok(PartLayout::given(&all(&args.lines)?, &all(&args.zones)?, &all(&args.masks)?))
}

fn options(args: &CountingArgs) -> Vec<String> {
    let several = [("--line", &args.lines), ("--zone", &args.zones), ("--mask", &args.masks)];
    let mut options: Vec<String> = several
        .iter()
        .flat_map(|(name, texts)| texts.iter().map(move |text| format!("{name}={text}")))
        .collect();
    options.extend(args.anchor.as_ref().map(|anchor| format!("--anchor={anchor}")));
    options.extend(args.preset.as_ref().map(|preset| format!("--preset={preset}")));
    options
}

fn no_options() -> crate::cli::SourceArgs {
    crate::cli::SourceArgs { transport: None, camera_size: None, camera_rate: None }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::settings;
    use crate::cli::archive::Command as Archive;
    use crate::cli::{Cli, Command};

    fn of(configuration: &str, words: &[&str]) -> Result<footfall_archive::Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.toml");
        std::fs::write(&path, configuration).unwrap();
        let start = ["footfall", "archive", "submit", "x", "--config", path.to_str().unwrap()];
        let Command::Archive(args) = Cli::try_parse_from([&start, words].concat()).unwrap().command else {
            panic!("another command")
        };
        let Archive::Submit(args) = args.command else { panic!("another command") };
        settings(&args).map_err(|error| format!("{error:#}"))
    }

    const SHOP: &str = "
        [serve]
        address = '127.0.0.1:1'
        [networks]
        device = 'cpu'
        detector = 'own.onnx'
        [counter]
        anchor = 'head'
        [[source]]
        name = 'front'
        url = 'rtsp://me:secret@10.0.0.7/1'
        frame_rate = 12.5
        [[source.line]]
        name = 'door'
        from = [1, 2]
        to = [3, 4]
        [[source]]
        name = 'back'
        url = '0'
    ";

    #[test]
    fn what_decides_the_count_goes_along_and_nothing_else() {
        let settings = of(SHOP, &["--source", "front"]).unwrap();
        let text = &settings.configuration;
        for word in ["head", "12.5", "door", "cpu", "/own.onnx\""] {
            assert!(text.contains(word), "{text}");
        }
        for word in ["secret", "rtsp", "front", "back", "serve", "127.0.0.1"] {
            assert!(!text.contains(word), "{text}");
        }
        let padded =
            SHOP.replace("[counter]", "# of no account\n[counter]\n").replace("127.0.0.1:1", "127.0.0.1:2");
        // The network's path begins in the configuration's folder, which is another one each time.
        let digest = |configuration: &str, words: &[&str]| {
            let configuration = configuration.replace("own.onnx", "/models/own.onnx");
            of(&configuration, words).unwrap().digest
        };
        assert_eq!(digest(SHOP, &["--source", "front"]), digest(&padded, &["--source", "front"]));
        assert_ne!(
            digest(SHOP, &["--source", "front"]),
            digest(&SHOP.replace("'head'", "'feet'"), &["--source", "front"])
        );
        assert_ne!(
            digest(SHOP, &["--source", "front"]),
            digest(SHOP, &["--source", "front", "--line", "door:0,0,1,1"])
        );
    }

    #[test]
    fn what_would_count_nothing_or_cannot_be_told_is_refused() {
        assert!(of(SHOP, &[]).unwrap_err().contains("--source"));
        assert!(of(SHOP, &["--source", "side"]).unwrap_err().contains("side"));
        assert!(of(SHOP, &["--source", "back"]).unwrap_err().contains("--line"));
        assert!(of("", &[]).unwrap_err().contains("--line"));
        assert!(of("[staff]\ngallery = 'a'\n", &["--line", "door:0,0,1,1"]).unwrap_err().contains("staff"));
        assert!(of("", &["--line", "door:0,0,1,1"]).is_ok());
    }
}
