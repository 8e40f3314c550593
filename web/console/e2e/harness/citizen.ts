// A citizen with a browser: the page at `/`.
import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { TESTID } from "../../src/ui/testid";
import { Ear } from "./ear";
import type { Server } from "./server";
import { TONE } from "./tone";

export type CitizenState = "greeting" | "waiting" | "talking" | "ended" | "failed";

export class Citizen {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(context: BrowserContext, server: Server): Promise<Citizen> {
    await context.addInitScript(() => sessionStorage.setItem("helpline.audio", "raw"));
    const page = await context.newPage();
    await page.goto(`${server.origin}/`);
    return new Citizen(page);
  }

  get(testid: string): Locator {
    return this.page.getByTestId(testid);
  }

  async call(): Promise<void> {
    await this.get(TESTID.citizenCall).click();
  }

  async is(state: CitizenState, timeout = 15_000): Promise<void> {
    const shown = this.get(TESTID.citizenState);
    await expect(shown).toHaveAttribute("data-state", state, { timeout });
  }

  /** Presses a key of the page's keypad. */
  async press(digit: string): Promise<void> {
    await this.get(`${TESTID.citizenDigit}-${digit}`).click();
  }

  async hangUp(): Promise<void> {
    await this.get(TESTID.citizenHangUp).click();
  }

  listen(): Promise<Ear> {
    return Ear.open(this.page, [TONE.operator]);
  }
}
