//! One way out: 0 done, 2 wrong usage or configuration, 1 anything else.

use std::process::ExitCode;

use footfall_config::Usage;
use footfall_site::NOTICE;

use crate::logging;
use crate::say::say;

/// Says what went wrong, if anything did, and how the process ends.
pub(crate) fn code(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    let status = if error.is::<Usage>() { ExitCode::from(2) } else { ExitCode::FAILURE };
    if logging::is_json() {
        logging::ensure();
        tracing::error!(target: NOTICE, "{}", chain(&error));
        return status;
    }
    let label = console::style("error:").for_stderr().red().bold();
    say(&format!("{label} {}\n", chain(&error)));
    status
}

/// The error and its causes, each once: many of our errors already end with their cause.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::chain;

    #[test]
    fn a_cause_is_told_once() {
        let told =
            Err::<(), _>(std::io::Error::other("disk full")).context("writing a.mp4: disk full").unwrap_err();
        assert_eq!(chain(&told), "writing a.mp4: disk full");
        let untold = Err::<(), _>(std::io::Error::other("disk full")).context("writing a.mp4").unwrap_err();
        assert_eq!(chain(&untold), "writing a.mp4: disk full");
    }
}
