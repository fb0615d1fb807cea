//! Where events and spans go: lines for people on stderr, and a trace of every stage if asked for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::OnceLock;

use anyhow::Context as _;
use footfall_formats::{PartialPath, Privacy};
use indicatif::ProgressBar;
use tracing::Level;
use tracing_chrome::{ChromeLayerBuilder, FlushGuard};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Filter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::cli::LogFormat;
use crate::telemetry::Telemetry;

static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// Chooses the format of the process, once.
pub(crate) fn set_format(format: LogFormat) {
    FORMAT.get_or_init(|| format);
}

pub(crate) fn is_json() -> bool {
    FORMAT.get() == Some(&LogFormat::Json)
}

/// Makes sure that structured lines go somewhere, where an error comes before logging has started.
pub(crate) fn ensure() {
    if !tracing::dispatcher::has_been_set() {
        let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).json().with_span_list(false);
        tracing_subscriber::registry().with(lines.with_filter(filter(0))).init();
    }
}

/// A trace that is being written; complete after [`Trace::finish`].
pub(crate) struct Trace {
    guard: FlushGuard,
    place: PartialPath,
}

impl Trace {
    /// Writes what is left and gives the file its name.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        drop(self.guard);
        Ok(self.place.finish()?)
    }
}

/// Sets up logging for the process, and a trace in the format of Chrome's trace viewer at `trace`.
///
/// Lines are written above `bar`. How much: `RUST_LOG`, else as `verbose` says.
pub(crate) fn start(verbose: u8, bar: &ProgressBar, trace: Option<&Path>) -> anyhow::Result<Option<Trace>> {
    start_and_tell(verbose, bar, trace, None)
}

/// The same, and tells a collector of the program's own spans.
pub(crate) fn start_and_tell(
    verbose: u8,
    bar: &ProgressBar,
    trace: Option<&Path>,
    told: Option<&Telemetry>,
) -> anyhow::Result<Option<Trace>> {
    let lines = tracing_subscriber::fmt::layer().with_writer(AboveBar(bar.clone()));
    let lines = if is_json() {
        lines.json().with_current_span(false).with_span_list(false).with_filter(filter(verbose)).boxed()
    } else {
        let ansi = console::colors_enabled_stderr();
        lines.with_ansi(ansi).with_target(verbose > 0).without_time().with_filter(filter(verbose)).boxed()
    };
    let (layer, trace) = match trace {
        Some(path) => {
            let place = PartialPath::create(path, Privacy::Usual)?;
            let file = File::create(place.temporary())
                .with_context(|| format!("cannot write the trace {}", path.display()))?;
            let (layer, guard) =
                ChromeLayerBuilder::new().writer(BufWriter::new(file)).include_args(true).build();
            (Some(layer.with_filter(own())), Some(Trace { guard, place }))
        }
        None => (None, None),
    };
    let told = told.map(|told| tracing_opentelemetry::layer().with_tracer(told.tracer()).with_filter(own()));
    tracing_subscriber::registry().with(lines).with(layer).with(told).init();
    Ok(trace)
}

/// The program's own spans alone: networks and libraries have spans by the thousand, and of addresses.
fn own<S>() -> impl Filter<S> {
    filter_fn(|about| about.target().starts_with("footfall"))
}

/// What is told. Libraries tell in detail what they are given, addresses and passwords too: of that nothing is
/// told, whatever is asked for.
fn filter<S>(verbose: u8) -> impl Filter<S> {
    let own = match verbose {
        0 => "warn,footfall::notice=info,ort=error",
        1 => "info,ort=warn",
        _ => "debug,ort=info",
    };
    let wanted = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(own));
    wanted.and(filter_fn(|event| event.target().starts_with("footfall") || *event.level() <= Level::INFO))
}

/// Standard error, with the progress bar out of the way while a line is written.
#[derive(Clone)]
struct AboveBar(ProgressBar);

impl Write for AboveBar {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for AboveBar {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
