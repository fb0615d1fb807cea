//! The text of a new configuration.

use super::propose::Proposal;
use crate::sources::NamedSource;

/// A configuration with one source, and comments that say what may be changed.
pub(super) fn configuration(
    source: &NamedSource,
    proposal: &Proposal,
    size: [usize; 2],
    picture: &str,
) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let (a, b) = (proposal.line.a(), proposal.line.b());
    let (name, url) = (quoted(&source.file_stem()), quoted(&source.address.get().to_string_lossy()));
    let [width, height] = size;
    format!(
        "\
# Made by footfall init. Lines and thresholds may be changed while footfall runs: it reads this file again.
# All settings, with their defaults: assets/footfall.toml of the project. To check: footfall check FILE

[[source]]
name = {name}                   # crossings are kept under it
url = {url}
reference = {picture}           # the picture at set-up: tells whether the camera was moved since
# transport = \"udp\"             # of RTSP, instead of tcp
# read_timeout = 10.0           # seconds without a frame until the source is opened again

# {reason}
# In pixels of the {width}x{height} picture, with y down. `in` is a crossing to the right hand of someone who
# walks from `from` to `to`: swap the two to turn it around.
[[source.line]]
name = {line}
from = [{}, {}]
to = [{}, {}]

[outputs]
crossings = \"crossings.jsonl\"   # one JSON object for each crossing
# video = \"annotated.mp4\"
",
        a.x,
        a.y,
        b.x,
        b.y,
        picture = quoted(picture),
        reason = proposal.reason,
        line = quoted(proposal.line.name()),
    )
}
