//! What another page of the same look, and another interface of the same manners, is made of.

pub use crate::access::Caller;
pub use crate::api::{Line, Mask, Problem, ProblemBody, Zone};
pub use crate::web::{answer as file_of_page, with as file};

use utoipa_axum::router::OpenApiRouter;

/// Signing in and out, for routes of [`Server::serve`](crate::Server::serve).
#[must_use]
pub fn sessions<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    crate::api::sessions()
}
