//! The addresses on which the HTTP server takes connections, opened before anything is served, so that
//! what is taken or wrong is one sentence at start. Does I/O.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::clock;
use crate::config::{ConfigProblem, Settings};
use crate::tls::Serving;
use crate::tls::redirect::Target;

/// Open doors.
#[derive(Debug)]
pub struct Doors {
    /// `http.listen`.
    pub main: TcpListener,
    /// The certificate, if we speak TLS on it.
    pub tls: Option<Arc<Serving>>,
    /// `http.redirect_listen`, and where it sends browsers.
    pub redirect: Option<(TcpListener, Target)>,
}

impl Doors {
    /// Opens them.
    ///
    /// # Errors
    /// A port is taken, or the certificate cannot be used.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let tls = certificate(settings)?;
        let main = listen("http.listen", settings.http.listen).await?;
        let redirect = match settings.http.redirect_listen {
            None => None,
            Some(address) => {
                let listener = listen("http.redirect_listen", address).await?;
                Some((listener, target(settings, main.local_addr()?)))
            }
        };
        Ok(Self { main, tls, redirect })
    }

    /// Where they are.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn addresses(&self) -> std::io::Result<(SocketAddr, Option<SocketAddr>)> {
        let redirect = self.redirect.as_ref().map(|(listener, _)| listener.local_addr());
        Ok((self.main.local_addr()?, redirect.transpose()?))
    }
}

/// The certificate of the settings, read and judged; `None` if there is none. Blocks.
///
/// # Errors
/// It cannot be used.
pub fn certificate(settings: &Settings) -> Result<Option<Arc<Serving>>, ConfigProblem> {
    let Some(files) = settings.tls.files() else { return Ok(None) };
    let bad = |why: String| ConfigProblem::Value { key: "tls.certificate", why };
    Serving::read(files, clock::now()).map(Some).map_err(|problem| bad(problem.to_string()))
}

fn target(settings: &Settings, main: SocketAddr) -> Target {
    let public = settings.http.public_url.as_ref().filter(|url| url.is_https());
    let same = Target::SameHost(main.port());
    public.map_or(same, |url| Target::Public(url.to_string()))
}

async fn listen(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("cannot listen for HTTP on {address} (`{key}`)"))
}
