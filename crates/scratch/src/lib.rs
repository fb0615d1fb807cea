//! Files and folders that are not complete yet, under names that do not outlive whoever makes them.
//!
//! Dropped, they are removed. A process that is killed drops nothing: so its names say whose they are, and
//! a lock that ends with the process says whether it is still there. Whoever makes the same thing
//! next removes what is left of those that are gone, and nothing else.
//!
//! What takes the place of a file has its owner, group and permissions, and links stay links.

mod access;
mod file;
mod folder;
mod name;
mod owner;

pub use access::{Privacy, followed};
pub use file::ScratchFile;
pub use folder::ScratchFolder;
