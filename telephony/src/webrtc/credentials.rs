//! Names and passwords of ICE (RFC 8445 §5.3). Pure.

use std::fmt::Write as _;

/// 64 bits: enough that nobody guesses a peer's name, short enough to route by.
const NAME_BYTES: usize = 8;
/// RFC 8445 §5.3 wants at least 128 bits.
const PASSWORD_BYTES: usize = 16;

/// One generation of a peer's ICE credentials.
#[derive(Clone)]
pub(super) struct Credentials {
    /// Our ufrag, also the key of the gate's table.
    pub(super) name: String,
    /// Our password: checks are signed with it.
    pub(super) password: String,
    /// The browser's ufrag.
    pub(super) theirs: String,
}

impl Credentials {
    /// Draws new ones for a browser that calls itself `theirs`.
    pub(super) fn draw(random: &mut dyn FnMut(&mut [u8]), theirs: String) -> Self {
        let (mut name, mut password) = ([0; NAME_BYTES], [0; PASSWORD_BYTES]);
        random(&mut name);
        random(&mut password);
        // Every hexadecimal digit is an `ice-char` (RFC 8839 §5.4).
        Self { name: hexadecimal(&name), password: hexadecimal(&password), theirs }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}
