//! The configuration's `source`: settings for all, or a list of sources with names.

use std::fmt;

use footfall_count::{Anchor, PartLayout};
use footfall_ledger::Hours;
use footfall_pipeline::Windows;
use footfall_private::{LocalPath, Place};
use footfall_video::SourceOptions;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::wrong::without_values;

/// `[source]`, or `[[source]]` once for each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources {
    /// For sources that the command line names.
    pub options: SourceOptions,
    /// Sources by name; may be none.
    pub list: Vec<SourceEntry>,
}

/// One `[[source]]`: its name and place, lines of its own, and any of the settings of `[source]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceEntry {
    /// What crossings and reports call it.
    pub name: String,
    /// Whatever `footfall run` takes: a path, a camera's number, an address.
    pub url: Place,
    /// Which point of a person passes its lines; without the setting, that of the whole file.
    pub anchor: Option<Anchor>,
    /// Its lines, zones and masks, which may be none; without the setting, those of the whole file.
    pub layout: PartLayout,
    /// Where in its pictures people are looked for; without the setting, as `[detector]` says.
    pub windows: Option<Windows>,
    /// The picture from set-up, that tells whether the camera was moved since.
    pub reference: Option<LocalPath>,
    /// When it is open there; without the setting, as the whole file says.
    pub hours: Option<Hours>,
    /// How it is opened.
    pub options: SourceOptions,
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
            // What stands there instead may be an address with its password.
            Some(_) => Err(D::Error::custom(format!("{key}: expected a text in quotes"))),
            None => Ok(None),
        };
        let (name, url, reference) = (text("name")?, text("url")?, text("reference")?.map(LocalPath::from));
        let name =
            name.ok_or_else(|| D::Error::custom("a [[source]] needs a name: counts are kept under it"))?;
        let missing = || {
            D::Error::custom(format!(
                "source \"{name}\" needs a url: a path, a camera's number or an address"
            ))
        };
        let url = url.ok_or_else(missing)?;
        let wrong = |error: toml::de::Error| {
            D::Error::custom(format!("source \"{name}\": {}", without_values(error.message())))
        };
        let anchor = table.remove("anchor").map(toml::Value::try_into).transpose().map_err(wrong)?;
        let windows = table.remove("windows").map(toml::Value::try_into).transpose().map_err(wrong)?;
        let lines = table.remove("line").map(toml::Value::try_into).transpose().map_err(wrong)?;
        let zones = table.remove("zone").map(toml::Value::try_into).transpose().map_err(wrong)?;
        let masks = table.remove("mask").map(toml::Value::try_into).transpose().map_err(wrong)?;
        let layout = PartLayout { lines, zones, masks };
        let hours = table.remove("hours").map(toml::Value::try_into).transpose().map_err(wrong)?;
        let options = table.try_into().map_err(wrong)?;
        Ok(Self { name, url: url.into(), anchor, layout, windows, reference, hours, options })
    }
}

#[cfg(test)]
mod tests {
    use footfall_count::Anchor;

    use crate::Config;

    const TWO: &str = r#"
        [[source]]
        name = "front"
        url = "rtsp://me:secret@10.0.0.7/stream"
        read_timeout = 5.0
        anchor = "centre"
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
            (front.name.as_str(), front.options.read_timeout, front.layout.lines.as_ref().map(Vec::len)),
            ("front", 5.0, Some(1))
        );
        assert_eq!((front.anchor, back.anchor), (Some(Anchor::Centre), None));
        assert_eq!((back.url.reveal(), back.options.read_timeout, &back.layout.lines), ("0", 10.0, &None));
        assert_eq!(front.url.reveal(), "rtsp://me:secret@10.0.0.7/stream");
        assert!(!format!("{sources:?}").contains("secret"), "{sources:?}");
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
        let anchor = error("[[source]]\nname = 'a'\nurl = '0'\nanchor = 'foot'\n");
        assert!(anchor.contains("\"a\"") && anchor.contains("feet"), "{anchor}");
        assert!(error("[[source]]\nurl = '0'\n").contains("needs a name"));
        assert!(error("[[source]]\nname = 'a'\n").contains("source \"a\" needs a url"));
        assert!(error("[[source]]\nname = 'a'\nurl = 0\n").contains("url: expected a text"));
        assert!(error("source = 3\n").contains("[[source]] with a name"));
        assert!(error("[source]\nread_timeuot = 1.0\n").contains("line 2"));
    }
}
