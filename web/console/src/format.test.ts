import { describe, expect, it } from "vitest";
import { age, clock, duration, full, moment, secondsLeft, shortDuration } from "./format";

// 23:30 UTC on the 21st is 05:00 on the 22nd in Kolkata.
const NIGHT = Date.parse("2026-11-21T23:30:46Z");
const NOW = Date.parse("2026-11-22T08:00:00Z");

describe("dates in Asia/Kolkata", () => {
  it("shows the clock of India, whatever the computer's zone", () => {
    expect(clock(NIGHT, "en")).toBe("05:00:46");
    expect(clock(NIGHT, "hi")).toBe("05:00:46");
  });

  it("leaves the day out today and the year out this year", () => {
    expect(moment(NIGHT, "en", NOW)).toBe("05:00");
    expect(moment("2026-11-04T04:50:00Z", "en", NOW)).toBe("4 Nov 10:20");
    expect(moment("2025-11-04T04:50:00Z", "en", NOW)).toBe("4 Nov 2025");
  });

  it("writes Hindi months with Latin digits", () => {
    expect(full("2026-11-04T04:50:00Z", "hi")).toMatch(/^4 नव.* 2026, 10:20$/);
  });

  it("says nothing for a time that is none", () => {
    expect(moment("never", "en", NOW)).toBe("");
  });
});

describe("durations", () => {
  it("count minutes and seconds, and hours from one on", () => {
    expect(duration(221_999)).toBe("03:41");
    expect(duration(3_727_000)).toBe("1:02:07");
    expect(duration(-5)).toBe("00:00");
    expect(shortDuration(112_000)).toBe("1:52");
    expect(shortDuration(662_000)).toBe("11:02");
  });

  it("count down to zero and stop there", () => {
    expect(secondsLeft(NOW + 10_400, NOW)).toBe(10);
    expect(secondsLeft(NOW - 1, NOW)).toBe(0);
  });

  it("tell an age from a year of birth", () => {
    expect(age(1965, NOW)).toBe(61);
    expect(age(2030, NOW)).toBe(0);
  });
});
