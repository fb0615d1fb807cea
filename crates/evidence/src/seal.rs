//! Encryption at rest.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, Generate as _, KeyInit as _};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

/// XChaCha20-Poly1305 under a key of 256 bits: what is sealed can neither be read nor changed without it.
///
/// Each time a nonce of 192 random bits is put in front, so many that none comes twice.
#[derive(Clone)]
pub struct Seal(XChaCha20Poly1305);

/// Bytes of a nonce.
const NONCE: usize = 24;

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seal(...)")
    }
}

impl Seal {
    /// From a key of 64 hexadecimal digits; nothing where it is none.
    #[must_use]
    pub fn new(key: &str) -> Option<Self> {
        let key = key.trim();
        if key.len() != 64 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let byte = |index: usize| u8::from_str_radix(&key[2 * index..2 * index + 2], 16).ok();
        let bytes: Vec<u8> = (0..32).filter_map(byte).collect();
        let key = Key::try_from(&bytes[..]).ok()?;
        Some(Self(XChaCha20Poly1305::new(&key)))
    }

    /// Seals; `about` is not in it, but opens it: what was sealed under another name stays closed.
    #[must_use]
    pub fn close(&self, plain: &[u8], about: &str) -> Option<Vec<u8>> {
        let nonce = XNonce::try_generate().ok()?;
        let payload = chacha20poly1305::aead::Payload { msg: plain, aad: about.as_bytes() };
        let sealed = self.0.encrypt(&nonce, payload).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed with this key under this name.
    #[must_use]
    pub fn open(&self, sealed: &[u8], about: &str) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let payload = chacha20poly1305::aead::Payload { msg: sealed, aad: about.as_bytes() };
        self.0.decrypt(&XNonce::try_from(nonce).ok()?, payload).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Seal;

    #[test]
    fn only_the_key_and_the_name_open() {
        let (one, other) = (Seal::new(&"1f".repeat(32)).unwrap(), Seal::new(&"2e".repeat(32)).unwrap());
        let sealed = one.close(b"somebody passed", "a").unwrap();
        assert_eq!(one.open(&sealed, "a").unwrap(), b"somebody passed");
        assert!(one.open(&sealed, "b").is_none() && other.open(&sealed, "a").is_none());
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(one.open(&changed, "a").is_none() && one.open(&sealed[..10], "a").is_none());
        assert_ne!(sealed, one.close(b"somebody passed", "a").unwrap());
        assert!(Seal::new("1f").is_none() && Seal::new(&"é".repeat(32)).is_none());
    }
}
