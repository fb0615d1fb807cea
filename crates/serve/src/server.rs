//! The listening end: a runtime of its own, connections within limits, an end that waits for nobody.

mod accept;
mod guests;
mod patient;
mod tls;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::access::{Access, Tokens};
use crate::api::{self, Shared};
use crate::{Audit, Book, Config, Live, PublisherStates, ServeError, Setup};
use accept::Door;
pub(crate) use guests::{Guest, Guests};
use tls::Certificate;

/// Threads that wait for the ledger or encode pictures.
const BLOCKING: usize = 8;
/// How much less than the counting threads these get of a busy processor.
const NICE: i32 = 10;
/// How long connections may take to end.
const GRACE: Duration = Duration::from_millis(500);

/// What the server shows.
pub struct Parts {
    /// What is happening now.
    pub live: Live,
    /// What was counted.
    pub book: Arc<dyn Book>,
    /// What can be changed.
    pub setup: Arc<dyn Setup>,
    /// How the publishers are doing.
    pub publishers: PublisherStates,
    /// Clips to be audited, where evidence is kept.
    pub audit: Option<Arc<dyn Audit>>,
}

/// A running server. It ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    runtime: Option<Runtime>,
    end: watch::Sender<bool>,
    /// A place for each connection.
    places: Arc<Semaphore>,
    connections: u32,
    access: Arc<Access>,
    tls: bool,
}

impl Server {
    /// Listens, and answers from now on.
    ///
    /// # Errors
    /// When the configuration is refused ([`Config::check`]), or the address cannot be had.
    pub fn start(config: &Config, parts: Parts) -> Result<Self, ServeError> {
        Self::open(config, |access, ended| api::router(Shared::start(config, parts, access, ended), config))
    }

    /// As [`start`](Self::start), of another page: with the same tokens, sessions, limits and headers, and the answers
    /// of `routes`.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn serve(config: &Config, routes: axum::Router) -> Result<Self, ServeError> {
        Self::open(config, |access, _| api::guarded(routes, config, access))
    }

    fn open(
        config: &Config,
        router: impl FnOnce(Arc<Access>, watch::Receiver<bool>) -> axum::Router,
    ) -> Result<Self, ServeError> {
        config.check()?;
        let certificate = config.tls.as_ref().map(Certificate::read).transpose()?;
        let acceptor = certificate.as_ref().map(Certificate::acceptor).transpose()?;
        let wanted = config.listens_at();
        let listener = listen(wanted)?;
        let address =
            listener.local_addr().map_err(|source| ServeError::Listen { address: wanted, source })?;
        let priority = rustix::process::getpriority_process(None).unwrap_or_default() + NICE;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name("serve")
            .worker_threads(config.threads.into())
            .max_blocking_threads(BLOCKING)
            .on_thread_start(move || give_way(priority))
            .enable_io()
            .enable_time()
            .build()
            .map_err(|source| ServeError::Threads { source })?;
        let (end, ended) = watch::channel(false);
        let guarded = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener)
            .map_err(|source| ServeError::Listen { address, source })?;
        let access = Arc::new(Access::new(config));
        let router = router(access.clone(), ended.clone());
        let connections = config.limits.connections;
        let places = Arc::new(Semaphore::new(connections as usize));
        let door = Door {
            listener,
            acceptor,
            places: places.clone(),
            limits: config.limits.clone(),
            access: access.clone(),
        };
        tokio::spawn(door.keep(router, ended.clone()));
        if let Some(certificate) = certificate {
            tokio::spawn(certificate.follow(ended));
        }
        drop(guarded);
        let tls = config.tls.is_some();
        Ok(Self { address, runtime: Some(runtime), end, places, connections, access, tls })
    }

    /// Where a browser finds the page; of a page for all machines, where other machines find it.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}/", within_reach(self.address))
    }

    /// Its tokens, to be changed while it runs.
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        Tokens(self.access.clone())
    }

    /// Where it listens: with port 0 in the configuration, the port that the system chose.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end.send_replace(true);
        if let Some(runtime) = self.runtime.take() {
            // All places free: everybody has been answered. Nobody is waited for longer than this.
            let all_gone = async { timeout(GRACE, self.places.acquire_many(self.connections)).await.is_ok() };
            runtime.block_on(all_gone);
            runtime.shutdown_background();
        }
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let listen = || {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    listen().map_err(|source| ServeError::Listen { address, source })
}

/// Waits until the server ends.
pub(crate) async fn end_of(mut ended: watch::Receiver<bool>) {
    // Without a sender the server is gone, which is an end, too.
    let _ = ended.wait_for(|ended| *ended).await;
}

/// Counting comes first: a thread that answers gets what the others leave, where the system knows
/// priorities of threads. What it is to have is told, as threads begin with that of whoever starts them.
fn give_way(priority: i32) {
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), priority);
}

/// An address at which whoever listens at `address` is found: `0.0.0.0` is none that a browser could go to.
fn within_reach(address: SocketAddr) -> SocketAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    // Nothing is sent: the system says from which of its addresses it would be.
    let outward = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    let ip = outward().filter(|ip| !ip.is_unspecified()).unwrap_or(Ipv4Addr::LOCALHOST.into());
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::within_reach;

    #[test]
    fn a_browser_is_sent_somewhere() {
        for all in ["0.0.0.0:8182", "[::]:8182"] {
            let told = within_reach(all.parse().unwrap());
            assert!(!told.ip().is_unspecified() && told.port() == 8182, "{told}");
        }
        assert_eq!(within_reach("10.0.0.7:80".parse().unwrap()).to_string(), "10.0.0.7:80");
    }
}
