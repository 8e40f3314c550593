// Nobody answers: the desk is taken out of the queue, and comes back by one explicit action.
import { TESTID } from "../src/ui/testid";
import { expect, test } from "./harness/test";

test.use({ settings: { FLOOR__RING_S: "4" } });

test("a desk that does not answer gets no more calls until it returns", async ({
  operator,
  dial,
}) => {
  const desk = await operator("operator1");
  await desk.startShift();
  const caller = dial({ from: "+919999060003", hangUpAfter: "30s" });
  await desk.is("ringing");
  await desk.is("not_responding", 6_000);
  await expect(desk.get(TESTID.goAvailable)).toBeVisible();
  await desk.press("F2");
  // The caller kept the place at the head, so the call comes back at once.
  await desk.answer();
  await desk.end();
  await caller.report();
  await desk.wrapUp("Answered at the second ring.");
});
