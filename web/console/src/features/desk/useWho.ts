// Whom the call is about. A choice made while it rings is kept and sent when the call is answered:
// a record is opened, and audited, only with the caller on the line.
import { useCallback, useEffect, useState } from "react";
import * as api from "../../api/operations";
import type { CallView } from "../../api/types";
import { useCallStore } from "../../call/CallProvider";

export type Choice = { kind: "none" } | { kind: "not_said" } | { kind: "contact"; id: string };

export interface Who {
  choice: Choice;
  failed: boolean;
  choose: (choice: Choice) => void;
}

export function useWho(call: CallView | null, live: boolean): Who {
  const store = useCallStore();
  const [kept, setKept] = useState<{ call: string; choice: Choice } | null>(null);
  const [failed, setFailed] = useState(false);
  const callId = call?.id ?? null;
  const told = call?.contact_id ?? null;
  const choice = kept && kept.call === callId ? kept.choice : fromServer(told);

  useEffect(() => {
    if (!live || !callId || choice.kind !== "contact" || choice.id === told) return;
    let over = false;
    setFailed(false);
    api.setCallContact(callId, choice.id).then(
      () => store.refreshCall(callId),
      () => {
        if (!over) setFailed(true);
      },
    );
    return () => {
      over = true;
    };
  }, [live, callId, choice, told, store]);

  const choose = useCallback(
    (next: Choice) => {
      if (callId) setKept({ call: callId, choice: next });
    },
    [callId],
  );
  return { choice, failed, choose };
}

function fromServer(contact: string | null): Choice {
  return contact ? { kind: "contact", id: contact } : { kind: "none" };
}
