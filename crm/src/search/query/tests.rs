//! What is understood of what is typed.

use proptest::prelude::*;

use super::{Piece, parse, phone_ends};

fn shape(text: &str) -> Vec<String> {
    let piece = |piece: &Piece| match piece {
        Piece::Word { folded, last: true, .. } => format!("{folded}*"),
        Piece::Word { folded, last: false, .. } => folded.clone(),
        Piece::Digits { joined, .. } => format!("#{joined}"),
        Piece::CaseNumber { digits, .. } => format!("case {digits}"),
    };
    parse(text).iter().map(piece).collect()
}

#[test]
fn case_numbers_are_seen_in_every_form() {
    for text in
        ["C-2611-0482", "c 2611 0482", "c26110482", "C2611-0482", "c-२६११-०४८२", "C–2611–0482"]
    {
        assert_eq!(shape(text), ["case 26110482"], "{text}");
    }
    assert_eq!(shape("C-0482"), ["case 0482"]);
    assert_eq!(shape("2611-0482"), ["#26110482"]);
    assert_eq!(shape("c2611-0482 fever"), ["case 26110482", "fever*"]);
    assert_eq!(shape("c section"), ["c", "section*"]);
    assert_eq!(shape("cough 2"), ["cough", "#2"]);
}

#[test]
fn phone_numbers_are_seen_in_every_form() {
    for text in ["+91 98765 43210", "91-98765-43210", "919876543210", "९१ ९८७६५ ४३२१०"]
    {
        assert_eq!(shape(text), ["#919876543210"], "{text}");
    }
    assert_eq!(phone_ends("09876543210"), ["09876543210", "9876543210"]);
    assert_eq!(phone_ends("00919876543210"), ["00919876543210", "919876543210", "0919876543210"]);
    assert!(phone_ends("321").is_empty());
}

#[test]
fn only_an_open_last_word_is_a_beginning() {
    assert_eq!(shape("तेज़ मधु"), ["तेज", "मधु*"]);
    assert_eq!(shape("मधु "), ["मधु"]);
    assert_eq!(shape("बुखार।"), ["बुखार"]);
    assert_eq!(shape("  \"(:*&|!^~ "), Vec::<String>::new());
}

proptest! {
    #[test]
    fn whatever_is_typed_is_bounded(text in "(?s).{0,400}") {
        let pieces = parse(&text);
        prop_assert!(pieces.len() <= super::PIECES_MAX);
        for piece in pieces {
            prop_assert!(text.contains(piece.typed()));
        }
    }
}
