//! Certificates of the tests, made on the spot.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

/// A certificate for 127.0.0.1 with its key, PEM.
pub(crate) struct Made {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// From a year ago until so many days from now.
pub(crate) fn certificate(days: i64) -> Made {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()])
        .expect("names");
    params.not_before = date_time_ymd(1970, 1, 1) + day(-365);
    params.not_after = date_time_ymd(1970, 1, 1) + day(days);
    let certificate = params.self_signed(&key).expect("a certificate").pem();
    Made { certificate, key: key.serialize_pem() }
}

/// Both files in a folder; their paths as settings.
pub(crate) fn put(folder: &Path, made: &Made) -> [(&'static str, String); 2] {
    let (certificate, key) = paths(folder);
    std::fs::write(&certificate, &made.certificate).expect("written");
    std::fs::write(&key, &made.key).expect("written");
    [
        ("HELPLINE__TLS__CERTIFICATE", certificate.display().to_string()),
        ("HELPLINE__TLS__KEY", key.display().to_string()),
    ]
}

pub(crate) fn paths(folder: &Path) -> (PathBuf, PathBuf) {
    (folder.join("fullchain.pem"), folder.join("privkey.pem"))
}

/// Time since 1970 on the day so many days from now.
#[expect(clippy::disallowed_methods, reason = "certificates are made for the machine's clock")]
fn day(from_now: i64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let span = Duration::from_hours(24 * from_now.unsigned_abs());
    if from_now < 0 { now - span } else { now + span }
}
