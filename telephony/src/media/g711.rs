//! G.711 (A-law and µ-law), by the tables of the `audio-codec` crate. Pure.

use std::sync::LazyLock;

use audio_codec::pcma::{PcmaDecoder, PcmaEncoder};
use audio_codec::pcmu::{PcmuDecoder, PcmuEncoder};
use audio_codec::{Decoder, Encoder};

use super::{FRAME_SAMPLES, Frame};
use crate::sdp::Codec;

/// Encodes samples; `out` must be at least as long. Returns the number of bytes written: the
/// shorter of the two lengths.
pub fn encode(codec: Codec, samples: &[i16], out: &mut [u8]) -> usize {
    let len = samples.len().min(out.len());
    let (samples, out) = (&samples[..len], &mut out[..len]);
    let written = match codec {
        Codec::Pcma => PcmaEncoder::new().encode_into(samples, out),
        Codec::Pcmu => PcmuEncoder::new().encode_into(samples, out),
    };
    written.expect("input and output are equally long")
}

/// Decodes bytes; `out` must be at least as long. Returns the number of samples written: the
/// shorter of the two lengths.
pub fn decode(codec: Codec, bytes: &[u8], out: &mut [i16]) -> usize {
    let len = bytes.len().min(out.len());
    let (bytes, out) = (&bytes[..len], &mut out[..len]);
    let written = match codec {
        Codec::Pcma => PcmaDecoder::new().decode_into(bytes, out),
        Codec::Pcmu => PcmuDecoder::new().decode_into(bytes, out),
    };
    written.expect("input and output are equally long")
}

/// Samples as bytes of this codec.
#[must_use]
pub fn encoded(codec: Codec, samples: &[i16]) -> Vec<u8> {
    let mut out = vec![0; samples.len()];
    encode(codec, samples, &mut out);
    out
}

/// Bytes of this codec as samples.
#[must_use]
pub fn decoded(codec: Codec, bytes: &[u8]) -> Vec<i16> {
    let mut out = vec![0; bytes.len()];
    decode(codec, bytes, &mut out);
    out
}

/// What each byte of one law is in the other; `None` if the laws are the same and bytes pass
/// unchanged.
#[must_use]
pub fn transcode_table(from: Codec, to: Codec) -> Option<&'static [u8; 256]> {
    static A_TO_U: LazyLock<[u8; 256]> = LazyLock::new(|| table(Codec::Pcma, Codec::Pcmu));
    static U_TO_A: LazyLock<[u8; 256]> = LazyLock::new(|| table(Codec::Pcmu, Codec::Pcma));
    match (from, to) {
        (Codec::Pcma, Codec::Pcmu) => Some(&A_TO_U),
        (Codec::Pcmu, Codec::Pcma) => Some(&U_TO_A),
        (Codec::Pcma, Codec::Pcma) | (Codec::Pcmu, Codec::Pcmu) => None,
    }
}

/// Turns bytes of one law into the other, in place, at one table look-up a byte.
pub fn transcode(from: Codec, to: Codec, bytes: &mut [u8]) {
    let Some(table) = transcode_table(from, to) else {
        return;
    };
    for byte in bytes {
        *byte = table[usize::from(*byte)];
    }
}

/// The byte of silence.
#[must_use]
pub const fn silence(codec: Codec) -> u8 {
    match codec {
        Codec::Pcma => 0xd5,
        Codec::Pcmu => 0xff,
    }
}

/// A frame of silence: what a leg sends when it has nothing to say, so that the path stays open and
/// the other side does not take the call for dead.
#[must_use]
pub const fn silence_frame(codec: Codec) -> Frame {
    [silence(codec); FRAME_SAMPLES]
}

fn table(from: Codec, to: Codec) -> [u8; 256] {
    let mut bytes = [0; 256];
    for (byte, value) in bytes.iter_mut().zip(0..=u8::MAX) {
        *byte = value;
    }
    let mut samples = [0; 256];
    decode(from, &bytes, &mut samples);
    encode(to, &samples, &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

    #[test]
    fn every_byte_decodes_to_a_sample_that_encodes_to_an_equal_one() {
        let bytes: Vec<u8> = (0..=255).collect();
        for codec in BOTH {
            let samples = decoded(codec, &bytes);
            let again = decoded(codec, &encoded(codec, &samples));
            for (before, after) in samples.iter().zip(again) {
                // The tables give A-law's smallest negative value (-8) as its smallest positive
                // one: a step 66 dB below full scale, which nobody hears.
                let near = codec == Codec::Pcma && (*before, after) == (-8, 8);
                assert!(*before == after || near, "{codec:?}: {before} came back as {after}");
            }
        }
    }

    #[test]
    fn known_values_of_the_standard() {
        assert_eq!(encoded(Codec::Pcma, &[0, 32_767, -32_768]), [0xd5, 0xaa, 0x2a]);
        assert_eq!(encoded(Codec::Pcmu, &[0, 32_767, -32_768]), [0xff, 0x80, 0x00]);
    }

    #[test]
    fn transcoding_equals_decoding_and_encoding() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut turned = bytes.clone();
        transcode(Codec::Pcma, Codec::Pcmu, &mut turned);
        assert_eq!(turned, encoded(Codec::Pcmu, &decoded(Codec::Pcma, &bytes)));
        let mut same = bytes.clone();
        transcode(Codec::Pcmu, Codec::Pcmu, &mut same);
        assert_eq!(same, bytes);
        let (a, u) = (silence(Codec::Pcma), silence(Codec::Pcmu));
        let table = transcode_table(Codec::Pcmu, Codec::Pcma).expect("different laws");
        assert_eq!(table[usize::from(u)], a, "silence stays silence");
    }

    #[test]
    fn a_short_output_takes_what_fits() {
        let mut out = [0; 3];
        assert_eq!(encode(Codec::Pcma, &[0; 5], &mut out), 3);
        assert_eq!(decode(Codec::Pcma, &[0xd5; 2], &mut [1; 3]), 2);
    }
}
