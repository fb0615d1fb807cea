//! Words that are no command: said as clap says them, without the passwords of addresses among them.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;

use footfall_private::shown;

/// Says what is wrong, or the help that was asked for, and ends the process.
pub(crate) fn end(error: &clap::Error) -> ! {
    let said = error.render();
    let is_coloured =
        if error.use_stderr() { console::colors_enabled_stderr() } else { console::colors_enabled() };
    let text = if is_coloured { said.ansi().to_string() } else { said.to_string() };
    let text = without_secrets(text, std::env::args_os().skip(1));
    // Where nobody listens there is nobody to tell.
    let _ = if error.use_stderr() {
        std::io::stderr().write_all(text.as_bytes())
    } else {
        std::io::stdout().write_all(text.as_bytes())
    };
    std::process::exit(error.exit_code())
}

/// `text` with every address of `words` as it may be shown: alone, or after a name or an option.
fn without_secrets(mut text: String, words: impl Iterator<Item = OsString>) -> String {
    for word in words {
        let word = word.to_string_lossy().into_owned();
        let after = word.match_indices('=').map(|(at, _)| &word[at + 1..]);
        for place in std::iter::once(word.as_str()).chain(after) {
            let shown = shown(OsStr::new(place));
            if shown != place && !place.is_empty() {
                text = text.replace(place, &shown);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn an_address_in_the_wrong_place_is_told_without_its_password() {
        for (word, said) in [
            ("rtsp://me:hunter2@cam/1", "invalid value 'rtsp://me:hunter2@cam/1' for '--serve'"),
            ("--serve=rtsp://me:hunter2@cam/1", "invalid value 'rtsp://me:hunter2@cam/1' for '--serve'"),
            ("front=rtsp://me:hunter2@cam/1", "unexpected argument 'front=rtsp://me:hunter2@cam/1' found"),
            ("http://cam/v?pwd=hunter2", "unexpected argument 'http://cam/v?pwd=hunter2' found"),
        ] {
            let told = without_secrets(said.to_owned(), [word.into()].into_iter());
            assert!(!told.contains("hunter2") && told.contains("cam/"), "{told}");
        }
        let help = "Usage: footfall run [OPTIONS]";
        assert_eq!(without_secrets(help.to_owned(), ["--help".into(), "=".into()].into_iter()), help);
    }
}
