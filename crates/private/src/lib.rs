//! What a configuration holds and nobody else gets to see: [`Secret`]s, [`LocalPath`]s of this machine, and
//! [`Place`]s, which may have a password in their address.
//!
//! All three are read from a configuration, and none can be serialised: whatever shows settings has to say of
//! each one that it wants it shown, and how. Nor does `{:?}` tell what is in them.
//!
//! ```compile_fail
//! #[derive(serde::Serialize)]
//! struct Shown {
//!     file: footfall_private::LocalPath,
//! }
//! ```
//! ```compile_fail
//! #[derive(serde::Serialize)]
//! struct Shown {
//!     url: footfall_private::Place,
//! }
//! ```
//! ```compile_fail
//! #[derive(serde::Serialize)]
//! struct Shown {
//!     password: footfall_private::Secret,
//! }
//! ```
//! ```
//! #[derive(serde::Serialize)]
//! struct Shown {
//!     name: String,
//! }
//! ```

mod address;
mod local_path;
mod place;
mod secret;

pub use address::shown;
pub use local_path::LocalPath;
pub use place::Place;
pub use secret::Secret;
