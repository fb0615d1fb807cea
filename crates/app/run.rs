//! What a run is made of: lanes, networks, outputs, and what may change while it goes on.

pub(crate) mod fit;
pub(crate) mod lanes;
pub(crate) mod networks;
pub(crate) mod outputs;
pub(crate) mod record;
pub(crate) mod reload;
pub(crate) mod session;
pub(crate) mod summary;
