//! Servers that help a browser through a firewall, in the words of `RTCConfiguration`.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The servers that a browser gives to its peer connection. Empty: it reaches us by itself.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct IceServers {
    /// The servers, as `RTCConfiguration.iceServers` takes them.
    pub ice_servers: Vec<IceServer>,
    /// How long the credentials are good from now on, seconds. Absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime_s: Option<u64>,
}

/// Servers with the same credentials.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct IceServer {
    /// Where they are (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// The credentials' name: when they end and an opaque part. Absent for STUN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The credentials' password. Absent for STUN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Password)]
    pub credential: Option<String>,
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The password stays out of logs.
        f.debug_struct("IceServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}
