//! The text of a new configuration.

use footfall_video::{SourceOptions, Transport, may_come_later};

use super::propose::Proposal;
use crate::sources::NamedSource;

/// What a source's part of a configuration says.
pub(super) struct Made<'a> {
    pub(super) source: &'a NamedSource,
    pub(super) proposal: &'a Proposal,
    /// Of the picture, in pixels.
    pub(super) size: [usize; 2],
    /// The name of the picture at set-up.
    pub(super) picture: &'a str,
    /// The name of the file that holds user and password.
    pub(super) login: Option<&'a str>,
    /// The ledger's file.
    pub(super) ledger: &'a str,
}

/// A configuration with one source, and comments that say what may be changed.
pub(super) fn configuration(made: &Made<'_>) -> String {
    format!(
        "\
# Made by footfall init. Lines, zones, masks and thresholds may be changed while footfall runs: it reads this
# file again. All settings, with their defaults: assets/footfall.toml of the project. To check: footfall check FILE

{source}
[ledger]
file = {ledger}  # keeps every crossing: footfall report --ledger FILE

{serve}
# [outputs]
# crossings = \"crossings.jsonl\"  # one JSON object for each crossing
# video = \"annotated.mp4\"
",
        source = of_source(made),
        ledger = quoted(made.ledger),
        serve = serve(made.source),
    )
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// One `[[source]]`.
pub(super) fn of_source(made: &Made<'_>) -> String {
    let Made { source, proposal, size, picture, login, ledger: _ } = made;
    let (a, b) = (proposal.line.a(), proposal.line.b());
    let (name, url) = (quoted(&source.name), quoted(&source.address.get().to_string_lossy()));
    let [width, height] = size;
    let login = match login {
        Some(file) => format!("login_file = {}  # holds user:password, read again for each connection\n", quoted(file)),
        None => "# login_file = \"camera.login\"  # holds user:password, read again for each connection: better than in the url\n"
            .to_owned(),
    };
    format!(
        "\
[[source]]
name = {name}  # crossings are kept under it
url = {url}
reference = {picture}  # the picture at set-up: tells whether the camera was moved since
{options}{login}# read_timeout = 10.0  # seconds without a frame until the source is opened again

# {reason}
# In pixels of the {width}x{height} picture, with y down. `in` is a crossing to the right hand of someone who
# walks from `from` to `to`: swap the two to turn it around.
[[source.line]]
name = {line}
from = [{}, {}]
to = [{}, {}]

# A place in which people stay: how many, and for how long.
# [[source.zone]]
# name = \"queue\"
# points = [[0, {height}], [{width}, {height}], [{width}, 0]]

# Where nobody is to be looked for: a screen, a mirror, the street.
# [[source.mask]]
# points = [[0, 0], [{width}, 0], [0, {height}]]
",
        a.x,
        a.y,
        b.x,
        b.y,
        picture = quoted(picture),
        options = options(&source.options),
        reason = proposal.reason,
        line = quoted(proposal.line.name()),
    )
}

/// The page: beside a camera it is wanted from the start; that of a recording would stay after its end.
fn serve(source: &NamedSource) -> String {
    let mark = if may_come_later(&source.address.get()) { "" } else { "# " };
    format!(
        "# The page, for this machine alone: a wider address wants a token (footfall token NAME).\n\
         {mark}[serve]\n{mark}address = \"{}\"\n",
        footfall_serve::Config::LOCAL
    )
}

/// How the source was opened, where that is not as usual.
fn options(options: &SourceOptions) -> String {
    let transport = match options.transport {
        Transport::Tcp => "# transport = \"udp\"  # of RTSP, instead of tcp\n",
        Transport::Udp => "transport = \"udp\"\n",
    };
    let size = options.camera_size.map(|[width, height]| format!("camera_size = [{width}, {height}]\n"));
    let rate = options.camera_rate.map(|rate| format!("camera_rate = {rate:?}\n"));
    [transport, &size.unwrap_or_default(), &rate.unwrap_or_default()].concat()
}
