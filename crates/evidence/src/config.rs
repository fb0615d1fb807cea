//! What an owner may say about evidence.

use footfall_audit::Plan;
use footfall_private::{LocalPath, Secret};
use serde::{Deserialize, Serialize};

use crate::{EvidenceError, Seal};

/// What is kept to be looked at again, and how. Without a folder nothing is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EvidenceConfig {
    /// Where clips are kept.
    pub folder: Option<LocalPath>,
    /// What is made unrecognisable in them.
    pub blur: Blur,
    /// Crossings with a confidence below this are kept; 0: none.
    pub below: f64,
    /// Seconds before and after such a crossing.
    pub around: f64,
    /// About how many minutes a day are drawn, whatever was counted in them; 0: none.
    pub minutes_a_day: f64,
    /// Another seed draws other minutes.
    pub seed: u64,
    /// Days after which clips are removed.
    pub days: u32,
    /// Megabytes that all clips may take; the oldest go first.
    pub megabytes: u32,
    /// Pixels that a clip's pictures are wide, at most.
    pub width: u32,
    /// Pictures a second, at most.
    pub rate: f64,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
    /// 64 hexadecimal digits: with them clips are encrypted.
    pub key: Option<Secret>,
}

/// What is made unrecognisable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blur {
    /// Everybody, whole, and whatever moves.
    #[default]
    Bodies,
    /// Everybody's head, and whatever moves without having been recognised as somebody.
    Heads,
    /// Nobody: people can be recognised.
    Nobody,
}

impl Default for EvidenceConfig {
    fn default() -> Self {
        Self {
            folder: None,
            blur: Blur::Bodies,
            below: 0.8,
            around: 3.0,
            minutes_a_day: 12.0,
            seed: 1,
            days: 30,
            megabytes: 2000,
            width: 480,
            rate: 5.0,
            quality: 60,
            key: None,
        }
    }
}

impl EvidenceConfig {
    /// Checks each setting's range, and the key.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn check(&self) -> Result<(), EvidenceError> {
        let numbers = [
            ("below", self.below, 0.0, 1.0),
            ("around", self.around, 0.5, 20.0),
            ("minutes_a_day", self.minutes_a_day, 0.0, 1440.0),
            ("days", self.days.into(), 1.0, 3660.0),
            ("megabytes", self.megabytes.into(), 10.0, 1e7),
            ("width", self.width.into(), 64.0, 1920.0),
            ("rate", self.rate, 0.5, 30.0),
            ("quality", self.quality.into(), 1.0, 100.0),
        ];
        for (setting, value, least, most) in numbers {
            if !(least..=most).contains(&value) {
                let problem = format!("is {value}; expected a number from {least} to {most}");
                return Err(EvidenceError::Setting { setting, problem });
            }
        }
        self.seal().map(|_| ())
    }

    /// How minutes are drawn.
    #[must_use]
    pub fn plan(&self) -> Plan {
        Plan { seed: self.seed, minutes_a_day: self.minutes_a_day }
    }

    /// What clips are sealed with, where they are.
    ///
    /// # Errors
    /// When the key cannot be read, or is none.
    pub fn seal(&self) -> Result<Option<Seal>, EvidenceError> {
        let refuse = |problem: String| EvidenceError::Setting { setting: "key", problem };
        let Some(key) = &self.key else { return Ok(None) };
        let text = key.reveal().map_err(refuse)?;
        Seal::new(&text).map(Some).ok_or_else(|| {
            refuse("is not 64 hexadecimal digits: `openssl rand -hex 32` makes some".to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_refused_by_name_and_the_key_is_not_repeated() {
        EvidenceConfig::default().check().unwrap();
        let wrong = EvidenceConfig { rate: 0.0, ..EvidenceConfig::default() };
        assert!(wrong.check().unwrap_err().to_string().contains("evidence.rate is 0"));
        let wrong = EvidenceConfig { key: Some(Secret::Here("hunter2".into())), ..EvidenceConfig::default() };
        let told = wrong.check().unwrap_err().to_string();
        assert!(told.contains("openssl rand") && !told.contains("hunter2"));
    }
}
