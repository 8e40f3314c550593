// A person's record as far as it is kept: numbers, household, address, what to beware of.
import { useWords } from "../../i18n";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { PersonName } from "../desk/PickList";
import { useFlagWord } from "./flags";
import { useContact } from "./useContact";

export function ContactPanel({ id, reason }: { id: string; reason?: string }) {
  const { t } = useWords();
  const flagWord = useFlagWord();
  const { data: contact, isError } = useContact(id, reason);
  if (isError) {
    return (
      <Panel title={t("contact.title")} icon="person">
        <p className="empty">{t("contact.notOpened")}</p>
      </Panel>
    );
  }
  if (!contact) return null;
  const address = contact.address;
  const place = [address?.text, address?.place, address?.ward].filter(Boolean).join(", ");
  return (
    <Panel title={t("contact.title")} icon="person" testid={TESTID.contactPanel}>
      <div className="panel-body stack scroll">
        <PersonName person={contact} />
        <dl className="facts">
          {contact.phones?.map((phone) => (
            <div key={phone.e164} style={{ display: "contents" }}>
              <dt>{phone.label || t("contact.phone")}</dt>
              <dd>
                {phone.e164}
                {phone.shared && <span className="second"> · {t("contact.shared")}</span>}
              </dd>
            </div>
          ))}
          {contact.relation && (
            <>
              <dt>{t("contact.relation")}</dt>
              <dd>{contact.relation}</dd>
            </>
          )}
          {contact.language && (
            <>
              <dt>{t("ring.language")}</dt>
              <dd>{t(`language.${contact.language === "hi" ? "hi" : "en"}`)}</dd>
            </>
          )}
          {place && (
            <>
              <dt>{t("contact.place")}</dt>
              <dd>{place}</dd>
            </>
          )}
          {contact.flags?.map((flag) => (
            <div key={`${flag.kind} ${flag.text}`} style={{ display: "contents" }}>
              <dt>{flagWord(flag.kind)}</dt>
              <dd className="flag">{flag.text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Panel>
  );
}
