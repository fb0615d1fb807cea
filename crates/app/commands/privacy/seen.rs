//! Who can see what is kept.

use footfall_config::Config;
use footfall_serve::Role;

/// A line for each.
pub(super) fn by(config: &Config) -> Vec<String> {
    let serve = &config.serve;
    let Some(address) = serve.address else {
        return vec!["nobody: no page is served unless footfall run has --serve".to_owned()];
    };
    let tls = if serve.tls.is_some() { "encrypted" } else { "not encrypted by this program" };
    let mut lines = vec![format!("the page is at {address}, {tls}")];
    if serve.tokens.is_empty() {
        lines.push("whoever sits at this machine sees and changes everything: there is no token".to_owned());
    }
    for token in &serve.tokens {
        let may = match token.role {
            Role::Audit => "sees the clips to be audited, and nothing else",
            Role::Read => "sees the live picture, the last crossings with their pictures, and all counts",
            Role::Change => "sees the same and the clips to be audited, and changes lines and settings",
        };
        lines.push(format!("{} (role {}) {may}", token.name, token.role));
    }
    let files = "whoever may read the files above on this machine: they belong to whoever runs this program";
    lines.push(files.to_owned());
    lines
}
