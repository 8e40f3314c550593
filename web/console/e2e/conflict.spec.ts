// Two people change one case: the second is told, sees both texts, and loses nothing.
import type { Locator } from "@playwright/test";
import { TESTID } from "../src/ui/testid";
import type { Operator } from "./harness/operator";
import { expect, test } from "./harness/test";

test("two people change the same case", async ({ operator }) => {
  const [first, second] = [await operator("operator1"), await operator("operator6")];
  for (const desk of [first, second]) {
    await desk.signIn();
    await desk.passDeviceCheck();
  }
  const { cases } = await (await first.api("GET", "/cases?mine=true")).json();
  const open = cases.find((item: { state: string }) => item.state !== "closed");
  await openCase(first, open.number, async (hit) => {
    await hit.waitFor();
    await first.press("Enter");
  });
  await openCase(second, open.number, (hit) => hit.dblclick());
  const notesOf = (desk: Operator) => desk.page.getByLabel("Notes");
  await notesOf(first).fill("Called back, no answer.");
  await notesOf(second).fill("The clinic has a bed.");
  await first.page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(first.page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();

  await second.page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(second.page.getByText("Somebody else saved this case")).toBeVisible();
  await expect(second.page.getByText("Called back, no answer.")).toBeVisible();
  await expect(notesOf(second)).toHaveValue("The clinic has a bed.");
  await second.page.getByRole("button", { name: "Keep mine" }).click();
  await expect(second.page.getByText("Somebody else saved this case")).toBeHidden();
  const after = await (await first.api("GET", `/cases/${open.id}`)).json();
  expect(after.notes).toBe("The clinic has a bed.");
});

/** Finds a case by its number and opens it by key or by mouse, with the reason that a record outside a call needs. */
async function openCase(
  desk: Operator,
  number: string,
  open: (hit: Locator) => Promise<void>,
): Promise<void> {
  await desk.press("/");
  await desk.page.keyboard.type(number);
  await open(desk.get(TESTID.hit).filter({ hasText: number }).first());
  const reason = desk.get(TESTID.reason);
  const head = desk.page.getByRole("heading", { name: number });
  await expect(reason.or(head)).toBeVisible();
  if (await reason.isVisible()) await desk.press("Enter");
  await expect(head).toBeVisible();
}
