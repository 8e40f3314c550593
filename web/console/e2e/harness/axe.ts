// No serious accessibility fault in a state of the page, by axe-core.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const GRAVE = ["serious", "critical"];

export async function expectAccessible(page: Page, state: string): Promise<void> {
  // Colours that fade in are judged when they are there.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
  // Without frames, the mode that opens no second page is enough.
  const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const grave = violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ""))
    .map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ target }) => `${target}`) }));
  expect(passes.length, `rules that applied: ${state}`).toBeGreaterThan(5);
  expect.soft(grave, state).toEqual([]);
}
