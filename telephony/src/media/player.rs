//! Plays a playlist, one frame each tick. Pure: the driver ticks each 20 ms.

use std::sync::Arc;

use super::{AudioLibrary, FRAME_SAMPLES, Frame, g711};
use crate::call::Playlist;
use crate::sdp::Codec;

/// What came with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More follows.
    Playing,
    /// This frame was the last: report the end. Told once.
    Ended,
    /// Nothing is left; the frame is silence.
    Idle,
}

/// One playlist being played to one leg.
#[derive(Clone, Debug)]
pub struct Player {
    items: Vec<Arc<[u8]>>,
    repeat: bool,
    silence: u8,
    /// The codec of `items`, and the one that the leg speaks now.
    made_in: Codec,
    spoken: Codec,
    /// Which item, and where in it.
    at: (usize, usize),
    ended: bool,
}

impl Player {
    /// Begins a playlist in the codec of a leg. A prompt that the library lacks is passed over;
    /// start-up has refused greetings that name one.
    #[must_use]
    pub fn new(library: &AudioLibrary, playlist: &Playlist, codec: Codec) -> Self {
        let items: Vec<_> = playlist
            .prompts
            .iter()
            .filter_map(|(language, name)| library.get(*language, name))
            .map(|prompt| Arc::clone(prompt.bytes(codec)))
            .filter(|bytes| !bytes.is_empty())
            .collect();
        Self {
            items,
            repeat: playlist.repeat,
            silence: g711::silence(codec),
            made_in: codec,
            spoken: codec,
            at: (0, 0),
            ended: false,
        }
    }

    /// The leg speaks another codec from the next frame on.
    pub fn turn_to(&mut self, codec: Codec) {
        self.spoken = codec;
    }

    /// Fills the next 20 ms. The last frame is filled up with silence; items follow each other
    /// without a gap; a repeated playlist never ends (with nothing to play, it is silence).
    pub fn next_frame(&mut self, frame: &mut Frame) -> Progress {
        let mut filled = 0;
        while filled < FRAME_SAMPLES {
            let Some(item) = self.items.get(self.at.0) else {
                break;
            };
            let rest = &item[self.at.1..];
            let len = rest.len().min(FRAME_SAMPLES - filled);
            frame[filled..filled + len].copy_from_slice(&rest[..len]);
            filled += len;
            self.at.1 += len;
            if self.at.1 == item.len() {
                self.at = (self.following(), 0);
            }
        }
        frame[filled..].fill(self.silence);
        if self.spoken != self.made_in {
            g711::transcode(self.made_in, self.spoken, frame);
        }
        self.progress()
    }

    fn following(&self) -> usize {
        let next = self.at.0 + 1;
        if self.repeat && next == self.items.len() { 0 } else { next }
    }

    fn progress(&mut self) -> Progress {
        if self.repeat || self.at.0 < self.items.len() {
            Progress::Playing
        } else if std::mem::replace(&mut self.ended, true) {
            Progress::Idle
        } else {
            Progress::Ended
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::PromptName;
    use crate::media::Prompt;

    fn player(prompts: &[&str], repeat: bool) -> Player {
        let hindi = "hi".parse().expect("a language");
        let mut library = AudioLibrary::new(hindi);
        for (name, value, len) in [("a", 8000, 200), ("b", -8000, 120), ("c", 4000, 10)] {
            library.insert(
                hindi,
                PromptName(name.to_owned()),
                Prompt::from_samples(&vec![value; len]),
            );
        }
        let prompts = prompts.iter().map(|n| (hindi, PromptName((*n).to_owned()))).collect();
        Player::new(&library, &Playlist { prompts, repeat }, Codec::Pcma)
    }

    fn frames(player: &mut Player, count: usize) -> (Vec<u8>, Vec<Progress>) {
        let mut bytes = Vec::new();
        let progress = (0..count)
            .map(|_| {
                let mut frame = [0; FRAME_SAMPLES];
                let progress = player.next_frame(&mut frame);
                bytes.extend(frame);
                progress
            })
            .collect();
        (bytes, progress)
    }

    #[test]
    fn items_follow_without_a_gap_and_the_end_is_told_once() {
        let (bytes, progress) = frames(&mut player(&["a", "b", "c"], false), 5);
        use Progress::{Ended, Idle, Playing};
        assert_eq!(progress, [Playing, Playing, Ended, Idle, Idle]);
        let [a, b, c] = [8000, -8000, 4000].map(|v| g711::encoded(Codec::Pcma, &[v])[0]);
        assert!(bytes[..200].iter().all(|v| *v == a));
        assert!(bytes[200..320].iter().all(|v| *v == b));
        assert!(bytes[320..330].iter().all(|v| *v == c));
        assert!(bytes[330..].iter().all(|v| *v == g711::silence(Codec::Pcma)));
    }

    #[test]
    fn a_change_of_law_in_the_middle_is_not_heard() {
        let mut player = player(&["a", "b"], false);
        frames(&mut player, 1);
        player.turn_to(Codec::Pcmu);
        let (bytes, _) = frames(&mut player, 2);
        let [a, b] = [8000, -8000].map(|v| {
            let mut byte = g711::encoded(Codec::Pcma, &[v]);
            g711::transcode(Codec::Pcma, Codec::Pcmu, &mut byte);
            byte[0]
        });
        assert!(bytes[..40].iter().all(|v| *v == a));
        assert!(bytes[40..160].iter().all(|v| *v == b));
    }

    #[test]
    fn an_end_on_the_frame_border_is_told_with_that_frame() {
        let (_, progress) = frames(&mut player(&["a", "b"], false), 3);
        assert_eq!(progress, [Progress::Playing, Progress::Ended, Progress::Idle]);
    }

    #[test]
    fn a_repeated_playlist_begins_again_even_when_shorter_than_a_frame() {
        let (bytes, progress) = frames(&mut player(&["c"], true), 3);
        assert!(progress.iter().all(|p| *p == Progress::Playing));
        let c = g711::encoded(Codec::Pcma, &[4000])[0];
        assert!(bytes.iter().all(|v| *v == c));
    }

    #[test]
    fn nothing_to_play_ends_at_once_or_is_silence_for_ever() {
        let (bytes, progress) = frames(&mut player(&["unknown"], false), 2);
        assert_eq!(progress, [Progress::Ended, Progress::Idle]);
        assert!(bytes.iter().all(|v| *v == 0xd5));
        let (_, progress) = frames(&mut player(&[], true), 2);
        assert_eq!(progress, [Progress::Playing, Progress::Playing]);
    }
}
