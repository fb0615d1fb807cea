//! Passwords and keys that a configuration needs, and that nobody gets to see again.

use std::{env, fmt, fs};

use serde::Deserialize;

use crate::LocalPath;

/// A secret, or where it is: `"..."`, `{ env = "NAME" }`, `{ file = "PATH" }`.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Secret {
    /// The secret itself.
    Here(String),
    /// In an environment variable.
    Env {
        /// Its name.
        env: String,
    },
    /// In a file, of which line breaks at the end are no part.
    File {
        /// Its path.
        file: LocalPath,
    },
}

impl Secret {
    /// The secret.
    ///
    /// # Errors
    /// Where it is looked for, when it is not there.
    pub fn reveal(&self) -> Result<String, String> {
        match self {
            Self::Here(secret) => Ok(secret.clone()),
            Self::Env { env } => {
                env::var(env).map_err(|_| format!("the environment variable {env} is not set"))
            }
            Self::File { file } => fs::read_to_string(file)
                .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
                .map_err(|error| format!("the file {} cannot be read: {error}", file.display())),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(...)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_read_from_where_it_is_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "s3cret\n").unwrap();
        let read = |json: serde_json::Value| serde_json::from_value::<Secret>(json).unwrap();
        assert_eq!(read(serde_json::json!({"file": path})).reveal().unwrap(), "s3cret");
        assert!(
            read(serde_json::json!({"env": "FOOTFALL_NO_SUCH"}))
                .reveal()
                .unwrap_err()
                .contains("FOOTFALL_NO_SUCH")
        );
        let here = read(serde_json::json!("s3cret"));
        assert_eq!(here.reveal().unwrap(), "s3cret");
        assert!(!format!("{here:?}").contains("s3cret"));
    }
}
