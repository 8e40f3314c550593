// Without a microphone there are no calls: the page says so, says what to do, and the floor agrees.
import { TESTID } from "../src/ui/testid";
import { expect, test } from "./harness/test";

const CASES = [
  { microphone: "none", says: "No microphone found" },
  { microphone: "denied", says: "may not use the microphone" },
] as const;

for (const { microphone, says } of CASES) {
  test(`microphone: ${microphone}`, async ({ operator }) => {
    const desk = await operator("operator8", { voice: microphone });
    await desk.signIn();
    await expect(desk.get(TESTID.deviceProblem)).toContainText(says);
    await desk.page.getByRole("button", { name: "without taking calls" }).click();
    await desk.is("offline");
    await expect(desk.get(TESTID.goAvailable)).toHaveCount(0);
    const refused = await desk.api("PUT", "/agents/me/state", { want: "available" });
    expect(refused.status()).toBe(409);
    await desk.is("offline");
  });
}
