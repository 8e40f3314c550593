// The case of one call while it is being written: what is typed, what the server has, and the way
// from one to the other. Every batch of keystrokes is kept on this machine at once and sent when
// there is a server; a change by somebody else is shown in the field, never overwritten.
import { del, get, set } from "idb-keyval";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import type { Case, CaseDraft as CaseDraftFields, Time } from "../../api/types";

export const FIELDS = ["category", "summary", "notes", "disposition", "report"] as const;
export type Field = (typeof FIELDS)[number];
export type Fields = Record<Field, string>;
/** The fields that are a part of the case; the report is a document of its own. */
const CASE_FIELDS = ["category", "summary", "notes", "disposition"] as const;
type CaseField = (typeof CASE_FIELDS)[number];

export type Saved =
  | { kind: "clean" }
  | { kind: "dirty" }
  | { kind: "saving" }
  | { kind: "saved"; at: Time }
  /** No server: kept on this machine and sent later. */
  | { kind: "kept" }
  | { kind: "refused"; detail: string };

export interface Conflict {
  field: CaseField;
  mine: string;
  theirs: string;
}

export type Filing = "no" | "filing" | "filed";

export interface DraftState {
  fields: Fields;
  /** The case as the server last told it; null until it is opened. */
  held: Case | null;
  saved: Saved;
  conflicts: Conflict[];
  filing: Filing;
  error: string | null;
}

export interface DraftSubject {
  callId: string;
  interactionId: string;
  caseId: string | null;
  contactId: string | null;
}

const EMPTY: Fields = { category: "", summary: "", notes: "", disposition: "", report: "" };
/** A batch of keystrokes ends after this pause. */
const BATCH_MS = 700;
const RETRY_MS = 4_000;
/** A version that changes under every attempt is somebody else's fight; show it. */
const ATTEMPTS_MAX = 3;

/** A key for "the same request again"; works on insecure addresses too. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class CaseDraft {
  readonly subject: DraftSubject;
  private state: DraftState;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private opening: Promise<Case> | null = null;
  private reportKey = newKey();

  constructor(subject: DraftSubject) {
    this.subject = subject;
    this.state = {
      fields: EMPTY,
      held: null,
      saved: { kind: "clean" },
      conflicts: [],
      filing: "no",
      error: null,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): DraftState => this.state;

  /** Brings back what was typed before a reload, over what the server has. */
  async load(): Promise<void> {
    const kept = await get<Partial<Fields>>(this.storeKey()).catch(() => undefined);
    if (this.subject.caseId) {
      const held = await api.getCase(this.subject.caseId).catch(() => null);
      const draft = textsOf(held?.draft?.fields);
      if (held) this.change({ held, fields: { ...EMPTY, ...fieldsOf(held), ...draft } });
    }
    if (!kept) return;
    this.change({ fields: { ...this.state.fields, ...kept } });
    this.schedule();
  }

  edit(field: Field, value: string): void {
    if (this.state.fields[field] === value) return;
    if (field === "report" || field === "disposition") this.reportKey = newKey();
    const filing = this.state.filing === "filed" ? "no" : this.state.filing;
    this.change({
      fields: { ...this.state.fields, [field]: value },
      saved: { kind: "dirty" },
      filing,
      error: null,
    });
    void set(this.storeKey(), this.state.fields).catch(() => undefined);
    this.schedule();
  }

  /** The person is known now: the case is about them. */
  async about(contactId: string | null): Promise<void> {
    this.subject.contactId = contactId;
    const { held } = this.state;
    if (!held || !contactId || held.contact_id === contactId) return;
    // The server may have joined them already when the call was; then this read is enough.
    const fresh = await api.getCase(held.id).catch(() => held);
    this.change({ held: fresh });
    if (fresh.contact_id === contactId) return;
    const joined = await api
      .patchCase(fresh.id, fresh.version, { contact_id: contactId })
      .catch(() => fresh);
    this.change({ held: joined });
  }

  /** Sends what is waiting now, for instance when the connection is back. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    const { kind } = this.state.saved;
    if (kind === "clean" || kind === "saved" || kind === "saving") return;
    const sent = this.state.fields;
    this.change({ saved: { kind: "saving" } });
    try {
      const held = await this.open();
      const { saved_at } = await api.saveDraft(held.id, held.version, filled(sent));
      const stale = this.state.fields !== sent;
      this.change({ saved: stale ? { kind: "dirty" } : { kind: "saved", at: saved_at } });
      if (stale) this.schedule();
    } catch (error) {
      this.notSaved(error);
    }
  }

  /** Files the report and saves the case. True when the server has both. */
  async submit(close: boolean): Promise<boolean> {
    if (this.state.filing === "filed") return true;
    if (this.state.filing === "filing" || this.state.conflicts.length > 0) return false;
    clearTimeout(this.timer);
    this.change({ filing: "filing", error: null });
    try {
      await this.open();
      if (!(await this.saveCase())) {
        this.change({ filing: "no" });
        return false;
      }
      await this.fileReport(close);
      await del(this.storeKey()).catch(() => undefined);
      return true;
    } catch (error) {
      this.change({ filing: "no", error: sentenceOf(error) });
      this.notSaved(error);
      return false;
    }
  }

  /** Chooses between the two versions of a field. */
  resolve(field: CaseField, side: "mine" | "theirs"): void {
    const conflict = this.state.conflicts.find((candidate) => candidate.field === field);
    if (!conflict) return;
    const conflicts = this.state.conflicts.filter((candidate) => candidate !== conflict);
    this.change({ conflicts });
    if (side === "theirs") this.edit(field, conflict.theirs);
  }

  /** Lets go of timers; what is typed stays on this machine until it is filed. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private async saveCase(): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const held = this.state.held;
      if (!held) return false;
      const change = changeOf(held, this.state.fields);
      if (Object.keys(change).length === 0) return true;
      try {
        this.change({ held: await api.patchCase(held.id, held.version, change) });
        return true;
      } catch (error) {
        if (asProblem(error).status !== 412) throw error;
        if (!(await this.meet(held))) return false;
      }
    }
    return false;
  }

  /** Somebody else saved. Takes what they changed alone; shows what both changed. */
  private async meet(base: Case): Promise<boolean> {
    const theirs = await api.getCase(base.id);
    const before = fieldsOf(base);
    const now = fieldsOf(theirs);
    const fields = { ...this.state.fields };
    const conflicts: Conflict[] = [];
    for (const field of CASE_FIELDS) {
      if (now[field] === before[field] || now[field] === fields[field]) continue;
      if (fields[field] === before[field]) fields[field] = now[field];
      else conflicts.push({ field, mine: fields[field], theirs: now[field] });
    }
    this.change({ held: theirs, fields, conflicts });
    return conflicts.length === 0;
  }

  private async fileReport(close: boolean): Promise<void> {
    const { held, fields } = this.state;
    if (!held) return;
    await api.fileReport(held.id, fields.report, fields.disposition, this.reportKey);
    let after = await api.getCase(held.id).catch(() => held);
    if (close && after.state !== "closed") after = await api.closeCase(after.id);
    const saved: Saved = { kind: "saved", at: after.updated_at };
    this.change({ held: after, filing: "filed", saved });
  }

  private open(): Promise<Case> {
    const { held } = this.state;
    if (held) return Promise.resolve(held);
    const { callId, interactionId, caseId, contactId } = this.subject;
    const { category } = this.state.fields;
    this.opening ??= caseId
      ? api.getCase(caseId)
      : api.createCase(
          {
            interaction_id: interactionId,
            ...(contactId ? { contact_id: contactId } : {}),
            ...(category ? { category } : {}),
          },
          // One case for one call, however often the request is sent.
          `case-of-call-${callId}`,
        );
    return this.opening
      .then((opened) => {
        this.change({ held: opened });
        return opened;
      })
      .finally(() => {
        this.opening = null;
      });
  }

  private notSaved(error: unknown): void {
    const problem = asProblem(error);
    if (problem.offline || problem.status >= 500) {
      this.change({ saved: { kind: "kept" } });
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.flush(), RETRY_MS);
    } else {
      this.change({ saved: { kind: "refused", detail: sentenceOf(error) } });
    }
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), BATCH_MS);
  }

  private change(part: Partial<DraftState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }

  private storeKey(): string {
    return `draft:${this.subject.callId}`;
  }
}

function fieldsOf(held: Case): Record<CaseField, string> {
  return {
    category: held.category ?? "",
    summary: held.summary ?? "",
    notes: held.notes ?? "",
    disposition: held.disposition ?? "",
  };
}

function changeOf(held: Case, fields: Fields): api.CaseChange {
  const before = fieldsOf(held);
  const changed = CASE_FIELDS.filter((field) => fields[field] !== before[field]);
  // An empty text is a text; an empty choice is none.
  const value = (field: CaseField) =>
    field === "summary" || field === "notes" ? fields[field] : fields[field] || null;
  return Object.fromEntries(changed.map((field) => [field, value(field)]));
}

/** The fields of a draft that were touched. */
function textsOf(draft: CaseDraftFields | null | undefined): Partial<Fields> {
  const touched = Object.entries(draft ?? {}).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(touched);
}

function filled(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

function sentenceOf(error: unknown): string {
  const problem = asProblem(error);
  return problem.body.errors?.[0]?.message ?? problem.body.detail ?? problem.message;
}
