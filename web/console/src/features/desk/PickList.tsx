// The people known at this number. Nobody is preselected: a telephone is shared, and the first name
// on the list is not the one who speaks. 1–9 choose, 0 goes on without.
import type { PickListEntry } from "../../api/types";
import { age } from "../../format";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Key } from "../../ui/Key";
import { type KeyBinding, useKeys } from "../../ui/keys";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { NewContact } from "./NewContact";
import { useKnownChanged } from "./useKnown";
import type { Who } from "./useWho";

/** One key is kept for "someone else". */
const LISTED_MAX = 8;

interface PickListProps {
  people: PickListEntry[];
  phone: string | null;
  who: Who;
  adding: boolean;
  onAdding: (adding: boolean) => void;
  live: boolean;
}

export function PickList({ people, phone, who, adding, onAdding, live }: PickListProps) {
  const { t } = useWords();
  const knownChanged = useKnownChanged();
  const listed = people.slice(0, LISTED_MAX);
  const otherChord = `Digit${listed.length + 1}`;
  const bindings: KeyBinding[] = listed.map((person, index) => ({
    chord: `Digit${index + 1}`,
    label: person.name,
    quiet: true,
    run: () => who.choose({ kind: "contact", id: person.contact_id }),
  }));
  bindings.push({
    chord: otherChord,
    label: t("who.key"),
    display: listed.length > 0 ? `1–${listed.length + 1} 0` : "1 0",
    hint: true,
    run: () => onAdding(true),
  });
  bindings.push({
    chord: "Digit0",
    label: t("who.notSaid"),
    run: () => who.choose({ kind: "not_said" }),
  });
  useKeys(bindings);
  return (
    <Panel
      title={t("who.title")}
      icon="people"
      aside={live ? undefined : t("who.when")}
      testid={TESTID.pickList}
      foot={
        <span className="folds-low">
          <Icon name="lock" /> {live ? t("who.auditedLive") : t("who.audited")}
        </span>
      }
    >
      <div className="scroll grow">
        {who.failed && <p className="empty flag">{t("who.failed")}</p>}
        <div className="picks">
          {listed.map((person, index) => (
            <Pick
              key={person.contact_id}
              person={person}
              number={index + 1}
              chosen={who.choice.kind === "contact" && who.choice.id === person.contact_id}
              onChoose={() => who.choose({ kind: "contact", id: person.contact_id })}
            />
          ))}
          <button
            type="button"
            className="full-width"
            aria-expanded={adding}
            onClick={() => onAdding(!adding)}
            data-testid={TESTID.pickSomeoneElse}
          >
            <Key chord={otherChord} />
            <span>
              <b className="name">
                {listed.length > 0 ? t("who.someoneElse") : t("who.newPerson")}
              </b>
              <br />
              <span className="about">{t("who.someoneElseHelp")}</span>
            </span>
          </button>
          {adding && (
            <NewContact
              phone={phone}
              onDone={(id) => {
                knownChanged();
                who.choose({ kind: "contact", id });
                onAdding(false);
              }}
              onCancel={() => onAdding(false)}
            />
          )}
          <button
            type="button"
            className="full-width"
            aria-pressed={who.choice.kind === "not_said"}
            onClick={() => who.choose({ kind: "not_said" })}
            data-testid={TESTID.pickNotSaid}
          >
            <Key chord="Digit0" />
            <span>
              <b className="name">{t("who.notSaid")}</b>
              <br />
              <span className="about">{t("who.notSaidHelp")}</span>
            </span>
          </button>
        </div>
      </div>
    </Panel>
  );
}

function Pick({
  person,
  number,
  chosen,
  onChoose,
}: {
  person: PickListEntry;
  number: number;
  chosen: boolean;
  onChoose: () => void;
}) {
  const { t } = useWords();
  return (
    <button
      type="button"
      className="full-width"
      aria-pressed={chosen}
      onClick={onChoose}
      data-testid={`${TESTID.pickItem}-${number}`}
    >
      <Key chord={`Digit${number}`} />
      <span>
        <PersonName person={person} />
        <br />
        <span className="about">{person.relation ?? t("who.noRelation")}</span>
      </span>
      {person.open_cases > 0 && (
        <span className="badge c-callback_due">
          <Icon name="clock" size={13} />
          {t("who.openCases", { count: person.open_cases })}
        </span>
      )}
    </button>
  );
}

/** A name in both scripts, with sex and age as far as they are known. */
export function PersonName({
  person,
}: {
  person: Pick<PickListEntry, "name" | "name_hi" | "sex" | "birth_year">;
}) {
  const { t, lang } = useWords();
  const hindiFirst = lang === "hi" && Boolean(person.name_hi);
  const sex = sexWord(person.sex);
  const about = [sex && t(`sex.${sex}`), person.birth_year && String(age(person.birth_year))];
  const line = about.filter(Boolean).join(" ");
  return (
    <span className="name">
      <b>{hindiFirst ? person.name_hi : person.name}</b>
      {person.name_hi && (
        <span lang={hindiFirst ? "en" : "hi"}> {hindiFirst ? person.name : person.name_hi}</span>
      )}
      {line && <span className="second"> · {line}</span>}
    </span>
  );
}

export function sexWord(sex: string | null | undefined): "female" | "male" | "other" | null {
  const letter = sex?.slice(0, 1).toLowerCase();
  if (letter === "f") return "female";
  if (letter === "m") return "male";
  return letter ? "other" : null;
}
