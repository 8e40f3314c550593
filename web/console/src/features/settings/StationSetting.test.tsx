import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it } from "vitest";
import { expectAccessible, showDesk } from "../../testing/desk";
import { agent, snapshot } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { StationSetting } from "./StationSetting";
import { rememberedStation } from "./station";

const ADDRESS = "sip:201@10.0.0.5:5060";
let server: MadeUpServer;

beforeEach(() => {
  document.body.replaceChildren();
  const station = { address: ADDRESS, state: "ready" } as const;
  server = new MadeUpServer({
    "PUT /agents/me/station": { json: agent("offline", { station }) },
  });
});
afterEach(() => localStorage.clear());

it("takes a telephone for the shift and remembers it", async () => {
  const desk = await showDesk(<StationSetting />);
  await desk.tell(snapshot(agent("offline")));
  const user = userEvent.setup();
  await user.type(screen.getByTestId(TESTID.stationAddress), `${ADDRESS}{Enter}`);
  expect(await screen.findByText("Your telephone is ready.")).toBeTruthy();
  expect(rememberedStation()).toBe(ADDRESS);
  await expectAccessible();
  server.on("PUT /agents/me/station", { json: agent("offline") });
  await user.click(screen.getByTestId(TESTID.stationRemove));
  expect(await screen.findByText("You take calls in this browser.")).toBeTruthy();
  expect(rememberedStation()).toBeNull();
});

it("says that a telephone may not be there", async () => {
  server.on("PUT /agents/me/station", { status: 422, json: { type: "invalid" } });
  const desk = await showDesk(<StationSetting />);
  await desk.tell(snapshot(agent("offline")));
  await userEvent.setup().type(screen.getByTestId(TESTID.stationAddress), "sip:1@192.0.2.1{Enter}");
  expect(await screen.findByText(/no telephone may be there/)).toBeTruthy();
  expect(rememberedStation()).toBeNull();
  await expectAccessible();
});
