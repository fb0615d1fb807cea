//! How much of what is no entry the hub has confirmed to each shop, as the shops say of themselves.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A shop that is asked needs some time to answer.
const ASK_EVERY: Duration = Duration::from_mins(1);

/// By ledger; nobody keeps it, since it is said again every ten seconds.
#[derive(Default)]
pub(crate) struct Told {
    ledgers: Mutex<BTreeMap<String, OfLedger>>,
}

struct OfLedger {
    shop: String,
    told: u64,
    asked: Option<Instant>,
}

impl Told {
    /// A shop says of its ledger that the hub has confirmed message `told`.
    pub(crate) fn hear(&self, shop: &str, ledger: &str, told: u64) {
        let mut ledgers = self.lock();
        let known = ledgers.entry(ledger.to_owned());
        let known = known.or_insert_with(|| OfLedger { shop: shop.to_owned(), told, asked: None });
        known.told = told;
    }

    /// All that was said: by ledger the shop and the message.
    pub(crate) fn said(&self) -> BTreeMap<String, (String, u64)> {
        let ledgers = self.lock();
        ledgers.iter().map(|(ledger, said)| (ledger.clone(), (said.shop.clone(), said.told))).collect()
    }

    /// Whether it is time to ask for a ledger's, which is done then.
    pub(crate) fn is_due(&self, ledger: &str) -> bool {
        let mut ledgers = self.lock();
        let Some(known) = ledgers.get_mut(ledger) else { return false };
        let is_due = known.asked.is_none_or(|asked| asked.elapsed() >= ASK_EVERY);
        if is_due {
            known.asked = Some(Instant::now());
        }
        is_due
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, OfLedger>> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn a_shop_is_asked_once_and_then_given_time() {
        let told = Told::default();
        told.hear("berlin", "a", 3);
        told.hear("berlin", "a", 4);
        assert_eq!(told.said()["a"], ("berlin".to_owned(), 4));
        assert!(told.is_due("a") && !told.is_due("a") && !told.is_due("b"));
    }
}
