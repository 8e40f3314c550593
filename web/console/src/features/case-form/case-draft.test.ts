import { clear } from "idb-keyval";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { caseOf, iso } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { CaseDraft, type DraftSubject } from "./case-draft";

const SUBJECT: DraftSubject = {
  callId: "call-1",
  interactionId: "i1",
  caseId: null,
  contactId: null,
};
let server: MadeUpServer;
let draft: CaseDraft;

beforeEach(async () => {
  vi.useFakeTimers();
  await clear();
  server = new MadeUpServer({
    "POST /cases": { status: 201, json: caseOf() },
    "GET /cases/c1": { json: caseOf({ version: 2 }) },
    "PUT /cases/c1/draft": { json: { saved_at: iso() } },
    "PATCH /cases/c1": (asked) => ({
      json: { ...caseOf({ version: 2 }), ...(asked.body as object) },
    }),
    "POST /cases/c1/report": { status: 201, json: {} },
    "POST /cases/c1/close": { json: caseOf({ version: 3, state: "closed" }) },
  });
  draft = new CaseDraft({ ...SUBJECT });
});
afterEach(() => {
  draft.stop();
  vi.useRealTimers();
});

const fields = (path: string) =>
  (server.requests("PUT", path).at(-1)?.body as { fields: object } | undefined)?.fields;

describe("what is typed", () => {
  it("opens one case and is saved a moment after the last key", async () => {
    draft.edit("notes", "F");
    draft.edit("notes", "Fever");
    await vi.advanceTimersByTimeAsync(700);
    expect(server.requests("POST", "/cases").length).toBe(1);
    expect(server.requests("POST", "/cases")[0]?.headers.get("idempotency-key")).toBe(
      "case-of-call-call-1",
    );
    expect(fields("/cases/c1/draft")).toEqual({ notes: "Fever" });
    expect(draft.snapshot().saved).toEqual({ kind: "saved", at: iso() });
  });

  it("is kept here while there is no server, and sent afterwards", async () => {
    server.offline = true;
    draft.edit("notes", "Fever");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(draft.snapshot().saved).toEqual({ kind: "kept" });
    server.offline = false;
    await vi.advanceTimersByTimeAsync(4_000);
    expect(fields("/cases/c1/draft")).toEqual({ notes: "Fever" });
  });

  it("comes back after a reload", async () => {
    server.offline = true;
    draft.edit("notes", "Fever third day");
    await vi.advanceTimersByTimeAsync(100);
    draft.stop();
    const again = new CaseDraft({ ...SUBJECT });
    await again.load();
    expect(again.snapshot().fields.notes).toBe("Fever third day");
    again.stop();
  });

  it("is sent once more when a key was pressed while it was on its way", async () => {
    let release: () => void = () => undefined;
    server.on("PUT /cases/c1/draft", async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return { json: { saved_at: iso() } };
    });
    draft.edit("notes", "Fever");
    await vi.advanceTimersByTimeAsync(700);
    draft.edit("notes", "Fever, cough");
    release();
    await vi.advanceTimersByTimeAsync(700);
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(fields("/cases/c1/draft")).toEqual({ notes: "Fever, cough" });
    expect(draft.snapshot().saved.kind).toBe("saved");
  });
});

describe("submitting", () => {
  beforeEach(() => {
    draft.edit("disposition", "self_care");
    draft.edit("report", "Rest.");
  });

  it("saves the case on its version, then files the report", async () => {
    expect(await draft.submit(false)).toBe(true);
    const patch = server.requests("PATCH", "/cases/c1")[0];
    expect(patch?.headers.get("if-match")).toBe('"1"');
    expect(patch?.body).toEqual({ disposition: "self_care" });
    expect(server.requests("POST", "/cases/c1/report")[0]?.body).toEqual({
      text: "Rest.",
      disposition: "self_care",
    });
    expect(draft.snapshot().filing).toBe("filed");
    expect(server.requests("POST", "/cases/c1/close")).toEqual([]);
  });

  it("closes the case too when that was asked", async () => {
    await draft.submit(true);
    expect(server.requests("POST", "/cases/c1/close").length).toBe(1);
    expect(draft.snapshot().held?.state).toBe("closed");
  });

  it("files the same report once, however often it is sent", async () => {
    server.on("POST /cases/c1/report", { status: 503, json: {} });
    expect(await draft.submit(false)).toBe(false);
    server.on("POST /cases/c1/report", { status: 201, json: {} });
    await draft.submit(false);
    const keys = server
      .requests("POST", "/cases/c1/report")
      .map(({ headers }) => headers.get("idempotency-key"));
    expect(keys.length).toBe(2);
    expect(new Set(keys).size).toBe(1);
  });

  it("shows both versions of a field that somebody else changed too", async () => {
    draft.edit("notes", "Mine");
    await draft.flush();
    server.on("PATCH /cases/c1", { status: 412, json: { type: "version-conflict" } });
    server.on("GET /cases/c1", {
      json: caseOf({ version: 5, notes: "Theirs", summary: "Their summary" }),
    });
    expect(await draft.submit(false)).toBe(false);
    const { conflicts, fields: now } = draft.snapshot();
    expect(conflicts).toEqual([{ field: "notes", mine: "Mine", theirs: "Theirs" }]);
    // What only they changed is taken over without a question.
    expect(now.summary).toBe("Their summary");
    server.on("PATCH /cases/c1", { json: caseOf({ version: 6 }) });
    draft.resolve("notes", "mine");
    expect(await draft.submit(false)).toBe(true);
    expect(server.requests("PATCH", "/cases/c1").at(-1)?.headers.get("if-match")).toBe('"5"');
  });

  it("says what was refused, and stays editable", async () => {
    server.on("POST /cases/c1/report", { status: 422, json: { detail: "The text is too long." } });
    expect(await draft.submit(false)).toBe(false);
    expect(draft.snapshot()).toMatchObject({ error: "The text is too long.", filing: "no" });
  });
});
