import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Exchange, SoftphoneOptions } from "../call/softphone";
import { setLanguage } from "../i18n";
import { expectAccessible } from "../testing/desk";
import { MadeUpServer } from "../testing/server";
import { TESTID } from "../ui/testid";
import { CitizenPage } from "./CitizenPage";

const phones: MadeUpPhone[] = [];
class MadeUpPhone {
  stopped = false;
  readonly exchange: Exchange;
  readonly onMedia: SoftphoneOptions["onMedia"];
  constructor({ exchange, onMedia }: SoftphoneOptions) {
    this.exchange = exchange;
    this.onMedia = onMedia;
    phones.push(this);
  }
  async start() {}
  stop() {
    this.stopped = true;
  }
  level() {
    return 0;
  }
}
vi.mock("../call/softphone", () => ({
  Softphone: class {
    constructor(options: SoftphoneOptions) {
      // biome-ignore lint/correctness/noConstructorReturn: stands in for the real class
      return new MadeUpPhone(options) as never;
    }
  },
  LevelMeter: class {},
  MICROPHONE_KEY: "m",
}));

let server: MadeUpServer;
beforeEach(() => {
  phones.length = 0;
  vi.useFakeTimers({ shouldAdvanceTime: true });
  server = new MadeUpServer({
    "POST /web-calls": { status: 201, json: { token: "t", sdp: "answer" } },
    "GET /web-calls/t": { json: { state: "waiting", position: 2, waited_ms: 74_000 } },
    "POST /web-calls/t/digits": { status: 204 },
    "DELETE /web-calls/t": { status: 204 },
  });
  setLanguage("hi");
  return () => vi.useRealTimers();
});

const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
const state = () => screen.getByTestId(TESTID.citizenState).dataset.state;

async function calling() {
  render(<CitizenPage />);
  await user().click(screen.getByTestId(TESTID.citizenCall));
  expect(state()).toBe("asking");
  await act(async () => {
    await phones[0]?.exchange("offer", new AbortController().signal);
  });
  await act(() => vi.advanceTimersByTimeAsync(1_500));
}

describe("the citizen's page", () => {
  it("speaks Hindi first, English on request, and shows a telephone link", async () => {
    render(<CitizenPage />);
    expect(screen.getByTestId(TESTID.citizenCall).textContent).toContain("कॉल करें");
    await expectAccessible();
    await user().click(screen.getByTestId(TESTID.language));
    expect(screen.getByTestId(TESTID.citizenCall).textContent).toContain("Call the helpline");
    expect(screen.getByRole("link").getAttribute("href")).toBe("tel:104");
    expect(document.documentElement.lang).toBe("en");
  });

  it("waits with its place, counted from one", async () => {
    await calling();
    expect(state()).toBe("waiting");
    expect(screen.getByText("आपका स्थान: 3")).toBeTruthy();
    expect(server.requests("POST", "/web-calls")[0]?.body).toEqual({
      sdp: "offer",
      language: "hi",
      number: "104",
    });
    await expectAccessible();
  });

  it("sends 9 and 0", async () => {
    await calling();
    await user().click(screen.getByTestId(`${TESTID.citizenDigit}-9`));
    await user().click(screen.getByTestId(`${TESTID.citizenDigit}-0`));
    const digits = server.requests("POST", "/web-calls/t/digits").map(({ body }) => body);
    expect(digits).toEqual([{ digits: "9" }, { digits: "0" }]);
  });

  it("talks, then ends when the helpline hangs up", async () => {
    await calling();
    server.on("GET /web-calls/t", { json: { state: "talking", waited_ms: 0 } });
    await act(() => vi.advanceTimersByTimeAsync(1_500));
    expect(state()).toBe("talking");
    await expectAccessible();
    server.on("GET /web-calls/t", { status: 404, json: {} });
    await act(() => vi.advanceTimersByTimeAsync(1_500));
    expect(state()).toBe("ended");
    expect(phones[0]?.stopped).toBe(true);
  });

  it("goes on with the same call when the network breaks and comes back", async () => {
    server.on("POST /web-calls/t/media", { json: { sdp: "another answer" } });
    server.on("GET /web-calls/t", { json: { state: "talking", waited_ms: 0 } });
    await calling();
    await act(async () => phones[0]?.onMedia({ kind: "reconnecting", since: 0 }));
    expect(state()).toBe("reconnecting");
    expect(screen.getByTestId(TESTID.citizenState).textContent).toContain("फिर जोड़ रहे हैं");
    await expectAccessible();
    await act(() => vi.advanceTimersByTimeAsync(3_000));
    expect(state()).toBe("reconnecting");
    const answer = await phones[0]?.exchange("another offer", new AbortController().signal);
    expect(answer).toBe("another answer");
    expect(server.requests("POST", "/web-calls").length).toBe(1);
    await act(async () => phones[0]?.onMedia({ kind: "ready" }));
    expect(state()).toBe("talking");
  });

  it("says that the internet broke when the call did not outlive it", async () => {
    await calling();
    await act(async () => phones[0]?.onMedia({ kind: "lost", since: 0 }));
    server.on("GET /web-calls/t", { status: 404, json: {} });
    await act(() => vi.advanceTimersByTimeAsync(1_500));
    expect(state()).toBe("failed");
    expect(screen.getByTestId(TESTID.citizenState).textContent).toContain("इंटरनेट टूट गया");
  });

  it("hangs up", async () => {
    await calling();
    await user().click(screen.getByTestId(TESTID.citizenHangUp));
    expect(server.requests("DELETE", "/web-calls/t").length).toBe(1);
    expect(phones[0]?.stopped).toBe(true);
    expect(state()).toBe("ended");
  });

  it.each(["permission", "no_microphone", "busy", "unsupported"] as const)(
    "says what to do when the microphone is refused: %s",
    async (why) => {
      render(<CitizenPage />);
      await user().click(screen.getByTestId(TESTID.citizenCall));
      await act(async () => phones[0]?.onMedia({ kind: "refused", why }));
      expect(state()).toBe("failed");
      expect(screen.getByTestId(TESTID.citizenState).textContent).toContain("104");
      await expectAccessible();
    },
  );

  it("says so when all lines are taken", async () => {
    server.on("POST /web-calls", { status: 503, json: {} });
    render(<CitizenPage />);
    await user().click(screen.getByTestId(TESTID.citizenCall));
    await act(async () => {
      await phones[0]?.exchange("offer", new AbortController().signal).catch(() => undefined);
    });
    expect(screen.getByTestId(TESTID.citizenState).textContent).toContain("व्यस्त");
  });
});
