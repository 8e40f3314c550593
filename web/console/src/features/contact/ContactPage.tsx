// A person found by search. Opening it without a call asks a reason.
import { OpenReason, useOpenReason } from "../search/OpenReason";
import { ContactPanel } from "./ContactPanel";

export function ContactPage({ id }: { id: string }) {
  const reason = useOpenReason("contact", id);
  if (reason.needed) return <OpenReason onGiven={reason.give} />;
  return <ContactPanel id={id} reason={reason.given} />;
}
