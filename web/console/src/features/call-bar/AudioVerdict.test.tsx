import { act, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AUDIO_VERDICTS } from "../../api/types";
import { setLanguage } from "../../i18n";
import { expectAccessible, showDesk } from "../../testing/desk";
import { agent, call, NOW, quality, snapshot } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { AudioVerdict } from "./AudioVerdict";

beforeEach(() => {
  vi.setSystemTime(NOW);
  new MadeUpServer({});
});

async function talking() {
  const desk = await showDesk(<AudioVerdict />);
  await act(async () => {
    desk.store.dispatch({ kind: "media_changed", media: { kind: "ready" } });
  });
  await desk.tell(snapshot(agent("talking"), { call: call() }));
  return desk;
}

const region = () => screen.getByTestId(TESTID.audioVerdict);

describe("the verdict on the sound of a talk", () => {
  it("is a polite live region that stands before there is anything to say", async () => {
    const desk = await talking();
    expect(region().getAttribute("role")).toBe("status");
    expect(region().getAttribute("aria-live")).toBe("polite");
    expect(region().textContent).toBe("");
    await desk.tell(quality());
    expect(region().textContent).toBe("");
    await desk.tell(quality({ verdict: "caller_cannot_hear_you" }));
    expect(region().textContent).toBe(
      "The caller cannot hear you. Check your microphone, or offer to call back.",
    );
    await expectAccessible();
    await desk.tell(quality());
    expect(region().textContent).toBe("");
  });

  it.each(AUDIO_VERDICTS)(
    "says what is wrong and what to do, in both languages: %s",
    async (verdict) => {
      const desk = await talking();
      await desk.tell(quality({ verdict }));
      expect(region().dataset.verdict).toBe(verdict);
      const [wrong, help] = [region().querySelector("b")?.textContent ?? "", region().textContent];
      expect(wrong).toMatch(/\.$/);
      expect(help?.length).toBeGreaterThan(wrong.length + 10);
      await act(async () => setLanguage("hi"));
      expect(region().textContent).toMatch(/[\u0900-\u097f].*।.*।$/);
    },
  );

  it("goes with the call", async () => {
    const desk = await talking();
    await desk.tell(quality({ verdict: "poor_line" }));
    await desk.tell({ type: "agent_state_changed", agent: agent("wrap_up") });
    expect(region().dataset.verdict).toBe("none");
  });
});
