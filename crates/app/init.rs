//! `footfall init`: a configuration for a source, with a line where people walk.

mod owner;
mod propose;
mod template;
mod watch;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueHint};
use footfall_count::Tally;
use footfall_formats::PartialFile;
use footfall_pipeline::Scene;
use footfall_video::{Overlay, OverlayConfig, encode_jpeg};

use crate::cli::SourceArgs;
use crate::config::Config;
use crate::exit::usage;
use crate::say::say;
use crate::sources::named;
use crate::{guard, logging, progress, quiet};
use propose::propose;
use watch::watch;

/// Make a configuration from a source: opens it, watches for people, proposes a line across their way
///
/// Writes the configuration with comments, the picture as it is (later it tells whether the camera was
/// moved), and the picture with the line drawn.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// A video file, a folder of pictures, a camera's number, or an address; NAME=PLACE gives it a name
    #[arg(value_hint = ValueHint::AnyPath)]
    source: OsString,

    /// The configuration
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, default_value = "footfall.toml")]
    output: PathBuf,

    #[command(flatten)]
    source_options: SourceArgs,

    /// For how many seconds of pictures people are watched
    #[arg(long, value_name = "N", default_value_t = 20)]
    seconds: u32,

    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

/// Watches, and writes the files.
pub(crate) fn run(args: &InitArgs, verbose: u8) -> anyhow::Result<()> {
    let bar = progress::bar();
    logging::start(verbose, &bar, None)?;
    footfall_video::quiet();
    let mut config = Config::default();
    // Ways need no appearance.
    config.networks.no_embedder = true;
    let source = named(&args.source, &args.source_options, &config).map_err(usage)?;
    if let Some(variable) = source.options.transport.variable() {
        quiet::restart_with(variable);
    }
    let name = source.file_stem();
    let folder = args.output.parent().unwrap_or(Path::new(""));
    let (plain, drawn) = (folder.join(format!("{name}.jpg")), folder.join(format!("{name}-line.jpg")));
    for path in [&args.output, &plain, &drawn] {
        guard::check_source(&source, "--output", path).map_err(usage)?;
        if path.exists() && !args.force {
            let error = anyhow::anyhow!(
                "{} is there already: --force replaces it, --output names another",
                path.display()
            );
            return Err(usage(error));
        }
    }
    say(&format!("watching {} for {} s of pictures\n", source.address, args.seconds));
    let seen = watch(&source, &config, args.seconds, &bar)?;
    let (width, height) = (seen.scene.frame.image.width(), seen.scene.frame.image.height());
    let proposal = propose(&seen.walks, width, height)?;
    write(&plain, &encode_jpeg(&seen.scene.frame.image, 95, &name)?)?;
    let lines = [proposal.line.clone()];
    let shown = Scene { lines: lines.into(), tallies: vec![Tally::default()], ..seen.scene };
    let picture = Overlay::new(OverlayConfig::default()).draw(&shown)?;
    write(&drawn, &encode_jpeg(&picture, 90, &name)?)?;
    let picture_name = plain.file_name().unwrap_or_default().to_string_lossy();
    let text = template::configuration(&source, &proposal, [width, height], &picture_name);
    write(&args.output, text.as_bytes())?;
    for path in [&plain, &drawn, &args.output] {
        owner::as_folder(path)
            .with_context(|| format!("cannot give {} to whom its folder belongs", path.display()))?;
    }
    say(&format!("  {}\n", proposal.reason));
    for (path, what) in [
        (&drawn, "the line as proposed"),
        (&plain, "the picture at set-up"),
        (&args.output, "the configuration"),
    ] {
        say(&format!("  {}  {what}\n", path.display()));
    }
    say(&format!(
        "next: look at {}, then footfall run --config {}\n",
        drawn.display(),
        args.output.display()
    ));
    Ok(())
}

/// Writes a new file, which only this user may read: a configuration may hold a password, a picture shows
/// people.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = PartialFile::create_private(path)?;
    file.put(bytes)?;
    Ok(file.finish()?)
}
