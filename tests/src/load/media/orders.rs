//! What the load tool tells the media server, and what that answers: a line of JSON each. Pure.

use serde::{Deserialize, Serialize};

/// One order, one line on the server's standard input. Legs are numbers of the tool's choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Opens a trunk leg.
    OpenTrunk {
        /// Its number.
        leg: u32,
        /// A session description with plain RTP.
        offer: String,
    },
    /// Opens a browser's leg.
    OpenPeer {
        /// Its number.
        leg: u32,
        /// A session description with DTLS-SRTP.
        offer: String,
    },
    /// Joins two legs.
    Bridge {
        /// One.
        a: u32,
        /// The other.
        b: u32,
    },
    /// Joins three or more legs in a room.
    Mix {
        /// Them.
        legs: Vec<u32>,
    },
    /// Closes a leg.
    Close {
        /// Its number.
        leg: u32,
    },
    /// Asks what is open.
    Stats,
}

/// One answer, one line on the server's standard output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// The server runs; its first line.
    Ready,
    /// The leg is open.
    Opened {
        /// Its session description.
        answer: String,
    },
    /// It was done.
    Done,
    /// What is open.
    Counts(Counts),
    /// It could not be done.
    Refused {
        /// Why.
        why: String,
    },
}

/// What is open in the media plane, and what it reported so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Legs.
    pub legs: usize,
    /// Trunk ports in use.
    pub ports: usize,
    /// Browsers' connections.
    pub peers: usize,
    /// Browsers that connected.
    pub connected: u64,
    /// Browsers that were lost.
    pub disconnected: u64,
    /// Trunk legs that fell silent.
    pub silent: u64,
    /// Events in all.
    pub events: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_one_line() {
        let order = Order::OpenTrunk { leg: 3, offer: "v=0\r\ns=-\r\n".to_owned() };
        let line = serde_json::to_string(&order).expect("it can be written");
        assert_eq!(line, r#"{"order":"open_trunk","leg":3,"offer":"v=0\r\ns=-\r\n"}"#);
        assert_eq!(serde_json::from_str::<Order>(&line).expect("it can be read"), order);
    }
}
