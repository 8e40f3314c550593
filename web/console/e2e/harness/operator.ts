// An operator at a desk: a page of the console, and the words in which tests speak of it.
import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { TESTID } from "../../src/ui/testid";
import { Ear } from "./ear";
import { PASSWORD, type Server } from "./server";
import { TONE } from "./tone";

export type Lang = "en" | "hi";
export type Scheme = "light" | "dark";
export type DeskState =
  | "offline"
  | "available"
  | "ringing"
  | "talking"
  | "on_hold"
  | "wrap_up"
  | "break"
  | "not_responding";

export interface DeskOptions {
  lang?: Lang;
  scheme?: Scheme;
  height?: number;
}

/** The machine may be busy with other things; no state takes so long in service. */
const STATE_MS_MAX = 15_000;

export class Operator {
  readonly page: Page;
  readonly username: string;
  private readonly context: BrowserContext;
  private readonly server: Server;

  private constructor(page: Page, username: string, server: Server) {
    this.page = page;
    this.username = username;
    this.context = page.context();
    this.server = server;
  }

  /** A console in front of the sign-in page. */
  static async open(
    context: BrowserContext,
    username: string,
    server: Server,
    { lang = "en", scheme = "light" }: DeskOptions = {},
  ): Promise<Operator> {
    await context.addInitScript(
      ([language, theme]) => {
        // A reload keeps what the person chose meanwhile.
        if (!localStorage.getItem("helpline.language")) {
          localStorage.setItem("helpline.language", language);
          localStorage.setItem("helpline.scheme", theme);
        }
        // No echo cancelling and no noise suppression: they take a tone for noise.
        sessionStorage.setItem("helpline.audio", "raw");
      },
      [lang, scheme] as const,
    );
    const page = await context.newPage();
    const operator = new Operator(page, username, server);
    await page.goto(`${server.origin}/console/`);
    return operator;
  }

  get(testid: string): Locator {
    return this.page.getByTestId(testid);
  }

  /** The other language, at the sign-in page and by keyboard. */
  async switchLanguage(): Promise<void> {
    const html = this.page.locator("html");
    const before = (await html.getAttribute("lang")) ?? "";
    await this.tabTo(TESTID.language, true);
    await this.press("Enter");
    await expect(html).not.toHaveAttribute("lang", before);
    await this.tabTo(TESTID.signInUsername);
  }

  /** Signs in at the page, by keyboard. */
  async signIn(): Promise<void> {
    await expect(this.get(TESTID.signInUsername)).toBeFocused();
    await this.page.keyboard.type(this.username);
    await this.page.keyboard.press("Tab");
    await this.page.keyboard.type(PASSWORD);
    await this.page.keyboard.press("Enter");
    await expect(this.get(TESTID.signInUsername)).toBeHidden({ timeout: STATE_MS_MAX });
  }

  /** Passes the device check, by keyboard, and waits for the sound. */
  async passDeviceCheck(): Promise<void> {
    await expect(this.get(TESTID.deviceContinue)).toBeFocused({ timeout: STATE_MS_MAX });
    await this.page.keyboard.press("Enter");
    const bar = this.get(TESTID.bar);
    await expect(bar).toHaveAttribute("data-media", "ready", { timeout: STATE_MS_MAX });
  }

  /** The helpline hears of the sound a moment after the browser does; a person presses again too. */
  async goAvailable(): Promise<void> {
    const bar = this.get(TESTID.bar);
    await expect(async () => {
      const state = await bar.getAttribute("data-state");
      if (state !== "available" && state !== "ringing") await this.press("F2");
      await expect(bar).toHaveAttribute("data-state", /^(available|ringing)$/, { timeout: 2_000 });
    }).toPass({ timeout: STATE_MS_MAX });
  }

  /** From the sign-in page to the queue. */
  async startShift(): Promise<void> {
    await this.signIn();
    await this.passDeviceCheck();
    await this.goAvailable();
  }

  /** Waits until the bar shows this state. */
  async is(state: DeskState, timeout = STATE_MS_MAX): Promise<void> {
    const bar = this.get(TESTID.bar);
    await expect(bar).toHaveAttribute("data-state", state, { timeout });
  }

  /** Available, or rung already by a caller who had been waiting. */
  private async isFree(): Promise<void> {
    const bar = this.get(TESTID.bar);
    await expect(bar).toHaveAttribute("data-state", /^(available|ringing)$/, {
      timeout: STATE_MS_MAX,
    });
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Answers the call that rings, by key. */
  async answer(): Promise<void> {
    await this.is("ringing");
    await this.press("F2");
    await this.is("talking");
  }

  /** Ends the call, by key. */
  async end(): Promise<void> {
    await this.press("Shift+F2");
    await this.is("wrap_up");
  }

  /** An ear at what this desk plays. */
  listen(): Promise<Ear> {
    return Ear.open(this.page, [TONE.caller]);
  }

  /** Goes through the page by Tab until this control has the focus. */
  async tabTo(testid: string, back = false): Promise<void> {
    const target = this.get(testid);
    for (let step = 0; step < 80; step += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press(back ? "Shift+Tab" : "Tab");
    }
    throw new Error(`${testid} cannot be reached by Tab`);
  }

  /** Waits until what was typed is on the server. */
  async saved(): Promise<void> {
    const word = this.get(TESTID.saved);
    await expect(word).toHaveAttribute("data-saved", "saved", { timeout: STATE_MS_MAX });
  }

  /** Chooses an outcome, writes the report and files it, by keyboard; wrap-up ends with it. */
  async wrapUp(report: string, then: "free" | "break" = "free"): Promise<void> {
    await this.is("wrap_up");
    const outcomes = this.page.getByRole("radio");
    const first = (await outcomes.first().getAttribute("data-testid")) ?? TESTID.disposition;
    await this.tabTo(first);
    await this.press("ArrowRight");
    await this.tabTo(TESTID.report);
    await this.page.keyboard.type(report);
    await this.press("Control+Enter");
    await (then === "free" ? this.isFree() : this.is(then));
  }

  /** A request with this person's session. */
  async api(method: "GET" | "PUT" | "POST" | "DELETE", path: string, data?: unknown) {
    const base = `${this.server.origin}/api/v1`;
    const session = await this.context.request.get(`${base}/session`);
    const { csrf_token } = session.ok() ? await session.json() : { csrf_token: "" };
    return this.context.request.fetch(`${base}${path}`, {
      method,
      data,
      headers: { "x-csrf-token": csrf_token },
    });
  }

  /** Leaves the floor, so that no call of a later test rings here. */
  async leave(): Promise<void> {
    await this.api("PUT", "/agents/me/state", { want: "offline" }).catch(() => undefined);
    await this.context.close();
  }
}
