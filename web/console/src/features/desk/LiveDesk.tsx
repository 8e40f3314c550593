// The live call and its wrap-up: who at the left, writing in the middle, what is known at the right.
import type { CallView } from "../../api/types";
import { useWords } from "../../i18n";
import { Panel } from "../../ui/Panel";
import { CaseForm } from "../case-form/CaseForm";
import { useDraft } from "../case-form/drafts";
import { Timeline } from "../cases/Timeline";
import { ContactPanel } from "../contact/ContactPanel";
import { ContactStrip } from "../contact/ContactStrip";
import { PickList } from "./PickList";
import { Previous } from "./Previous";
import { useKnown } from "./useKnown";
import type { Who } from "./useWho";

export function LiveDesk({
  call,
  who,
  adding,
  onAdding,
}: {
  call: CallView;
  who: Who;
  adding: boolean;
  onAdding: (adding: boolean) => void;
}) {
  const { t } = useWords();
  const known = useKnown(call);
  const { state } = useDraft(call);
  const contact = call.contact_id ?? null;
  return (
    <div className="screen-grid desk-live">
      <div className="strip-place">{contact && <ContactStrip id={contact} />}</div>
      <div className="stack">
        <PickList
          people={known.pick_list}
          phone={call.number ?? null}
          who={who}
          adding={adding}
          onAdding={onAdding}
          live
        />
        {contact && (
          // The strip above says the same in short; on a low screen the list needs the room.
          <div className="folds-low">
            <ContactPanel id={contact} />
          </div>
        )}
      </div>
      <CaseForm call={call} />
      <div className="stack">
        {state.held && (
          <Panel title={t("timeline.title")} icon="clock" className="grow">
            <Timeline caseId={state.held.id} version={state.held.version} />
          </Panel>
        )}
        <Previous list={known.previous} />
      </div>
    </div>
  );
}
