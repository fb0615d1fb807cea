//! `footfall token`: a new token, and what the configuration keeps of it.

use anyhow::Context as _;
use footfall_serve::new_token;

use crate::cli::TokenArgs;
use crate::say::say;

/// The token on stdout, where it can be piped to whoever uses it; the rest on stderr.
pub(crate) fn run(args: &TokenArgs) -> anyhow::Result<()> {
    let (token, kept) =
        new_token(&args.name, args.role.into()).context("the system has no random numbers")?;
    let name = toml::Value::from(kept.name);
    say(&format!(
        "Put this into the configuration:\n\n[[serve.token]]\nname = {name}\nrole = \"{}\"\nsha256 = \"{}\"\n\n\
         The token itself, which is kept nowhere and shown this once:\n",
        kept.role, kept.sha256
    ));
    let mut out = std::io::stdout();
    std::io::Write::write_all(&mut out, format!("{token}\n").as_bytes()).context("cannot write the token")
}
