//! Who may say something about a network, and who is believed: an option, then `FILE.toml` beside the file,
//! then the file's own `footfall.*` metadata, then what its exporter wrote.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{KEYS, exporter};
use crate::{Error, ModelFault};

/// Something that is said about a network, `KEY=VALUE` with a key of `KEYS`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Statement {
    /// One of [`KEYS`].
    key: String,
    value: String,
}

/// A text that says nothing about a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} says nothing about a network: expected KEY=VALUE, with a key of {}", KEYS.join(", "))]
pub struct ParseStatementError {
    text: String,
}

impl Statement {
    /// The classes that are people, by number or name, with commas between several.
    #[must_use]
    pub fn of_class(class: &str) -> Self {
        Self { key: "class".to_owned(), value: class.to_owned() }
    }
}

impl FromStr for Statement {
    type Err = ParseStatementError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once('=').unwrap_or_default();
        let key = KEYS.into_iter().find(|known| *known == key.trim());
        let stated = key.map(|key| Self { key: key.to_owned(), value: value.trim().to_owned() });
        stated.ok_or_else(|| ParseStatementError { text: text.to_owned() })
    }
}

impl TryFrom<String> for Statement {
    type Error = ParseStatementError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Statement> for String {
    fn from(statement: Statement) -> Self {
        format!("{}={}", statement.key, statement.value)
    }
}

/// Who states a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line or the configuration.
    Option,
    /// The file beside the network, by its name.
    Beside(String),
    /// The network's own `footfall.*` metadata.
    Own,
    /// Its exporter, under this key.
    Exporter(&'static str),
}

impl Origin {
    /// The start of a sentence that goes on with ` = VALUE`.
    pub(crate) fn says(&self, key: &str) -> String {
        match self {
            Self::Option => format!("an option says {key}"),
            Self::Beside(name) => format!("{name} says {key}"),
            Self::Own => format!("its metadata says footfall.{key}"),
            Self::Exporter(name) => format!("its metadata says {name}"),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option => formatter.write_str("by option"),
            Self::Beside(name) => write!(formatter, "by {name}"),
            Self::Own => formatter.write_str("by its own metadata"),
            Self::Exporter(name) => write!(formatter, "by its exporter's metadata ({name})"),
        }
    }
}

/// A value with who states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) value: String,
    pub(crate) origin: Origin,
}

/// Everything that is said about one network beside the file itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layers {
    options: Vec<Statement>,
    beside: Vec<Statement>,
    /// The name of the file beside the network.
    name: String,
}

/// The file beside a network that says how it is read: `people.onnx.toml` beside `people.onnx`.
#[must_use]
pub fn beside(network: &Path) -> PathBuf {
    let mut name = OsString::from(network);
    name.push(".toml");
    name.into()
}

impl Layers {
    /// Of a network that lies in no file.
    pub(crate) fn of_options(options: &[Statement]) -> Self {
        Self { options: options.to_vec(), ..Self::default() }
    }

    /// With the file beside the network, where there is one.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub(crate) fn of(network: &Path, options: &[Statement]) -> Result<Self, Error> {
        let path = beside(network);
        let stated = match fs::read_to_string(&path) {
            Ok(text) => statements(&text).map_err(|reason| Error::Beside { path: path.clone(), reason })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Error::Beside { path, reason: error.to_string() }),
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { options: options.to_vec(), beside: stated, name })
    }

    /// The value of the key by whoever is believed most; `custom` reads the network's own metadata.
    pub(crate) fn get(&self, key: &'static str, custom: impl Fn(&str) -> Option<String>) -> Option<Stated> {
        // The last of several options of one key holds, as with other options.
        let of = |list: &[Statement]| list.iter().rev().find(|s| s.key == key).map(|s| s.value.clone());
        let stated = |value, origin| Stated { value, origin };
        of(&self.options)
            .map(|value| stated(value, Origin::Option))
            .or_else(|| Some(stated(of(&self.beside)?, Origin::Beside(self.name.clone()))))
            .or_else(|| Some(stated(custom(&format!("footfall.{key}"))?, Origin::Own)))
            .or_else(|| {
                let (value, name) = exporter::value(key, &custom)?;
                Some(stated(value, Origin::Exporter(name)))
            })
    }

    /// Refuses a network that its exporter made for something else, unless somebody says what it is.
    ///
    /// # Errors
    /// When its metadata say so.
    pub(crate) fn check_task(&self, custom: impl Fn(&str) -> Option<String>) -> Result<(), ModelFault> {
        if self.options.iter().chain(&self.beside).any(|statement| statement.key == "task") {
            return Ok(());
        }
        exporter::check_task(custom)
    }
}

/// What a TOML file says.
fn statements(text: &str) -> Result<Vec<Statement>, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let statement = |(key, value): (String, toml::Value)| {
        let known = KEYS.into_iter().find(|known| *known == key);
        let key = known.ok_or_else(|| format!("there is no key {key:?}; there are {}", KEYS.join(", ")))?;
        let value =
            plain(&value).ok_or_else(|| format!("{key} is neither a text, a number nor a list of these"))?;
        Ok(Statement { key: key.to_owned(), value })
    };
    table.into_iter().map(statement).collect()
}

/// A value as it would stand in metadata.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(answer) => Some(answer.to_string()),
        toml::Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().filter(|item| !item.is_array()).map(plain).collect();
            items.map(|items| items.join(","))
        }
        toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Layers, Origin, Statement, beside};
    use crate::Error;

    #[test]
    fn who_is_nearer_to_the_user_is_believed() {
        let folder = tempfile::tempdir().unwrap();
        let network = folder.path().join("people.onnx");
        fs::write(beside(&network), "colour = \"bgr\"\npad = 7\nmean = [1, 2.5, 3]\nnms = true\n").unwrap();
        let options: Vec<Statement> = vec!["pad=8".parse().unwrap(), "pad = 9".parse().unwrap()];
        let layers = Layers::of(&network, &options).unwrap();
        let own = |key: &str| match key {
            "footfall.colour" | "footfall.pad" => Some("own".to_owned()),
            "footfall.stride" => Some("64".to_owned()),
            "stride" => Some("32".to_owned()),
            "imgsz" => Some("[640, 640]".to_owned()),
            _ => None,
        };
        let get = |key| layers.get(key, own).map(|stated| (stated.value, stated.origin));
        let file = Origin::Beside("people.onnx.toml".to_owned());
        assert_eq!(get("pad"), Some(("9".to_owned(), Origin::Option)));
        assert_eq!(get("colour"), Some(("bgr".to_owned(), file.clone())));
        assert_eq!(get("mean"), Some(("1,2.5,3".to_owned(), file.clone())));
        assert_eq!(get("nms"), Some(("true".to_owned(), file)));
        assert_eq!(get("stride"), Some(("64".to_owned(), Origin::Own)));
        assert_eq!(get("size"), Some(("640x640".to_owned(), Origin::Exporter("imgsz"))));
        assert_eq!(get("family"), None);
    }

    #[test]
    fn a_file_that_is_not_understood_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let network = folder.path().join("people.onnx");
        for (text, word) in [
            ("colour", "line 1"),
            ("color = \"bgr\"", "colour"),
            ("[size]\na = 1", "size"),
            ("pad = 1979-05-27", "pad"),
        ] {
            fs::write(beside(&network), text).unwrap();
            let error = Layers::of(&network, &[]).unwrap_err();
            assert!(matches!(error, Error::Beside { .. }));
            let message = error.to_string();
            assert!(message.contains("people.onnx.toml") && message.contains(word), "{message}");
        }
    }

    #[test]
    fn an_option_has_a_key_that_there_is() {
        for text in ["", "colour", "color=bgr", "=1"] {
            assert!(text.parse::<Statement>().unwrap_err().to_string().contains("KEY=VALUE"));
        }
        assert_eq!(String::from("class=person, rider".parse::<Statement>().unwrap()), "class=person, rider");
        assert_eq!("class=2".parse(), Ok(Statement::of_class("2")));
    }
}
