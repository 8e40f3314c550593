//! A certificate with its key, as two PEM files hold them. Reads files; decides nothing on time but
//! by the moment given.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ids::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use thiserror::Error;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Files;
use crate::wire::moment::Moment;

/// Why a certificate cannot be used: each one sentence that names the file and what to do.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum CertificateProblem {
    /// A file cannot be read.
    #[error("{} cannot be read: {why}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// The system's words.
        why: String,
    },
    /// No certificate in the file.
    #[error("{} holds no certificate; it must be PEM, the server's own certificate first", .0.display())]
    NoCertificate(PathBuf),
    /// No key in the file.
    #[error("{} holds no private key; it must be PEM and without a passphrase", .0.display())]
    NoKey(PathBuf),
    /// The key is another certificate's.
    #[error("the key in {} does not belong to the certificate in {}", key.display(), certificate.display())]
    Mismatch {
        /// The key's file.
        key: PathBuf,
        /// The certificate's file.
        certificate: PathBuf,
    },
    /// Its time is over.
    #[error("the certificate in {} ended on {}; put a new one there", file.display(), Moment(*until))]
    Expired {
        /// Which file.
        file: PathBuf,
        /// When it ended.
        until: Timestamp,
    },
    /// Its time has not begun.
    #[error("the certificate in {} begins on {} only; is this machine's clock right?", file.display(), Moment(*from))]
    NotYet {
        /// Which file.
        file: PathBuf,
        /// When it begins.
        from: Timestamp,
    },
}

/// A certificate with the key that belongs to it.
#[derive(Debug)]
pub struct Certificate {
    key: Arc<CertifiedKey>,
    facts: Facts,
}

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The names and addresses it stands for.
    pub names: Vec<String>,
    /// Good from this moment.
    pub from: Timestamp,
    /// Good until this moment.
    pub until: Timestamp,
}

impl Facts {
    /// Days that are left at `now`; negative once it is over.
    #[must_use]
    pub fn days_left(&self, now: Timestamp) -> f64 {
        let left = self.until.since(now).as_secs_f64() - now.since(self.until).as_secs_f64();
        left / Duration::from_hours(24).as_secs_f64()
    }
}

impl Certificate {
    /// Reads both files. Blocks.
    ///
    /// # Errors
    /// A file cannot be read, or the two do not fit together; dates are not looked at.
    pub fn read(files: &Files) -> Result<Self, CertificateProblem> {
        let no_certificate = || CertificateProblem::NoCertificate(files.certificate.clone());
        let chain = CertificateDer::pem_slice_iter(&bytes(&files.certificate)?)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| no_certificate())?;
        let own = chain.first().ok_or_else(no_certificate)?;
        let facts = facts(own).ok_or_else(no_certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&bytes(&files.key)?)
            .map_err(|_| CertificateProblem::NoKey(files.key.clone()))?;
        let provider = rustls::crypto::ring::default_provider();
        let key = CertifiedKey::from_der(chain, key, &provider).map_err(|problem| {
            if matches!(problem, rustls::Error::InconsistentKeys(_)) {
                let (key, certificate) = (files.key.clone(), files.certificate.clone());
                return CertificateProblem::Mismatch { key, certificate };
            }
            // Of a kind or strength that the provider does not know.
            CertificateProblem::NoKey(files.key.clone())
        })?;
        Ok(Self { key: Arc::new(key), facts })
    }

    /// That it is good at `now`.
    ///
    /// # Errors
    /// Its time is over, or has not begun.
    pub fn check_dates(&self, files: &Files, now: Timestamp) -> Result<(), CertificateProblem> {
        let file = || files.certificate.clone();
        if now > self.facts.until {
            return Err(CertificateProblem::Expired { file: file(), until: self.facts.until });
        }
        if now < self.facts.from {
            return Err(CertificateProblem::NotYet { file: file(), from: self.facts.from });
        }
        Ok(())
    }

    /// What it says of itself.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// For the handshake.
    #[must_use]
    pub const fn key(&self) -> &Arc<CertifiedKey> {
        &self.key
    }

    /// Whether both are the same certificates, in the same order.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.key.cert == other.key.cert
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, CertificateProblem> {
    std::fs::read(file)
        .map_err(|e| CertificateProblem::Unreadable { file: file.to_owned(), why: e.to_string() })
}

fn facts(certificate: &CertificateDer<'_>) -> Option<Facts> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let validity = parsed.validity();
    let moment = |seconds: i64| Timestamp::from_micros(seconds.saturating_mul(1_000_000));
    let alternative = parsed.subject_alternative_name().ok().flatten();
    let names = alternative.iter().flat_map(|names| &names.value.general_names);
    Some(Facts {
        names: names.filter_map(name).collect(),
        from: moment(validity.not_before.timestamp()),
        until: moment(validity.not_after.timestamp()),
    })
}

/// A name of a server, RFC 5280 §4.2.1.6: a host's name or an address. Others do not concern browsers.
fn name(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(host) = name {
        return Some((*host).to_owned());
    }
    let GeneralName::IPAddress(octets) = name else { return None };
    let four = <[u8; 4]>::try_from(*octets).map(std::net::IpAddr::from);
    let any = four.or_else(|_| <[u8; 16]>::try_from(*octets).map(std::net::IpAddr::from));
    any.ok().map(|address| address.to_string())
}
