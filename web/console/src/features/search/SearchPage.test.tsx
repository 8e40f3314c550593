import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { SearchAnswer } from "../../api/types";
import { expectAccessible, showDesk } from "../../testing/desk";
import { agent, call, iso, snapshot, vocabulary } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { CasePage } from "../cases/CasePage";
import { SearchPage } from "./SearchPage";

const ANSWER: SearchAnswer = {
  total: 2,
  widened: false,
  incomplete: false,
  facets: [{ name: "kind", values: [{ value: "case", count: 2 }] }],
  hits: ["C-2611-0001", "C-2611-0002"].map((title, index) => ({
    kind: "case",
    id: `case-${index}`,
    title,
    subtitle: "",
    highlights: [
      {
        field: "notes",
        parts: [
          { text: "<b>तेज़</b> ", hit: false },
          { text: "बुखार", hit: true },
        ],
      },
    ],
    at: iso(),
  })),
};

let server: MadeUpServer;
beforeEach(() => {
  server = new MadeUpServer({
    "POST /search": { json: ANSWER },
    "GET /vocabulary": { json: vocabulary },
    "GET /cases/case-9": { status: 404, json: {} },
  });
});

describe("searching", () => {
  it("asks once after a pause and marks what matched, as text", async () => {
    await showDesk(<SearchPage focus={false} />);
    await expectAccessible();
    const user = userEvent.setup();
    await user.type(screen.getByTestId(TESTID.searchBox), "bukhar");
    expect((await screen.findAllByTestId(TESTID.hit)).length).toBe(2);
    expect(server.requests("POST", "/search").map(({ body }) => body)).toEqual([
      { text: "bukhar", limit: 20 },
    ]);
    expect(document.querySelector("mark")?.textContent).toBe("बुखार");
    // The server's text is text: a tag in a note is shown, not obeyed.
    expect(screen.getAllByText("<b>तेज़</b>").length).toBeGreaterThan(0);
    expect(screen.getByTestId(TESTID.searchCount).textContent).toBe("2 results");
    await expectAccessible();
  });

  it("moves by arrow keys in the box and by j and k outside it", async () => {
    await showDesk(<SearchPage focus={false} />);
    const user = userEvent.setup();
    const box = screen.getByTestId(TESTID.searchBox);
    await user.clear(box);
    await user.type(box, "bukhar");
    const hits = await screen.findAllByTestId(TESTID.hit);
    const chosen = () =>
      screen
        .getAllByTestId(TESTID.hit)
        .findIndex(
          (hit) => hit.ariaSelected === "true" || hit.getAttribute("aria-selected") === "true",
        );
    expect([hits.length, chosen()]).toEqual([2, 0]);
    await user.keyboard("{ArrowDown}");
    expect(chosen()).toBe(1);
    await user.keyboard("{Escape}k");
    expect(chosen()).toBe(0);
    await user.keyboard("j");
    expect(chosen()).toBe(1);
  });

  it("narrows by a facet", async () => {
    await showDesk(<SearchPage focus={false} />);
    const user = userEvent.setup();
    await user.clear(screen.getByTestId(TESTID.searchBox));
    await user.type(screen.getByTestId(TESTID.searchBox), "fever");
    await screen.findAllByTestId(TESTID.hit);
    await user.click(screen.getByRole("checkbox"));
    await waitFor(() => {
      expect(server.requests("POST", "/search").at(-1)?.body).toMatchObject({
        facets: { kind: ["case"] },
      });
    });
  });

  it("says what to try when nothing was found", async () => {
    server.on("POST /search", { json: { total: 0, facets: [], hits: [] } });
    await showDesk(<SearchPage focus={false} />);
    const user = userEvent.setup();
    await user.clear(screen.getByTestId(TESTID.searchBox));
    await user.type(screen.getByTestId(TESTID.searchBox), "zzz");
    expect(await screen.findByText(/Try fewer words/)).toBeTruthy();
  });
});

describe("opening a record", () => {
  it("asks a reason without a call and sends it along", async () => {
    await showDesk(<CasePage id="case-9" />);
    await expectAccessible();
    expect(server.requests("GET", "/cases/case-9")).toEqual([]);
    await userEvent.setup().keyboard("{Enter}");
    await waitFor(() => {
      expect(server.requests("GET", "/cases/case-9")[0]?.headers.get("x-reason")).toBe("follow_up");
    });
  });

  it("asks none for the case of the call on the line", async () => {
    const { tell } = await showDesk(<CasePage id="case-8" />);
    server.on("GET /calls/call-1", { json: call({ case_id: "case-8" }) });
    await tell(snapshot(agent("talking"), { call: call({ case_id: "case-8" }) }));
    await waitFor(() => expect(server.requests("GET", "/cases/case-8").length).toBe(1));
    expect(screen.queryByTestId(TESTID.reason)).toBeNull();
  });
});
