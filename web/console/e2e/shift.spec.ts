// One connection for a whole shift: calls are attached to it, and answering one costs no handshake.
import { Operator } from "./harness/operator";
import { peersMade, type Way, watchPeers, wayOf } from "./harness/peers";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

const CALLERS = ["+919999060041", "+919999060042", "+919999060043"];

test("three calls of a shift go over one connection without a new handshake", async ({
  room,
  dial,
  server,
}) => {
  const context = await room(TONE.operator);
  await watchPeers(context);
  let offers = 0;
  context.on("request", (request) => {
    if (request.url().endsWith("/api/v1/agents/me/media")) offers += 1;
  });
  const desk = await Operator.open(context, "operator4", server);
  await desk.startShift();
  const ear = await desk.listen();
  const ways: (Way | null)[] = [await wayOf(desk.page)];
  for (const from of CALLERS) {
    const since = Date.now();
    const caller = dial({ from });
    await desk.answer();
    await ear.hears(TONE.caller);
    ways.push(await wayOf(desk.page));
    await desk.page.waitForTimeout(1_500);
    await desk.end();
    const report = await caller.report();
    expect(report.bursts(TONE.operator, since), report.text).toBeGreaterThanOrEqual(2);
    await desk.wrapUp("One of several calls of a shift.");
  }
  expect(offers, "offers sent").toBe(1);
  expect(await peersMade(desk.page), "connections made").toBe(1);
  expect(ways[0]?.dtls).toContain("connected");
  expect(new Set(ways.map((way) => JSON.stringify(way))).size, JSON.stringify(ways)).toBe(1);
  await desk.leave();
});
