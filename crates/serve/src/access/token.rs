//! Tokens: 256 random bits, of which only the hash is kept.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::ServeError;
use crate::hex::hex;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Look at clips and say what is in them, and nothing else.
    Audit,
    /// Look at everything but clips.
    Read,
    /// Change lines and settings, too, and look at clips.
    Change,
}

/// A token that is accepted, as it stands in the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenConfig {
    /// Whose it is: for people, and for the log.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// SHA-256 of the token, in hexadecimal digits. A token has 256 random bits, so nothing slower is
    /// needed to keep it from being guessed.
    pub sha256: String,
}

impl TokenConfig {
    pub(crate) fn check(&self) -> Result<(), ServeError> {
        if self.sha256.len() == 64 && self.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(());
        }
        let problem = format!(
            "\"{}\" has no sha256 of 64 hexadecimal digits: `footfall token {0}` makes a token and says its hash",
            self.name
        );
        Err(ServeError::Setting { setting: "token", problem })
    }

    /// The hash, as [`hash`] writes it.
    pub(super) fn hash(&self) -> String {
        self.sha256.to_ascii_lowercase()
    }

    pub(super) fn is(&self, hash: &str) -> bool {
        self.hash().as_bytes().ct_eq(hash.as_bytes()).into()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Audit => "audit",
            Self::Read => "read",
            Self::Change => "change",
        })
    }
}

/// A new token for `name`, and what the configuration keeps of it.
///
/// # Errors
/// When the system has no random numbers.
pub fn new_token(name: &str, role: Role) -> Result<(String, TokenConfig), getrandom::Error> {
    let token = random()?;
    let sha256 = hash(&token);
    Ok((token, TokenConfig { name: name.to_owned(), role, sha256 }))
}

/// 256 random bits in hexadecimal digits.
pub(super) fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// SHA-256 in hexadecimal digits.
pub(super) fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.trim().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_hash_alone() {
        let (token, config) = new_token("wall", Role::Read).unwrap();
        config.check().unwrap();
        assert!(config.is(&hash(&token)) && config.is(&hash(&format!("{token}\n"))));
        assert!(!config.is(&hash(&token[1..])) && !config.is(&token) && !config.is(""));
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let wrong = TokenConfig { sha256: token[..10].to_owned(), ..config };
        assert!(wrong.check().unwrap_err().to_string().contains("footfall token wall"));
    }
}
