//! Passwords and keys that a configuration needs, and that nobody gets to see again.

pub(crate) use footfall_private::Secret;
