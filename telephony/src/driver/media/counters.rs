//! What a lane counts: plain numbers on its thread, handed to the metrics once a second.

use std::time::Duration;

/// One lane's figures since they were last exported, but for the gauges.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counters {
    /// Datagrams that came.
    pub(super) received: u64,
    /// Receive calls of the shared port that found something; with `batched` the mean batch.
    pub(super) batches: u64,
    pub(super) batched: u64,
    /// Packets sent, and those that the system did not take.
    pub(super) sent: u64,
    pub(super) unsent: u64,
    /// Audio left out because it came too late.
    pub(super) late: u64,
    /// Not RTP.
    pub(super) unreadable: u64,
    /// From an address that is nobody's here.
    pub(super) strangers: u64,
    /// SRTP with a wrong tag, or seen before.
    pub(super) unauthentic: u64,
    /// Datagrams for the gate that found its queue full.
    pub(super) gate_full: u64,
    /// Datagrams for another lane that found its queue full.
    pub(super) handed_lost: u64,
    /// Ticks, those late by 2 and by 10 ms, and frames given up for being late.
    pub(super) ticks: u64,
    pub(super) late_ticks: u64,
    pub(super) very_late_ticks: u64,
    pub(super) frames_given_up: u64,
    /// The latest tick.
    pub(super) lateness_max: Duration,
}

impl Counters {
    /// Adds all to the metrics and begins anew.
    pub(super) fn export(&mut self, lane: usize) {
        let now = std::mem::take(self);
        let lane = lane.to_string();
        let add = |name: &'static str, count: u64| {
            if count > 0 {
                metrics::counter!(name, "lane" => lane.clone()).increment(count);
            }
        };
        add("helpline_media_received_total", now.received);
        add("helpline_media_batches_total", now.batches);
        add("helpline_media_batched_total", now.batched);
        add("helpline_media_sent_total", now.sent);
        add("helpline_media_unsent_total", now.unsent);
        add("helpline_media_late_total", now.late);
        add("helpline_media_ticks_total", now.ticks);
        add("helpline_media_late_ticks_total", now.late_ticks);
        add("helpline_media_very_late_ticks_total", now.very_late_ticks);
        add("helpline_media_frames_given_up_total", now.frames_given_up);
        add("helpline_media_gate_full_total", now.gate_full);
        add("helpline_media_handed_lost_total", now.handed_lost);
        add("helpline_rtp_unreadable_total", now.unreadable);
        add("helpline_rtp_strangers_total", now.strangers);
        add("helpline_srtp_unauthentic_total", now.unauthentic);
        metrics::gauge!("helpline_media_tick_lateness_seconds_max", "lane" => lane.clone())
            .set(now.lateness_max.as_secs_f64());
    }
}
