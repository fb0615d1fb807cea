//! Connections: so many at once, so many of an address, and none that only takes up room.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::end_of;
use super::patient::Patient;
use crate::Limits;

/// How long to wait when the system has no more file descriptors.
const BREATH: Duration = Duration::from_millis(100);
/// Bytes of a request's head, and of an answer that waits to be sent.
const BUFFER: usize = 64 * 1024;

/// Where connections come in.
pub(super) struct Door {
    pub(super) listener: TcpListener,
    /// Where they are encrypted.
    pub(super) acceptor: Option<TlsAcceptor>,
    /// A place for each.
    pub(super) places: Arc<Semaphore>,
    pub(super) limits: Limits,
}

impl Door {
    /// Takes connections until the server ends.
    pub(super) async fn keep(self, router: Router, ended: watch::Receiver<bool>) {
        let guests = Guests::default();
        let patience = Duration::from_secs_f64(self.limits.patience);
        loop {
            let taken = tokio::select! {
                taken = next(&self.listener, &self.places) => taken,
                () = end_of(ended.clone()) => return,
            };
            let Some((stream, peer, place)) = taken else { continue };
            // Over its share, an address is hung up on: an answer would be work for whoever asks for too much.
            let Some(guest) = guests.enter(peer.ip(), self.limits.connections_per_address) else { continue };
            let (router, acceptor, ended) = (router.clone(), self.acceptor.clone(), ended.clone());
            tokio::spawn(async move {
                let _held = (place, guest);
                // Small answers are not held back; where that cannot be set, they are only later.
                let _ = stream.set_nodelay(true);
                let Some(acceptor) = acceptor else {
                    return serve(stream, peer, router, patience, ended).await;
                };
                if let Ok(Ok(stream)) = timeout(patience, acceptor.accept(stream)).await {
                    serve(stream, peer, router, patience, ended).await;
                } else {
                    tracing::debug!("{peer} did not speak TLS");
                }
            });
        }
    }
}

async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    // While all places are taken, who comes waits in the system's queue.
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            tracing::debug!("a connection was not taken: {error}");
            tokio::time::sleep(BREATH).await;
            None
        }
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    patience: Duration,
    ended: watch::Receiver<bool>,
) {
    let service = router.map_request(move |mut request: axum::http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(BUFFER).half_close(false);
    let io = TokioIo::new(Patient::new(stream, patience));
    let connection = builder.serve_connection(io, TowerToHyperService::new(service));
    tokio::pin!(connection);
    tokio::select! {
        served = connection.as_mut() => {
            if let Err(error) = served {
                tracing::debug!("the connection with {peer} broke off: {error}");
            }
        }
        () = end_of(ended) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// How many connections each address has.
#[derive(Clone, Default)]
struct Guests(Arc<Mutex<HashMap<IpAddr, u32>>>);

/// One connection of an address, until it is dropped.
struct Guest {
    guests: Guests,
    address: IpAddr,
}

impl Guests {
    fn enter(&self, address: IpAddr, most: u32) -> Option<Guest> {
        let mut guests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = guests.entry(address).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Guest { guests: self.clone(), address })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut guests = self.guests.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = guests.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                guests.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_no_more() {
        let guests = Guests::default();
        let (me, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let (first, second) = (guests.enter(me, 2), guests.enter(me, 2));
        assert!(first.is_some() && second.is_some() && guests.enter(me, 2).is_none());
        assert!(guests.enter(other, 2).is_some());
        drop(first);
        assert!(guests.enter(me, 2).is_some());
        drop(second);
        assert!(guests.0.lock().unwrap().is_empty(), "nothing is kept of those who left");
    }
}
