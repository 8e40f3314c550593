// Before the first call: which microphone, does it hear, does the headset sound. The click that ends
// it also unlocks audio. Without a microphone the console works, but takes no calls, and says so.
import { Button, NativeSelect } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { playTestSound, unlockAudio } from "../../call/ringer";
import {
  LevelMeter,
  MICROPHONE_KEY,
  MicrophoneRefused,
  microphones,
  openMicrophone,
} from "../../call/softphone";
import type { MediaRefusal } from "../../call/state";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { Icon } from "../../ui/Icon";
import { LevelBar } from "../../ui/LevelBar";
import { TESTID } from "../../ui/testid";
import { Door } from "./Door";

type Check =
  | { kind: "asking" }
  | { kind: "open"; meter: LevelMeter; devices: MediaDeviceInfo[] }
  | { kind: "refused"; why: MediaRefusal };

/** A sound this loud, once, shows that the microphone hears. */
const HEARD_LEVEL = 0.35;

export function DeviceCheck({ onDone }: { onDone: (sound: boolean, device?: string) => void }) {
  const { t } = useWords();
  const [device, setDevice] = useState(() => localStorage.getItem(MICROPHONE_KEY) ?? "");
  const { check, again } = useMicrophone(device);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    document.title = t("check.heading");
  }, [t]);

  const read = useCallback(() => {
    const level = check.kind === "open" ? check.meter.read() : 0;
    if (level > HEARD_LEVEL) setHeard(true);
    return level;
  }, [check]);

  function go() {
    unlockAudio();
    if (device) localStorage.setItem(MICROPHONE_KEY, device);
    onDone(true, device || undefined);
  }

  return (
    <Door title={t("check.heading")} wide>
      {check.kind === "asking" && <p role="status">{t("check.asking")}</p>}
      {check.kind === "refused" && (
        <>
          <div role="alert">
            <Banner tone="callback_due" testid={TESTID.deviceProblem}>
              <b>{t(`check.refused.${check.why}`)}</b>
              <p>{t(`check.remedy.${check.why}`)}</p>
            </Banner>
          </div>
          <p>{t("check.noCalls")}</p>
          <div className="row wrap">
            <Button variant="filled" onClick={again}>
              {t("check.again")}
            </Button>
            <Button onClick={() => onDone(false)}>{t("check.withoutCalls")}</Button>
          </div>
        </>
      )}
      {check.kind === "open" && (
        <>
          <NativeSelect
            label={t("check.microphone")}
            value={device}
            onChange={(event) => {
              setHeard(false);
              setDevice(event.currentTarget.value);
            }}
            data={[
              { value: "", label: t("check.standard") },
              ...check.devices
                .filter(({ deviceId }) => deviceId && deviceId !== "default")
                .map(({ deviceId, label }, index) => ({
                  value: deviceId,
                  label: label || t("check.unnamed", { number: index + 1 }),
                })),
            ]}
            data-testid={TESTID.deviceMicrophone}
          />
          <div className="stack">
            <span className="label">
              <b>{t("check.level")}</b>
              <span role="status">{heard ? t("check.heard") : t("check.speak")}</span>
            </span>
            <LevelBar
              read={read}
              label={t("check.level")}
              className="check-level"
              testid={TESTID.deviceLevel}
            />
          </div>
          <div className="row">
            <Button onClick={playTestSound} data-testid={TESTID.deviceTestSound}>
              <Icon name="signal" />
              {t("check.testSound")}
            </Button>
            <span className="small second">{t("check.testSoundHelp")}</span>
          </div>
          <Button variant="filled" onClick={go} autoFocus data-testid={TESTID.deviceContinue}>
            {t("check.continue")}
          </Button>
        </>
      )}
    </Door>
  );
}

/** Opens the chosen microphone for the time of the check, and lets it go afterwards. */
function useMicrophone(device: string): { check: Check; again: () => void } {
  const [check, setCheck] = useState<Check>({ kind: "asking" });
  const [attempt, setAttempt] = useState(0);
  const counted = useRef(attempt);
  counted.current = attempt;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt opens the same device again
  useEffect(() => {
    let over = false;
    let stream: MediaStream | null = null;
    let meter: LevelMeter | null = null;
    async function open() {
      try {
        stream = await openMicrophone(device || undefined);
        if (over) return close();
        meter = new LevelMeter(stream);
        setCheck({ kind: "open", meter, devices: await microphones() });
      } catch (error) {
        const why = error instanceof MicrophoneRefused ? error.why : "unsupported";
        if (!over) setCheck({ kind: "refused", why });
      }
    }
    function close() {
      meter?.close();
      for (const track of stream?.getTracks() ?? []) track.stop();
    }
    void open();
    return () => {
      over = true;
      close();
    };
  }, [device, attempt]);
  const again = useCallback(() => {
    setCheck({ kind: "asking" });
    setAttempt(counted.current + 1);
  }, []);
  return { check, again };
}
