//! The configuration's `source`: settings for all, or a list of sources with names.

use std::fmt;
use std::path::PathBuf;

use footfall_count::{Line, Mask, Zone};
use footfall_video::SourceOptions;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `[source]`, or `[[source]]` once for each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sources {
    /// For sources that the command line names.
    pub(crate) options: SourceOptions,
    /// Sources by name; may be none.
    pub(crate) list: Vec<SourceEntry>,
}

/// One `[[source]]`: its name and place, lines of its own, and any of the settings of `[source]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct SourceEntry {
    pub(crate) name: String,
    /// Whatever `footfall run` takes: a path, a camera's number, an address.
    pub(crate) url: String,
    /// Its lines, which may be none; without the setting, those of the whole file.
    #[serde(rename = "line", skip_serializing_if = "Option::is_none")]
    pub(crate) lines: Option<Vec<Line>>,
    /// Its zones, which may be none; without the setting, those of the whole file.
    #[serde(rename = "zone", skip_serializing_if = "Option::is_none")]
    pub(crate) zones: Option<Vec<Zone>>,
    /// Its masks, which may be none; without the setting, those of the whole file.
    #[serde(rename = "mask", skip_serializing_if = "Option::is_none")]
    pub(crate) masks: Option<Vec<Mask>>,
    /// The picture from set-up, that tells whether the camera was moved since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<PathBuf>,
    #[serde(flatten)]
    pub(crate) options: SourceOptions,
}

impl Sources {
    /// The files that settings of sources name.
    pub(super) fn files_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let of_each =
            self.list.iter_mut().flat_map(|source| [&mut source.reference, &mut source.options.login_file]);
        of_each.chain([&mut self.options.login_file]).flatten()
    }
}

impl Serialize for Sources {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.list.is_empty() {
            self.options.serialize(serializer)
        } else {
            self.list.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Sources;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("[source] with settings, or [[source]] with a name and a url for each")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Sources, A::Error> {
                let options = SourceOptions::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Sources { options, list: Vec::new() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Sources, A::Error> {
                let list = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(Sources { options: SourceOptions::default(), list })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for SourceEntry {
    // By hand: serde's `flatten` would let unknown keys pass.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = toml::Table::deserialize(deserializer)?;
        let mut text = |key: &str| match table.remove(key) {
            Some(toml::Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(D::Error::custom(format!("{key} = {other}: expected a text in quotes"))),
            None => Ok(None),
        };
        let (name, url, reference) = (text("name")?, text("url")?, text("reference")?.map(PathBuf::from));
        let name =
            name.ok_or_else(|| D::Error::custom("a [[source]] needs a name: counts are kept under it"))?;
        let missing = || {
            D::Error::custom(format!(
                "source \"{name}\" needs a url: a path, a camera's number or an address"
            ))
        };
        let url = url.ok_or_else(missing)?;
        let wrong = |error: toml::de::Error| {
            D::Error::custom(format!("source \"{name}\": {}", error.to_string().trim_end()))
        };
        let lines = table.remove("line").map(toml::Value::try_into).transpose().map_err(wrong)?;
        let zones = table.remove("zone").map(toml::Value::try_into).transpose().map_err(wrong)?;
        let masks = table.remove("mask").map(toml::Value::try_into).transpose().map_err(wrong)?;
        let options = table.try_into().map_err(wrong)?;
        Ok(Self { name, url, lines, zones, masks, reference, options })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    const TWO: &str = r#"
        [[source]]
        name = "front"
        url = "rtsp://me:secret@10.0.0.7/stream"
        read_timeout = 5.0
        [[source.line]]
        name = "door"
        from = [384, 576]
        to = [384, 0]

        [[source]]
        name = "back"
        url = "0"
    "#;

    #[test]
    fn sources_have_names_settings_and_lines_of_their_own() {
        let sources = Config::parse(TWO).unwrap().source;
        let [front, back] = &sources.list[..] else { panic!("{sources:?}") };
        assert_eq!(
            (front.name.as_str(), front.options.read_timeout, front.lines.as_ref().map(Vec::len)),
            ("front", 5.0, Some(1))
        );
        assert_eq!((back.url.as_str(), back.options.read_timeout, &back.lines), ("0", 10.0, &None));
        let again: super::Sources = toml::Value::try_from(&sources).unwrap().try_into().unwrap();
        assert_eq!(again, sources);
    }

    #[test]
    fn settings_for_all_are_a_table() {
        let config = Config::parse("[source]\nread_timeout = 2.0\ntransport = 'udp'\n").unwrap();
        assert_eq!(config.source.options.read_timeout, 2.0);
        assert!(config.source.list.is_empty());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_source_and_place() {
        let error = |text: &str| format!("{:#}", Config::parse(text).unwrap_err());
        let unknown = error("[[source]]\nname = 'a'\nurl = '0'\nread_timeuot = 1.0\n");
        assert!(unknown.contains("read_timeuot") && unknown.contains("\"a\""), "{unknown}");
        assert!(error("[[source]]\nurl = '0'\n").contains("needs a name"));
        assert!(error("[[source]]\nname = 'a'\n").contains("source \"a\" needs a url"));
        assert!(error("[[source]]\nname = 'a'\nurl = 0\n").contains("url = 0"));
        assert!(error("source = 3\n").contains("[[source]] with a name"));
        assert!(error("[source]\nread_timeuot = 1.0\n").contains("line 2"));
    }
}
