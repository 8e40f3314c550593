//! TLS on our own listener, with a certificate that can be replaced while calls are up.
//!
//! [`certificate`] reads and judges; [`expiry`] says when somebody must be told; [`listener`] shakes
//! hands; [`watch`] looks whether the files have changed. A connection keeps the certificate that it
//! began with; only new ones get the next.

pub mod certificate;
pub mod expiry;
pub mod listener;
pub mod redirect;
pub mod watch;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use ids::Timestamp;
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use certificate::{Certificate, CertificateProblem};

/// Where a certificate and its key stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The certificate and those that vouch for it, PEM, our own first.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

/// The certificate that new connections get.
#[derive(Debug)]
pub struct Serving {
    files: Files,
    now: RwLock<Arc<Certificate>>,
}

impl Serving {
    /// Reads the files. Blocks.
    ///
    /// # Errors
    /// They cannot be used at `now`; see [`CertificateProblem`].
    pub fn read(files: Files, now: Timestamp) -> Result<Arc<Self>, CertificateProblem> {
        let certificate = Certificate::read(&files)?;
        certificate.check_dates(&files, now)?;
        Ok(Arc::new(Self { files, now: RwLock::new(Arc::new(certificate)) }))
    }

    /// Reads the files again. `true` if another certificate serves now. A file that cannot be used
    /// changes nothing. Blocks.
    ///
    /// # Errors
    /// As [`Serving::read`]; the certificate stays the one it was.
    pub fn read_again(&self, now: Timestamp) -> Result<bool, CertificateProblem> {
        let next = Certificate::read(&self.files)?;
        if next.is_same(&self.current()) {
            return Ok(false);
        }
        next.check_dates(&self.files, now)?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(true)
    }

    /// The certificate that serves.
    #[must_use]
    pub fn current(&self) -> Arc<Certificate> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What every connection is shaken hands with: TLS 1.2 and 1.3, HTTP/1.1.
    ///
    /// # Errors
    /// The process has no cryptography (a fault of the program).
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

impl ResolvesServerCert for Serving {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(self.current().key()))
    }
}
