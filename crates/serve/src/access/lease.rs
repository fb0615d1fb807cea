//! An answer that goes on, for as long as whoever asked may have it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use super::{Access, Credential};
use crate::server::Guest;

/// A body that ends with what it was asked for with: a token that is taken out of the configuration, a session
/// that is signed out of. It holds its place among the client's others until then.
struct Leased {
    body: Body,
    /// Comes to an end with the credential; none where the answer is whole in a moment.
    over: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    _guest: Option<Guest>,
}

/// The answer, for as long as `credential` lasts.
pub(super) fn lease(
    access: &Arc<Access>,
    credential: Option<Credential>,
    guest: Option<Guest>,
    response: Response,
) -> Response {
    let is_endless = response.body().size_hint().exact().is_none();
    let credential = credential.filter(|_| is_endless);
    if credential.is_none() && guest.is_none() {
        return response;
    }
    let over = credential.map(|credential| -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let access = access.clone();
        Box::pin(async move { access.end_of(&credential).await })
    });
    response.map(|body| Body::new(Leased { body, over, _guest: guest }))
}

impl HttpBody for Leased {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(over) = &mut self.over
            && over.as_mut().poll(context).is_ready()
        {
            // Nothing is asked of what is behind any more.
            (self.over, self.body) = (None, Body::empty());
            return Poll::Ready(None);
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
