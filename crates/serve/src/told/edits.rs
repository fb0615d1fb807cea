//! What the office wants set otherwise at a shop: signed there, checked here.
//!
//! The hub carries it and has no say in it. What is signed begins with a word of its own, so that nothing that the same
//! key may sign elsewhere can be taken for it, and names the shop, the ledger and its number: it is good there, and once.

use std::collections::BTreeMap;

use nkeys::KeyPair;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::api::{Line, Mask, Zone};
use crate::hex::{hex, unhex};

/// What every signed text begins with.
const WORD: &str = "footfall settings\n";

/// What the office may edit at a shop: all of it, as it is or as it is wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopSettings {
    /// What is drawn over the pictures of each source, by its name.
    pub sources: BTreeMap<String, Drawn>,
    /// Thresholds of the counter and the tracker, as `counter.dead_band`.
    #[schema(value_type = BTreeMap<String, Object>)]
    pub thresholds: BTreeMap<String, Value>,
}

/// What is drawn over a source's picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DrawnAtShop)]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    /// Lines that are counted.
    pub lines: Vec<Line>,
    /// Zones in which visits are counted.
    pub zones: Vec<Zone>,
    /// Where nobody is looked for.
    pub masks: Vec<Mask>,
}

/// What the office wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// [`VERSION`](super::VERSION).
    pub version: u32,
    /// The shop that it is for, by the name that it was enrolled under.
    pub shop: String,
    /// The identity of the ledger of the machine that it is for.
    pub ledger: String,
    /// Rises with each for this ledger.
    pub number: u64,
    /// The [digest](ShopSettings::digest) of what it was made from.
    pub based_on: String,
    /// All that is wanted.
    pub settings: ShopSettings,
}

/// An [`Edit`] as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The edit in JSON: the very bytes that were signed.
    pub edit: String,
    /// Ed25519, in hexadecimal digits.
    pub signature: String,
}

/// What a shop has of this, and what has become of the office's edits there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsTold {
    /// That of `settings`.
    pub digest: String,
    /// What is in force.
    pub settings: ShopSettings,
    /// What the last edit of the office's has come to.
    #[serde(default)]
    pub answer: Option<Answer>,
    /// Messages that were not the office's, or that came a second time; the last few.
    #[serde(default)]
    pub distrusted: Vec<Distrusted>,
}

/// What an edit has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The edit's.
    pub number: u64,
    /// Whether it is in force.
    pub taken: bool,
    /// Why not, or with what reservation.
    pub words: String,
    /// When.
    pub at: String,
}

/// A message that was not taken for the office's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distrusted {
    /// When it came.
    pub at: String,
    /// Why.
    pub reason: String,
}

impl ShopSettings {
    /// What tells it from any other: SHA-256 in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        // Plain members of our own, in order: this cannot fail.
        hex(&Sha256::digest(serde_json::to_vec(self).unwrap_or_default()))
    }
}

impl Sealed {
    /// Signs `edit`.
    ///
    /// # Errors
    /// When the key has no secret half.
    pub fn new(key: &KeyPair, edit: &Edit) -> Result<Self, String> {
        let edit = serde_json::to_string(edit).map_err(|error| error.to_string())?;
        let signature = key.sign(format!("{WORD}{edit}").as_bytes()).map_err(|error| error.to_string())?;
        Ok(Self { edit, signature: hex(&signature) })
    }

    /// What was signed, if the owner of the public key `from` has signed it.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn open(&self, from: &KeyPair) -> Result<Edit, String> {
        let signature = unhex(&self.signature).ok_or("its signature is none")?;
        from.verify(format!("{WORD}{}", self.edit).as_bytes(), &signature)
            .map_err(|_| "it is not signed by the office's key")?;
        serde_json::from_str(&self.edit)
            .map_err(|error| format!("this version does not understand it: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use nkeys::KeyPair;

    use super::{Edit, Sealed, ShopSettings};

    fn edit() -> Edit {
        Edit {
            version: 1,
            shop: "berlin".into(),
            ledger: "ab".into(),
            number: 3,
            based_on: ShopSettings::default().digest(),
            settings: ShopSettings::default(),
        }
    }

    #[test]
    fn what_the_office_signed_is_believed_and_nothing_else() {
        let (office, other) = (KeyPair::new_user(), KeyPair::new_user());
        let public = KeyPair::from_public_key(&office.public_key()).unwrap();
        let sealed = Sealed::new(&office, &edit()).unwrap();
        assert_eq!(sealed.open(&public).unwrap(), edit());
        assert!(Sealed::new(&other, &edit()).unwrap().open(&public).is_err());
        let raised = Sealed { edit: sealed.edit.replace("\"number\":3", "\"number\":4"), ..sealed.clone() };
        assert_ne!(raised.edit, sealed.edit);
        assert!(raised.open(&public).unwrap_err().contains("not signed"));
        for signature in ["", "zz", "ab", "é"] {
            assert!(Sealed { signature: signature.into(), ..sealed.clone() }.open(&public).is_err());
        }
        // The same bytes without the word, as a hub could have them signed that asks who is there.
        let signature = crate::hex::hex(&office.sign(sealed.edit.as_bytes()).unwrap());
        assert!(Sealed { signature, ..sealed }.open(&public).is_err());
    }
}
