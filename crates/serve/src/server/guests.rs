//! How many a client may have of something at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::access::client_of;

/// How many connections or answers each client has.
#[derive(Clone, Default)]
pub(crate) struct Guests(Arc<Mutex<HashMap<IpAddr, u32>>>);

/// One of a client's, until it is dropped.
pub(crate) struct Guest {
    guests: Guests,
    client: IpAddr,
}

impl Guests {
    /// One more for the client with this address; `None` where it has as many as it may.
    pub(crate) fn enter(&self, address: IpAddr, most: u32) -> Option<Guest> {
        let client = client_of(address);
        let mut guests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = guests.entry(client).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Guest { guests: self.clone(), client })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut guests = self.guests.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = guests.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                guests.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_its_share_and_no_more() {
        let guests = Guests::default();
        let (me, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let (first, second) = (guests.enter(me, 2), guests.enter(me, 2));
        assert!(first.is_some() && second.is_some() && guests.enter(me, 2).is_none());
        assert!(guests.enter(other, 2).is_some());
        assert!(guests.enter("::ffff:127.0.0.1".parse().unwrap(), 2).is_none(), "the same, by another name");
        let far = |address: &str| guests.enter(address.parse().unwrap(), 1);
        let held = far("2001:db8::1").unwrap();
        assert!(far("2001:db8::ffff:2").is_none(), "one network is one client");
        assert!(far("2001:db8:0:1::1").is_some());
        drop(first);
        assert!(guests.enter(me, 2).is_some());
        drop(second);
        drop(held);
        assert!(guests.0.lock().unwrap().is_empty(), "nothing is kept of those who left");
    }
}
