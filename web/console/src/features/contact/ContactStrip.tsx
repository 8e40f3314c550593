// The person of the call in one line that is never covered: name in both scripts, what to beware of.
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { PersonName } from "../desk/PickList";
import { useFlagWord } from "./flags";
import { useContact } from "./useContact";

export function ContactStrip({ id }: { id: string }) {
  const { t } = useWords();
  const { data: contact } = useContact(id);
  const flagWord = useFlagWord();
  if (!contact) return null;
  const place = [contact.address?.place, contact.address?.ward].filter(Boolean).join(", ");
  return (
    <section className="strip" aria-label={t("contact.strip")}>
      <div>
        <PersonName person={contact} />
      </div>
      {contact.flags?.map((flag) => (
        <div key={`${flag.kind} ${flag.text}`}>
          <span className="key">{flagWord(flag.kind)}</span>
          <span className="flag">
            <Icon name="warning" /> {flag.text}
          </span>
        </div>
      ))}
      {contact.relation && (
        <div>
          <span className="key">{t("contact.relation")}</span>
          {contact.relation}
        </div>
      )}
      {place && (
        <div>
          <span className="key">{t("contact.place")}</span>
          {place}
        </div>
      )}
    </section>
  );
}
