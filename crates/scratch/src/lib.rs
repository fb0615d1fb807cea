//! Files and folders that are not complete yet, under names that do not outlive whoever makes them.
//!
//! Dropped, they are removed. A process that is killed drops nothing: so its names say whose they are, and
//! a lock that ends with the process says whether it is still there. Whoever makes the same thing
//! next removes what is left of those that are gone, and nothing else.
//!
//! What takes the place of a file has its owner, group and permissions, and links stay links. Whether two names
//! lead to one file is asked here too: by that nothing is written over what is read.

mod access;
mod file;
mod folder;
mod identity;
mod name;
mod owner;

pub use access::{Privacy, followed};
pub use file::ScratchFile;
pub use folder::ScratchFolder;
pub use identity::{is_inside, is_same, is_within};
