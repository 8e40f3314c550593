// What a person may set for this machine: language, light or dark, letter keys, volume; signing out.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useCall } from "../../call/CallProvider";
import { inCall } from "../../call/machine";
import { playTestSound, userVolume, VOLUME_KEY } from "../../call/ringer";
import { useWords } from "../../i18n";
import { DENSITIES, setDensity, useDensity } from "../../ui/density";
import { keys, useKeyList } from "../../ui/keys";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { setScheme, useScheme } from "../../ui/theme";
import { useSignOut } from "../session/useSession";
import { LanguageSwitch } from "./LanguageSwitch";
import { StationSetting } from "./StationSetting";

export function SettingsPage() {
  const { t } = useWords();
  const scheme = useScheme();
  const density = useDensity();
  const { desk } = useCall();
  const signOut = useSignOut();
  const [volume, setVolume] = useState(userVolume);
  useKeyList();
  const busy = inCall(desk) || desk.kind === "wrap_up" || desk.kind === "ringing";

  return (
    <Panel title={t("rail.settings")} icon="person">
      <div className="panel-body settings scroll">
        <div className="row">
          <b>{t("settings.language")}</b>
          <LanguageSwitch />
        </div>
        <div className="row">
          <b>{t("settings.scheme")}</b>
          <button
            type="button"
            className="choice"
            onClick={() => setScheme(scheme === "light" ? "dark" : "light")}
            data-testid={TESTID.theme}
          >
            {scheme === "light" ? t("settings.dark") : t("settings.light")}
          </button>
        </div>
        <div className="row" role="radiogroup" aria-label={t("settings.density")}>
          <b>{t("settings.density")}</b>
          {DENSITIES.map((name) => (
            <label key={name} className="tick">
              <input
                type="radio"
                name="density"
                checked={density === name}
                onChange={() => setDensity(name)}
                data-testid={`${TESTID.density}-${name}`}
              />
              {t(`settings.${name}`)}
            </label>
          ))}
        </div>
        <label className="tick">
          <input
            type="checkbox"
            checked={keys.lettersOn}
            onChange={(event) => keys.setLetters(event.currentTarget.checked)}
          />
          <span>
            <b>{t("settings.letters")}</b>
            <br />
            <span className="second">{t("settings.lettersHelp")}</span>
          </span>
        </label>
        <div className="row wrap">
          <label htmlFor="volume">
            <b>{t("settings.volume")}</b>
          </label>
          <input
            id="volume"
            type="range"
            min={0}
            max={1}
            step={0.1}
            value={volume}
            onChange={(event) => {
              setVolume(Number(event.currentTarget.value));
              localStorage.setItem(VOLUME_KEY, event.currentTarget.value);
            }}
          />
          <Button onClick={playTestSound}>{t("check.testSound")}</Button>
          <span className="second small">{t("settings.volumeHelp")}</span>
        </div>
        <StationSetting />
        <div className="row">
          <Button disabled={busy} onClick={() => void signOut()} data-testid={TESTID.signOut}>
            {t("settings.signOut")}
          </Button>
          {busy && <span className="second">{t("settings.signOutBusy")}</span>}
        </div>
      </div>
    </Panel>
  );
}
