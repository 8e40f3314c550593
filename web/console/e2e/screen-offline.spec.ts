// Screen and sound fail apart: without the server's events and answers the call goes on, what is
// typed is kept, and all of it arrives when the connection is back.
import type { Page, WebSocketRoute } from "@playwright/test";
import { TESTID } from "../src/ui/testid";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

test("the screen goes offline in mid-call and comes back", async ({ operator, dial }) => {
  const desk = await operator("operator1");
  const wire = await Wire.between(desk.page);
  await desk.page.reload();
  await desk.startShift();
  const caller = dial({ from: "+919999060021" });
  await desk.answer();
  const ear = await desk.listen();
  await ear.hears(TONE.caller);

  wire.cut();
  const offline = desk.get(TESTID.barNotice);
  await expect(offline).toContainText("Screen offline");
  const since = Date.now();
  await ear.hears(TONE.caller);
  await desk.tabTo(TESTID.notes);
  await desk.page.keyboard.type("Typed while the screen was offline.");
  await expect(desk.get(TESTID.saved)).toHaveAttribute("data-saved", "kept");
  const until = Date.now();

  wire.mend();
  await expect(offline).toBeHidden({ timeout: 15_000 });
  await desk.is("talking");
  await desk.saved();
  await desk.end();
  const report = await caller.report();
  expect(report.bursts(TONE.operator, since, until), report.text).toBeGreaterThanOrEqual(2);
  await desk.wrapUp("The screen was away, the voice was not.");
});

/** The network between a page and the server, but for the sound. */
class Wire {
  private whole = true;
  private readonly sockets = new Set<WebSocketRoute>();

  static async between(page: Page): Promise<Wire> {
    const wire = new Wire();
    await page.route("**/api/v1/**", (route) =>
      wire.whole ? route.continue() : route.abort("internetdisconnected"),
    );
    await page.routeWebSocket("**/api/v1/events*", (socket) => {
      if (!wire.whole) return socket.close();
      socket.connectToServer();
      wire.sockets.add(socket);
    });
    return wire;
  }

  cut(): void {
    this.whole = false;
    for (const socket of this.sockets) void socket.close();
    this.sockets.clear();
  }

  mend(): void {
    this.whole = true;
  }
}
