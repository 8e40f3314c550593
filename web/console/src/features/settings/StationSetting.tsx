// A desk telephone instead of the browser's sound, for this shift. The browser remembers the address and
// tells it again to a helpline that has been started anew.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { putStation } from "../../api/operations";
import { asProblem } from "../../api/problem";
import { useCall, useCallStore } from "../../call/CallProvider";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";
import { rememberedStation, rememberStation } from "./station";

export function StationSetting() {
  const { t } = useWords();
  const store = useCallStore();
  const { station, desk } = useCall();
  const [text, setText] = useState(() => station?.address ?? rememberedStation() ?? "");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (desk.kind === "observer") return null;

  async function set(address: string | null) {
    setBusy(true);
    setWrong(null);
    try {
      const agent = await putStation(address);
      rememberStation(address);
      setText(agent.station?.address ?? "");
      store.dispatch({
        kind: "frame",
        frame: { type: "agent_state_changed", agent },
        at: Date.now(),
      });
    } catch (error) {
      const { status } = asProblem(error);
      setWrong(t(status === 422 ? "station.refused" : "station.notNow"));
    } finally {
      setBusy(false);
    }
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    void set(text.trim());
  }
  return (
    <form className="stack" onSubmit={submit}>
      <div className="row wrap">
        <TextInput
          label={t("station.label")}
          description={t("station.help")}
          placeholder="sip:201@10.0.0.5:5060"
          value={text}
          error={wrong}
          onChange={(event) => setText(event.currentTarget.value)}
          data-testid={TESTID.stationAddress}
        />
      </div>
      <div className="row wrap">
        <Button type="submit" disabled={busy || !text.trim()} data-testid={TESTID.stationUse}>
          {t("station.use")}
        </Button>
        {station && (
          <Button disabled={busy} onClick={() => void set(null)} data-testid={TESTID.stationRemove}>
            {t("station.remove")}
          </Button>
        )}
        <span role="status">
          {station ? t(`station.state.${station.state}`) : t("station.none")}
        </span>
      </div>
    </form>
  );
}
