// No microphone, and calls all the same: on a SIP telephone, set for the shift. SIPp is the telephone.
import { resolve } from "node:path";
import { TESTID } from "../src/ui/testid";
import { expectAccessible } from "./harness/axe";
import { freePort } from "./harness/ports";
import { Program } from "./harness/program";
import { expect, test } from "./harness/test";

const SCENARIO = resolve(import.meta.dirname, "../../../tests/sipp/station_slow.xml");

test.use({ settings: { STATION__NETWORKS: "127.0.0.1/32" } });

test("an operator without a microphone takes a call on a telephone", async ({ operator, dial }) => {
  const port = await freePort();
  const sipp = ["-sf", SCENARIO, "-i", "127.0.0.1", "-p", String(port), "-m", "1"];
  const telephone = new Program("sipp", [...sipp, "-nostdin", "-timeout", "80"]);
  const desk = await operator("operator8", { voice: "none" });
  await desk.signIn();
  await desk.page.getByRole("button", { name: "without taking calls" }).click();
  await desk.page.getByRole("link", { name: "Settings" }).click();
  await desk.tabTo(TESTID.stationAddress);
  await desk.page.keyboard.type("sip:201@192.0.2.1");
  await desk.press("Enter");
  await expect(desk.page.getByText("no telephone may be there")).toBeVisible();
  await desk.get(TESTID.stationAddress).fill(`sip:201@127.0.0.1:${port}`);
  await desk.press("Enter");
  await expect(desk.page.getByText("Your telephone is ready.")).toBeVisible();
  await expectAccessible(desk.page, "telephone set");
  await desk.page.screenshot({ path: test.info().outputPath("telephone-set.png") });

  await desk.press("Escape");
  await desk.press("h");
  await desk.goAvailable();
  const caller = dial({ from: "+919999060082" });
  await expect(desk.get(TESTID.telephoneRings)).toContainText("Your telephone", {
    timeout: 30_000,
  });
  await expect(desk.get(TESTID.answer)).toHaveCount(0);
  await desk.page.screenshot({ path: test.info().outputPath("telephone-rings.png") });
  await desk.is("talking");
  await expect(desk.page.getByText("You talk on your telephone")).toBeVisible();
  await expectAccessible(desk.page, "talking by telephone");
  await desk.page.screenshot({ path: test.info().outputPath("telephone-talks.png") });
  await desk.press("F4");
  await desk.is("on_hold");
  await desk.press("F4");
  await desk.is("talking");
  await desk.end();
  await caller.report();
  expect(await telephone.ended, telephone.tail).toBe(0);
});
