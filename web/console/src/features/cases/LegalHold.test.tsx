import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Recording } from "../../api/types";
import { expectAccessible, showDesk } from "../../testing/desk";
import { iso, session } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { LegalHold } from "./LegalHold";

const RECORDING: Recording = {
  id: "rec-1",
  version: 4,
  interaction_id: "i1",
  tier: 1,
  rule: "announced",
  announced: true,
  state: "kept",
  started_at: iso(),
  seconds: 151,
  pauses: [],
  keep_until: iso(86_400_000),
  legal_hold: false,
};
const supervisor = { ...session, user: { ...session.user, role: "supervisor" as const } };

it("is set and released by a supervisor, with a reason, on the version read", async () => {
  const server = new MadeUpServer({
    "PUT /recordings/rec-1/legal-hold": ({ body }) => ({
      json: { ...RECORDING, version: 5, legal_hold: (body as { held: boolean }).held },
    }),
  });
  const user = userEvent.setup();
  await showDesk(<LegalHold recording={RECORDING} />, undefined, supervisor);
  await user.click(screen.getByTestId(TESTID.legalHold));
  await expectAccessible();
  await user.type(screen.getByTestId(TESTID.legalHoldReason), "court order 7{Enter}");
  await waitFor(() => expect(screen.getByTestId(TESTID.legalHold).dataset.held).toBe("true"));
  expect(screen.getByText("Legal hold")).toBeTruthy();
  const [asked] = server.requests("PUT", "/recordings/rec-1/legal-hold");
  expect(asked?.body).toEqual({ held: true });
  expect(asked?.headers.get("if-match")).toBe('"4"');
  expect(asked?.headers.get("x-reason")).toBe("court%20order%207");
  await user.click(screen.getByTestId(TESTID.legalHold));
  await user.type(screen.getByTestId(TESTID.legalHoldReason), "lifted{Enter}");
  await waitFor(() => expect(screen.getByTestId(TESTID.legalHold).dataset.held).toBe("false"));
  expect(server.requests("PUT", "/recordings/rec-1/legal-hold")[1]?.body).toEqual({ held: false });
});

it("says when somebody else decided, and is not an operator's", async () => {
  new MadeUpServer({ "PUT /recordings/rec-1/legal-hold": { status: 412, json: {} } });
  const user = userEvent.setup();
  await showDesk(<LegalHold recording={RECORDING} />, undefined, supervisor);
  await user.click(screen.getByTestId(TESTID.legalHold));
  await user.type(screen.getByTestId(TESTID.legalHoldReason), "court order{Enter}");
  expect(await screen.findByText(/Somebody else/)).toBeTruthy();
});

it("is shown to operators and not theirs to change", async () => {
  await showDesk(<LegalHold recording={{ ...RECORDING, legal_hold: true }} />);
  expect(screen.getByText("Legal hold")).toBeTruthy();
  expect(screen.queryByTestId(TESTID.legalHold)).toBeNull();
});
