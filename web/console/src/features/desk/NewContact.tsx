// A new person at this number: a form in place, only a name is needed. The number comes along.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import type { Contact } from "../../api/types";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";
import { newKey } from "../case-form/case-draft";
import { HindiNameField } from "../case-form/HindiNameField";

const AGE_MAX = 120;
type Sex = NonNullable<Contact["sex"]>;

export function NewContact({
  phone,
  onDone,
  onCancel,
}: {
  phone: string | null;
  onDone: (contact: string) => void;
  onCancel: () => void;
}) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [nameHi, setNameHi] = useState("");
  const [years, setYears] = useState("");
  const [sex, setSex] = useState<Sex | "">("");
  const [relation, setRelation] = useState("");
  const [address, setAddress] = useState<Address>({ text: "", place: "", ward: "" });
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const [key] = useState(newKey);

  async function save(event: FormEvent) {
    event.preventDefault();
    if (!name.trim() || busy) return;
    setBusy(true);
    setError("");
    try {
      const contact = await api.createContact(
        {
          name: name.trim(),
          ...(nameHi.trim() ? { name_hi: nameHi.trim() } : {}),
          ...(sex ? { sex } : {}),
          ...(relation.trim() ? { relation: relation.trim() } : {}),
          ...birthYear(years),
          ...toldAddress(address),
          phones: phone ? [{ e164: phone, shared: true }] : [],
        },
        key,
      );
      onDone(contact.id);
    } catch (thrown) {
      const problem = asProblem(thrown);
      setError(problem.body.errors?.[0]?.message ?? problem.body.detail ?? t("contact.notSaved"));
      setBusy(false);
    }
  }

  return (
    <form className="panel-body stack" onSubmit={save}>
      <TextInput
        label={t("contact.name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        required
        withAsterisk={false}
        autoFocus
        autoComplete="off"
        data-testid={TESTID.newContactName}
      />
      <HindiNameField
        label={t("contact.nameHi")}
        help={t("contact.nameHiHelp")}
        value={nameHi}
        onChange={setNameHi}
        testid={TESTID.newContactNameHi}
      />
      <div className="row">
        <TextInput
          label={t("contact.age")}
          value={years}
          onChange={(event) => setYears(event.currentTarget.value.replace(/\D/g, "").slice(0, 3))}
          inputMode="numeric"
          autoComplete="off"
        />
        <NativeSelect
          label={t("contact.sex")}
          value={sex}
          onChange={(event) => setSex(event.currentTarget.value as Sex | "")}
          data={[
            { value: "", label: t("contact.notTold") },
            { value: "female", label: t("sex.female") },
            { value: "male", label: t("sex.male") },
            { value: "other", label: t("sex.other") },
          ]}
        />
      </div>
      <TextInput
        label={t("contact.relation")}
        value={relation}
        onChange={(event) => setRelation(event.currentTarget.value)}
        autoComplete="off"
      />
      <AddressFields address={address} onChange={setAddress} />
      <p role="alert" className="flag small">
        {error}
      </p>
      <div className="row">
        <Button
          type="submit"
          variant="filled"
          disabled={busy || !name.trim()}
          data-testid={TESTID.newContactSave}
        >
          {t("contact.save")}
        </Button>
        <Button onClick={onCancel}>{t("contact.cancel")}</Button>
      </div>
    </form>
  );
}

type Address = Record<"text" | "place" | "ward", string>;

/** Where somebody lives, in the words that an ambulance asks for: landmark, locality, ward. */
function AddressFields({
  address,
  onChange,
}: {
  address: Address;
  onChange: (address: Address) => void;
}) {
  const { t } = useWords();
  const field = (name: keyof Address) => (
    <TextInput
      label={t(`contact.address.${name}`)}
      value={address[name]}
      onChange={(event) => onChange({ ...address, [name]: event.currentTarget.value })}
      autoComplete="off"
      data-testid={`${TESTID.newContactAddress}-${name}`}
    />
  );
  return (
    <fieldset className="stack">
      <legend className="unseen">{t("contact.address.legend")}</legend>
      {field("text")}
      <div className="row">
        {field("place")}
        {field("ward")}
      </div>
    </fieldset>
  );
}

/** Only what was told. */
function toldAddress(address: Address): { address?: Partial<Address> } {
  const told = Object.entries(address).flatMap(([name, value]) =>
    value.trim() ? [[name, value.trim()]] : [],
  );
  return told.length > 0 ? { address: Object.fromEntries(told) } : {};
}

function birthYear(years: string): { birth_year?: number } {
  const age = Number(years);
  if (!years || age > AGE_MAX) return {};
  return { birth_year: new Date().getFullYear() - age };
}
