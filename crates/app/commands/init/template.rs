//! The text of a new configuration.

use footfall_config::NamedSource;
use footfall_count::{Proposal, View};
use footfall_video::{SourceOptions, Transport, may_come_later};

/// What a source's part of a configuration says.
pub(super) struct Made<'a> {
    pub(super) source: &'a NamedSource,
    pub(super) proposal: &'a Proposal,
    /// From where people are seen, if that could be told.
    pub(super) view: Option<View>,
    /// Of the picture, in pixels.
    pub(super) size: [usize; 2],
    /// The file of the picture at set-up, as the configuration names it,
    pub(super) picture: &'a str,
    /// that of user and password,
    pub(super) login: Option<&'a str>,
    /// and the ledger's.
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
{detector}# [outputs]
# crossings = \"crossings.jsonl\"  # one JSON object for each crossing
# video = \"annotated.mp4\"
",
        source = of_source(made),
        ledger = quoted(made.ledger),
        serve = serve(made.source),
        detector = detector(made.view),
    )
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// One `[[source]]`.
pub(super) fn of_source(made: &Made<'_>) -> String {
    let Made { source, proposal, view, size, picture, login, ledger: _ } = made;
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
{anchor}
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
        anchor = anchor(*view),
    )
}

/// From where people are seen, and what follows, in a sentence.
pub(super) fn seen_from(view: Option<View>) -> String {
    match view {
        None => {
            "too few people were seen to tell how steeply the camera looks down: if from straight above, set \
                 anchor = \"centre\" and detector = \"overhead\""
                .to_owned()
        }
        Some(view @ View::Side) => format!("people are seen {}: their feet pass the line", view.as_str()),
        Some(view @ View::Steep) => format!(
            "people are seen {}: the detector for such views is set; look at a video of it (--output) first",
            view.as_str()
        ),
        Some(view @ View::Down) => format!(
            "people are seen {}: the middle of their boxes passes the line, and the detector for such views is set",
            view.as_str()
        ),
    }
}

/// The point of a person that passes lines.
fn anchor(view: Option<View>) -> &'static str {
    match view {
        Some(View::Down) => {
            "anchor = \"centre\"  # the middle of a person passes lines: seen from straight above"
        }
        _ => {
            "# anchor = \"centre\"  # what passes lines, instead of the feet, where the camera looks straight down"
        }
    }
}

/// The detector, where it is not the usual one.
fn detector(view: Option<View>) -> &'static str {
    if view.is_some_and(View::is_overhead) {
        "\n[networks]\ndetector = \"overhead\"  # the camera looks down steeply; without it: the usual one\n"
    } else {
        ""
    }
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
