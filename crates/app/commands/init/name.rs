//! What a new source is called.

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, stdin};

use anyhow::bail;
use footfall_config::NamedSource;

use crate::say::say;

/// The source's name: the one that was given with it, a file's own, or for a camera what somebody answers. Where nobody
/// is there to be asked it is `camera`, or `camera 2`.
///
/// # Errors
/// When a source of the configuration has that name already.
pub(super) fn choose(source: &NamedSource, taken: &BTreeSet<String>) -> anyhow::Result<String> {
    let is_given = source.name != source.address.to_string();
    let is_address = source.name.contains("://") || source.name.bytes().all(|byte| byte.is_ascii_digit());
    let name = if is_given {
        source.name.clone()
    } else if is_address {
        let free = free(taken);
        if stdin().is_terminal() { ask(&free)? } else { free }
    } else {
        source.file_stem()
    };
    if taken.contains(&name) {
        bail!(
            "the configuration has a source called \"{name}\" already: give this one another, as in back={}",
            source.address
        );
    }
    Ok(name)
}

fn free(taken: &BTreeSet<String>) -> String {
    let first = "camera".to_owned();
    let others = (2_usize..).map(|number| format!("camera {number}"));
    std::iter::once(first).chain(others).find(|name| !taken.contains(name)).unwrap_or_default()
}

fn ask(default: &str) -> anyhow::Result<String> {
    say(&format!("what is this camera called? [{default}] "));
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    let answer = answer.trim();
    Ok(if answer.is_empty() { default.to_owned() } else { answer.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::free;

    #[test]
    fn a_camera_without_a_name_gets_the_first_that_is_free() {
        let taken = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(free(&taken(&["front"])), "camera");
        assert_eq!(free(&taken(&["camera", "camera 3"])), "camera 2");
    }
}
