//! `footfall office`: what many shops count, in one place.

mod report;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use footfall_config::usage;
use footfall_office::{Office, OfficeConfig, OfficeError, Roll, Sheets, editing_key, prepare, reload};
use footfall_pipeline::Stop;

use crate::cli::OfficeArgs;
use crate::cli::office::{Command, EnrolShopArgs, OfficeConfigArgs, OfficeRunArgs, PrepareArgs, RevokeArgs};
use crate::say::say;
use crate::telemetry::Telemetry;
use crate::{interrupt, logging, progress};

/// What is read where nothing else is named.
const HERE: &str = "office.toml";

/// Does what was asked for.
pub(crate) fn run(args: &OfficeArgs, verbose: u8) -> anyhow::Result<()> {
    let Some(command) = &args.command else { return serve(&args.run, verbose) };
    logging::start(verbose, &progress::bar(), None)?;
    match command {
        Command::Prepare(args) => set_up(args),
        Command::Enrol(args) => enrol(args),
        Command::Revoke(args) => revoke(args),
        Command::Shops(args) => list(args),
        Command::Report(args) => report::run(args),
    }
}

fn serve(args: &OfficeRunArgs, verbose: u8) -> anyhow::Result<()> {
    let mut config = load(&args.config)?;
    let telemetry = Telemetry::start(&config.telemetry, "footfall office")?;
    logging::start_and_tell(verbose, &progress::bar(), None, telemetry.as_ref())?;
    config.serve.address = args.address.or(config.serve.address);
    let stop = Stop::new();
    interrupt::stop_on_signal(&stop)?;
    let sheets: Arc<dyn Sheets> = Arc::new(report::Files);
    let started = Office::start_patiently(&config, &sheets, |pause| stop.wait(pause)).map_err(told)?;
    let Some(office) = started else { return Ok(()) };
    say(&format!("the office's page is at {}\n", office.url()));
    while !stop.wait(Duration::from_hours(1)) {}
    Ok(())
}

fn set_up(args: &PrepareArgs) -> anyhow::Result<()> {
    let made = prepare(&args.folder, args.listen).map_err(told)?;
    for path in &made {
        say(&format!("wrote {}\n", path.display()));
    }
    let at = |name: &str| args.folder.join(name).display().to_string();
    say(&format!(
        "\nNext:\n  createdb footfall\n  nats-server --config {}\n  footfall office --config {}\n  footfall office enrol SHOP \
         --config {}\n",
        at("hub.conf"),
        at(HERE),
        at(HERE)
    ));
    Ok(())
}

fn enrol(args: &EnrolShopArgs) -> anyhow::Result<()> {
    let (config, mut roll) = roll(&args.config)?;
    let key = args.key.clone().unwrap_or_else(|| format!("{}.key", args.shop).into());
    let enrolled = roll.enrol(&args.shop, &key, args.renew).map_err(told)?;
    say(&format!(
        "{} is enrolled, as {}. Bring {} to the shop, and put this into its configuration:\n\n",
        args.shop,
        enrolled.public,
        enrolled.key.display()
    ));
    let edited_by = editing_key(&config.hub.editing_key).map_err(told)?;
    let shop = toml::Value::from(args.shop.as_str());
    let file = toml::Value::from(key.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let text = format!(
        "[publish.office]\nurl = \"tls://OFFICE:4222\" # or nats://, in a network that you trust\nshop = {shop}\nkey = {{ \
         file = {file} }}\nedited_by = \"{edited_by}\" # whoever has this key edits lines and thresholds; leave it out if \
         nobody may\n"
    );
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    tell_hub(&config.hub.roll);
    Ok(())
}

fn revoke(args: &RevokeArgs) -> anyhow::Result<()> {
    let (config, mut roll) = roll(&args.config)?;
    roll.revoke(&args.shop).map_err(told)?;
    say(&format!("{} may publish no more; what it has told stays\n", args.shop));
    tell_hub(&config.hub.roll);
    Ok(())
}

fn list(args: &OfficeConfigArgs) -> anyhow::Result<()> {
    let (_, roll) = roll(args)?;
    let text: String = roll.shops().into_iter().map(|shop| shop + "\n").collect();
    Ok(std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?)
}

/// The hub obeys the roll as soon as it has read it again.
fn tell_hub(roll: &Path) {
    if reload(roll) {
        say("\nthe hub has been told\n");
    } else {
        say("\nhave the hub read it: nats-server --signal reload\n");
    }
}

fn roll(args: &OfficeConfigArgs) -> anyhow::Result<(OfficeConfig, Roll)> {
    let config = load(args)?;
    let roll = Roll::read(&config.hub.roll, &config.hub.prefix, &config.hub.stream).map_err(told)?;
    Ok((config, roll))
}

fn load(args: &OfficeConfigArgs) -> anyhow::Result<OfficeConfig> {
    let here = Path::new(HERE);
    let path = args.config.as_deref().or_else(|| here.exists().then_some(here));
    OfficeConfig::load(path).map_err(|error| usage(anyhow!(error)))
}

/// The office's refusal, as the exit code tells it.
fn told(error: OfficeError) -> anyhow::Error {
    match error {
        OfficeError::Setting { .. } | OfficeError::Roll(_) | OfficeError::Report(_) => usage(error),
        OfficeError::Page(error) => footfall_site::refused(error),
        error => error.into(),
    }
}
