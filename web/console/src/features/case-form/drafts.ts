// The drafts of this tab, one per call. They outlive the form: going to the search page in the
// middle of a call loses nothing.
import { useEffect, useSyncExternalStore } from "react";
import type { CallView } from "../../api/types";
import { useCall } from "../../call/CallProvider";
import { CaseDraft, type DraftState } from "./case-draft";

/** The call on the table and the few before it, in case one of them is still being sent. */
const DRAFTS_MAX = 4;
const drafts = new Map<string, CaseDraft>();

export function draftOf(call: CallView): CaseDraft {
  const known = drafts.get(call.id);
  if (known) return known;
  const fresh = new CaseDraft({
    callId: call.id,
    interactionId: call.interaction_id,
    caseId: call.case_id ?? null,
    contactId: call.contact_id ?? null,
  });
  drafts.set(call.id, fresh);
  for (const [id, draft] of drafts) {
    if (drafts.size <= DRAFTS_MAX) break;
    draft.stop();
    drafts.delete(id);
  }
  void fresh.load();
  return fresh;
}

/** The draft of a call, following it as it changes and sending it when the link is back. */
export function useDraft(call: CallView): { draft: CaseDraft; state: DraftState } {
  const draft = draftOf(call);
  const state = useSyncExternalStore(draft.subscribe, draft.snapshot);
  const { link } = useCall();
  const contact = call.contact_id ?? null;
  useEffect(() => void draft.about(contact), [draft, contact]);
  useEffect(() => {
    if (link.kind === "online") void draft.flush();
  }, [link.kind, draft]);
  return { draft, state };
}
