//! `footfall init`: a configuration for a source, with a line where people walk.

mod files;
mod login;
mod name;
mod owner;
mod places;
mod present;
mod template;
mod watch;
use std::path::Path;

use anyhow::Context as _;
use footfall_config::{Config, usage};
use footfall_count::{Anchor, Layout, Line, Tally, View, propose};
use footfall_formats::PartialFile;
use footfall_pipeline::{Found, Sight as _, Sighting, Windows};
use footfall_sight::{Watch, verdicts};
use footfall_track::Detection;
use footfall_video::{Overlay, OverlayConfig, encode_jpeg, may_come_later};

use crate::cli::InitArgs;
use crate::say::say;
use crate::sources::named;
use crate::{environment, logging, progress};
use files::Files;
use places::Places;
use present::Present;
use watch::watch;

/// Watches, and writes the files.
pub(crate) fn run(args: &InitArgs, verbose: u8) -> anyhow::Result<()> {
    let bar = progress::bar();
    logging::start(verbose, &bar, None)?;
    footfall_video::quiet();
    let mut config = Config::default();
    // Ways need no appearance.
    config.networks.no_embedder = true;
    let mut source = named(&args.source, &args.source_options, &config).map_err(usage)?;
    if let Some(variable) = source.options.transport.variable() {
        environment::restart_with(&[variable]);
    }
    let output = places::configuration(args.output.as_deref());
    let present = args.add.then(|| Present::read(&output)).transpose()?;
    let taken = present.as_ref().map(Present::names).unwrap_or_default();
    source.name = name::choose(&source, &taken).map_err(usage)?;
    let files = Files::of(&source, Places::new(args.output.as_deref(), &source.file_stem()), args.add);
    files.check(&source, args.force).map_err(usage)?;
    say(&format!("watching {} for {} s of pictures\n", source.address, args.seconds));
    let seen = watch(&source, &config, args.seconds, &bar)?;
    let size = [seen.scene.frame.image.width(), seen.scene.frame.image.height()];
    let view = View::of(seen.people.iter().flatten(), size[0] as f64, size[1] as f64);
    let anchor = view.map_or(Anchor::default(), View::anchor);
    let walks: Vec<Vec<_>> =
        seen.people.iter().map(|boxes| boxes.iter().map(|bbox| anchor.of(bbox)).collect()).collect();
    let proposal = propose(&walks, size[0], size[1])?;
    write(files.plain(), &encode_jpeg(&seen.scene.frame.image, 95, &source.name)?)?;
    let lines = [proposal.line.clone()];
    let sizes = sizes(&seen, &lines);
    let mut shown = seen.scene;
    (shown.seen.lines, shown.seen.tallies) = (lines.into(), vec![Tally::default()]);
    let picture = Overlay::new(OverlayConfig::default()).draw(&shown)?;
    write(files.drawn(), &encode_jpeg(&picture, 90, &source.name)?)?;
    if let Some(login) = &files.login {
        write(&login.path, format!("{}\n", login.text).as_bytes())?;
        source.address.set(login.address.clone());
    }
    let text = files.text(&source, &proposal, view, size);
    let text = present.as_ref().map_or(Ok(text.clone()), |present| present.with(&text))?;
    write(&output, text.as_bytes())?;
    for path in files.all() {
        owner::as_folder(path)
            .with_context(|| format!("cannot give {} to whom its folder belongs", path.display()))?;
    }
    say(&format!("  {}\n  {}\n{sizes}", proposal.reason, template::seen_from(view)));
    files.tell(may_come_later(&source.address.get()));
    Ok(())
}

/// How high people are at the line, and whether that is enough: by what windows show of them, which a run chooses.
fn sizes(seen: &watch::Seen, lines: &[Line]) -> String {
    let layout = Layout { lines: lines.to_vec(), ..Layout::default() };
    let mut watch = Watch::new(seen.optics, layout.clone(), Windows::Auto, false);
    for (number, bbox) in (1..).zip(seen.people.iter().flatten()) {
        let people = vec![Detection { bbox: *bbox, confidence: 1.0 }];
        let found = Found { people, cut: Vec::new() };
        watch.learn(Sighting { frame: number, found, followed: true, layout: None });
    }
    watch.look(&seen.scene.frame);
    let verdicts = verdicts(&seen.optics, &layout, watch.stature(), watch.windows());
    verdicts.iter().map(|verdict| format!("  {verdict}\n")).collect::<Vec<_>>().concat()
}

/// Writes a new file, which only this user may read: a configuration may hold a password, a picture shows
/// people.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = PartialFile::create_private(path)?;
    file.put(bytes)?;
    Ok(file.finish()?)
}
