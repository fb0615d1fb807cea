//! Connections: so many at once, so many of an address, and none that only takes up room.

use std::net::SocketAddr;
use std::sync::Arc;
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
use super::guests::Guests;
use super::patient::Patient;
use crate::Limits;
use crate::access::Access;

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
    /// Knows which addresses are those of proxies.
    pub(super) access: Arc<Access>,
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
            // A proxy has the connections of many: what each of them gets at once is counted at the requests.
            let is_proxy = self.access.is_proxy(peer.ip());
            let most = if is_proxy { u32::MAX } else { self.limits.connections_per_address };
            // Over its share, a client is hung up on: an answer would be work for whoever asks for too much.
            let Some(guest) = guests.enter(peer.ip(), most) else { continue };
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
