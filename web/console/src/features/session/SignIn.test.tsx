import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expectAccessible, showDesk } from "../../testing/desk";
import { NOW, session } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { SetUp } from "./SetUp";
import { SignIn } from "./SignIn";

vi.mock("../../call/ringer", () => ({ unlockAudio: vi.fn(), playLowNote: vi.fn() }));

let server: MadeUpServer;
beforeEach(() => {
  vi.setSystemTime(NOW);
  server = new MadeUpServer();
});

async function signIn() {
  const user = userEvent.setup();
  await user.type(screen.getByTestId(TESTID.signInUsername), " asha ");
  await user.type(screen.getByTestId(TESTID.signInPassword), "right horse");
  await user.keyboard("{Enter}");
}

describe("signing in", () => {
  it("sends the name without the spaces around it", async () => {
    server.on("POST /session", { json: session });
    await showDesk(<SignIn />);
    await expectAccessible();
    await signIn();
    expect(server.asked[0]?.body).toEqual({ username: "asha", password: "right horse" });
  });

  it.each([
    [401, { type: "wrong-password" }, {}, "User name or password is wrong"],
    [423, { type: "account-locked" }, { "retry-after": "900" }, "until 22 Nov 2026, 14:40"],
    [423, { type: "account-locked" }, {}, "locked for a while"],
    [429, { type: "too-many-requests" }, { "retry-after": "42" }, "in 42 seconds"],
    [403, { type: "account-disabled" }, {}, "switched off"],
    [500, { detail: "request 7" }, {}, "request 7"],
  ])("says what %s %o means", async (status, json, headers, words) => {
    server.on("POST /session", { status, json, headers: headers as Record<string, string> });
    await showDesk(<SignIn />);
    await signIn();
    expect((await screen.findByTestId(TESTID.signInError)).textContent).toContain(words);
    expect((screen.getByTestId(TESTID.signInPassword) as HTMLInputElement).value).toBe("");
    await expectAccessible();
  });

  it("tells a silent server from a wrong password", async () => {
    server.offline = true;
    await showDesk(<SignIn />);
    await signIn();
    expect(screen.getByTestId(TESTID.signInError).textContent).toContain("does not answer");
  });
});

describe("the set-up link", () => {
  beforeEach(() => history.replaceState(null, "", "/console/setup#token=secret"));

  it("takes the token out of the address and sends it once", async () => {
    server.on("POST /session/setup", { status: 204 });
    await showDesk(<SetUp />);
    expect(location.hash).toBe("");
    await expectAccessible();
    const user = userEvent.setup();
    await user.type(screen.getByTestId(TESTID.setUpPassword), "four quiet blue birds");
    await user.type(screen.getByTestId(TESTID.setUpRepeat), "four quiet blue birds");
    await user.click(screen.getByTestId(TESTID.setUpSubmit));
    expect(server.asked[0]?.body).toEqual({ token: "secret", password: "four quiet blue birds" });
    expect(await screen.findByText("Your password is saved")).toBeTruthy();
  });

  it("does not send two passwords that differ", async () => {
    await showDesk(<SetUp />);
    const user = userEvent.setup();
    await user.type(screen.getByTestId(TESTID.setUpPassword), "four quiet blue birds");
    await user.type(screen.getByTestId(TESTID.setUpRepeat), "four quiet blue bird");
    await user.click(screen.getByTestId(TESTID.setUpSubmit));
    expect(screen.getByText("The two are not the same.")).toBeTruthy();
    expect(server.asked).toEqual([]);
  });

  it.each([
    ["token", "used already"],
    ["password", "too easy to guess"],
  ])("says what is wrong with the %s", async (field, words) => {
    const json = { type: "invalid", errors: [{ field, message: "no" }] };
    server.on("POST /session/setup", { status: 422, json });
    await showDesk(<SetUp />);
    const user = userEvent.setup();
    await user.type(screen.getByTestId(TESTID.setUpPassword), "password12");
    await user.type(screen.getByTestId(TESTID.setUpRepeat), "password12");
    await user.click(screen.getByTestId(TESTID.setUpSubmit));
    expect(await screen.findByText(new RegExp(words))).toBeTruthy();
  });
});
