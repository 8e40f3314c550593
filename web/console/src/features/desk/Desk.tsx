// The desk: what is on it follows the state of the call, and nothing else.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useCall } from "../../call/CallProvider";
import { callOf, inCall } from "../../call/machine";
import { IdleDesk } from "./IdleDesk";
import { LiveDesk } from "./LiveDesk";
import { RingingDesk } from "./RingingDesk";
import { rememberKnown } from "./useKnown";
import { useWho } from "./useWho";

export function Desk() {
  const { desk } = useCall();
  const client = useQueryClient();
  const call = callOf(desk);
  const live = inCall(desk) || desk.kind === "wrap_up";
  const who = useWho(call, live);
  const [adding, setAdding] = useState(false);
  const ringing = desk.kind === "ringing" ? desk.ringing : null;
  useEffect(() => {
    if (ringing) rememberKnown(client, ringing);
  }, [client, ringing]);

  if (desk.kind === "ringing") {
    return <RingingDesk ringing={desk.ringing} who={who} adding={adding} onAdding={setAdding} />;
  }
  if (live && call) {
    return <LiveDesk call={call} who={who} adding={adding} onAdding={setAdding} />;
  }
  return <IdleDesk />;
}
