//! Who may publish what: a key for each shop, and the file that tells the NATS server.
//!
//! The server knows a shop by its public key and lets it publish its own subjects alone. The secret half is written
//! once, for the shop, and kept nowhere else.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use footfall_serve::told::{Subjects, inbox};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::OfficeError;
use crate::signing::new_key;

/// The office itself: it may do everything.
const OFFICE: &str = "office";
/// Names of shops are parts of subjects and of files.
const LONGEST: usize = 64;

const HEAD: &str = "\
# Who may publish what. Made by `footfall office enrol` and `footfall office revoke`, which read it again: do not edit it.
# The configuration of nats-server has it in its block `authorization`: include \"shops.conf\".
";

/// A user as the server's configuration has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct User {
    nkey: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Permissions>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Permissions {
    publish: Vec<String>,
    subscribe: Vec<String>,
}

/// All who may publish, in a file.
#[derive(Debug)]
pub struct Roll {
    path: PathBuf,
    prefix: String,
    stream: String,
    users: Vec<User>,
}

/// A shop that was enrolled.
#[derive(Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// Where its key is.
    pub key: PathBuf,
    /// Its public key.
    pub public: String,
}

impl Roll {
    /// Reads the file; one that is not there is empty. `prefix` and `stream` are the hub's.
    ///
    /// # Errors
    /// When it cannot be read, or somebody has edited it.
    pub fn read(path: &Path, prefix: &str, stream: &str) -> Result<Self, OfficeError> {
        let (path, prefix, stream) = (path.to_owned(), prefix.to_owned(), stream.to_owned());
        let text = match fs::read_to_string(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(OfficeError::File { doing: "read", path, source });
            }
            read => read.unwrap_or_default(),
        };
        let lines: String = text.lines().filter(|line| !line.starts_with('#')).collect();
        let read: Result<Value, _> = serde_json::from_str(&format!("{{{lines}}}"));
        let users = read.and_then(|value| match value.get("users") {
            Some(users) => serde_json::from_value(users.clone()),
            None => Ok(Vec::new()),
        });
        let edited =
            |error| OfficeError::Roll(format!("{} is not as it was written: {error}", path.display()));
        let users = users.map_err(edited)?;
        Ok(Self { path, prefix, stream, users })
    }

    /// Names of the shops, in order.
    #[must_use]
    pub fn shops(&self) -> Vec<String> {
        let mut shops: Vec<_> = self.users.iter().filter_map(|user| self.name(user)).collect();
        shops.sort();
        shops
    }

    /// Lets the shop called `shop` publish, with a new key in the file `key`. `renew`: in place of the one that it has.
    ///
    /// # Errors
    /// When the name is none, the shop is enrolled already, or a file cannot be written.
    pub fn enrol(&mut self, shop: &str, key: &Path, renew: bool) -> Result<Enrolled, OfficeError> {
        check(shop)?;
        if self.shops().iter().any(|known| known == shop) && !renew {
            return Err(OfficeError::Roll(format!(
                "{shop} is enrolled already: --renew gives it a new key, and the old one is good no more"
            )));
        }
        let subjects = Subjects::of(&self.prefix, shop);
        let permissions = Permissions {
            publish: vec![
                subjects.entries(),
                subjects.about(),
                subjects.state(),
                subjects.last_set(&self.stream, "*"),
            ],
            subscribe: vec![subjects.ask(), subjects.set("*"), format!("{}.>", inbox(shop))],
        };
        let (user, enrolled) = make(key, Some(permissions))?;
        let prefix = &self.prefix;
        self.users.retain(|user| name(prefix, user).as_deref() != Some(shop));
        self.users.push(user);
        self.write()?;
        Ok(enrolled)
    }

    /// Lets the office do everything, with a new key in the file `key`.
    ///
    /// # Errors
    /// As [`enrol`](Self::enrol).
    pub fn enrol_office(&mut self, key: &Path) -> Result<Enrolled, OfficeError> {
        let (user, enrolled) = make(key, None)?;
        self.users.retain(|user| user.permissions.is_some());
        self.users.insert(0, user);
        self.write()?;
        Ok(enrolled)
    }

    /// Lets the shop called `shop` publish no more.
    ///
    /// # Errors
    /// When there is no such shop, or the file cannot be written.
    pub fn revoke(&mut self, shop: &str) -> Result<(), OfficeError> {
        let before = self.users.len();
        let prefix = &self.prefix;
        self.users.retain(|user| name(prefix, user).as_deref() != Some(shop));
        if self.users.len() == before {
            return Err(OfficeError::Roll(format!("no shop is enrolled as {shop:?}")));
        }
        self.write()
    }

    fn name(&self, user: &User) -> Option<String> {
        name(&self.prefix, user)
    }

    /// The file is complete or as it was.
    fn write(&self) -> Result<(), OfficeError> {
        let users: Vec<_> = self.users.iter().map(|user| format!("  {}", crate::keep::json(user))).collect();
        let text = format!("{HEAD}\"users\": [\n{}\n]\n", users.join(",\n"));
        let part = self.path.with_extension("part");
        let written = File::create(&part).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&part, &self.path)
        });
        written.map_err(|source| OfficeError::File { doing: "write", path: self.path.clone(), source })
    }
}

/// A shop's name, by what it may hear.
fn name(prefix: &str, user: &User) -> Option<String> {
    let heard = user.permissions.as_ref()?.subscribe.first()?;
    let rest = heard.strip_prefix(prefix)?.strip_prefix('.')?;
    rest.strip_suffix(".ask").map(ToOwned::to_owned)
}

/// A new key in the file `key`.
fn make(key: &Path, permissions: Option<Permissions>) -> Result<(User, Enrolled), OfficeError> {
    let public = new_key(key)?.public_key();
    let enrolled = Enrolled { key: key.to_owned(), public: public.clone() };
    Ok((User { nkey: public, permissions }, enrolled))
}

fn check(shop: &str) -> Result<(), OfficeError> {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if shop.is_empty() || shop.len() > LONGEST || shop == OFFICE || !shop.bytes().all(is_plain) {
        return Err(OfficeError::Roll(format!(
            "{shop:?} cannot be a shop's name: up to {LONGEST} small letters, digits, - and _, and not {OFFICE:?}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::Roll;

    #[test]
    fn shops_come_and_go_and_the_file_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("shops.conf"), |name: &str| folder.path().join(name));
        let read = || Roll::read(&path, "office", "OFFICE").unwrap();
        read().enrol_office(&key("office.key")).unwrap();
        read().enrol("berlin-1", &key("a"), false).unwrap();
        let enrolled = read().enrol("aachen", &key("b"), false).unwrap();
        assert_eq!(enrolled.key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read().shops(), ["aachen", "berlin-1"]);
        let again = read().enrol("aachen", &key("c"), false).unwrap_err().to_string();
        assert!(again.contains("--renew"), "{again}");
        assert_ne!(read().enrol("aachen", &key("d"), true).unwrap().public, enrolled.public);
        assert!(!std::fs::read_to_string(&path).unwrap().contains(&enrolled.public));
        read().revoke("berlin-1").unwrap();
        assert_eq!(read().shops(), ["aachen"]);
        assert!(read().revoke("berlin-1").is_err());
        assert!(read().enrol("aachen", &key("a"), true).is_err(), "no key is written over");
        assert_eq!(read().shops(), ["aachen"]);
        for name in ["", "a.b", "a>", "*", "A", "office", "a b", "../x"] {
            assert!(read().enrol(name, &key("e"), false).is_err(), "{name:?}");
        }
        std::fs::write(&path, "\"users\": [\n").unwrap();
        assert!(Roll::read(&path, "office", "OFFICE").is_err());
    }
}
