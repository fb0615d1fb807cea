//! What an owner may say about visitors whom a restart is not to forget.

use footfall_evidence::Seal;
use footfall_private::{LocalPath, Secret};
use serde::Deserialize;

/// Where visitors of the window are kept for the next start. Without a file they are forgotten with the program.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RememberConfig {
    /// The file; it is always encrypted.
    pub file: Option<LocalPath>,
    /// 64 hexadecimal digits, or where they are.
    pub key: Option<Secret>,
}

impl RememberConfig {
    /// The file and what it is sealed with; none where nothing is kept.
    ///
    /// # Errors
    ///
    /// Where there is no key, or it cannot be read, or is none.
    pub fn sealed(&self) -> anyhow::Result<Option<(LocalPath, Seal)>> {
        let Some(file) = &self.file else { return Ok(None) };
        let Some(key) = &self.key else {
            anyhow::bail!(
                "remember.file keeps how people look, and remember.key is missing: `openssl rand -hex 32 > visitors.key` \
                 makes one for key = {{ file = \"visitors.key\" }}"
            );
        };
        let text = key.reveal().map_err(|problem| anyhow::anyhow!("remember.key: {problem}"))?;
        let seal = Seal::new(&text).ok_or_else(|| {
            anyhow::anyhow!("remember.key is not 64 hexadecimal digits: `openssl rand -hex 32` makes some")
        })?;
        Ok(Some((file.clone(), seal)))
    }
}

#[cfg(test)]
mod tests {
    use crate::Config;

    #[test]
    fn a_file_needs_a_key_and_a_wrong_one_is_not_repeated() {
        let sealed = |text: &str| Config::parse(text).unwrap().remember.sealed();
        assert!(sealed("").unwrap().is_none());
        let error = sealed("[remember]\nfile = 'v'\n").unwrap_err().to_string();
        assert!(error.contains("remember.key is missing"), "{error}");
        let error = sealed("[remember]\nfile = 'v'\nkey = 'hunter2'\n").unwrap_err().to_string();
        assert!(error.contains("openssl") && !error.contains("hunter2"), "{error}");
        let good = sealed(&format!("[remember]\nfile = 'v'\nkey = '{}'\n", "a1".repeat(32)));
        assert!(good.unwrap().is_some());
    }
}
