// The recording of a call in the timeline: what is known of it, and the sound once somebody asks for it.
// Who was not on the call says why; the server writes it down. The sound stays in this page alone.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { fetchRecording } from "../../api/operations";
import { asProblem } from "../../api/problem";
import type { Recording } from "../../api/types";
import { moment, shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { TESTID } from "../../ui/testid";
import { LegalHold } from "./LegalHold";
import { type Levels, levelsOf } from "./wav";

type Words = ReturnType<typeof useWords>["t"];

interface Sound {
  url: string;
  levels: Levels;
}

/** Parts of the picture of who spoke. */
const PARTS = 120;

export function RecordingPlayer({ recording, reason }: { recording: Recording; reason?: string }) {
  const { t, lang } = useWords();
  return (
    <div
      className="more recording"
      data-testid={TESTID.timelineRecording}
      data-state={recording.state}
    >
      <span>
        <Icon name="record" /> {aboutIt(recording, t)}
        {recording.fault && <span className="flag"> {t("player.fault")}</span>}
        {recording.state !== "kept" && recording.legal_hold && (
          <span className="tag">{t("player.legalHold")}</span>
        )}
      </span>
      {recording.state === "kept" && (
        <>
          <span className="quiet small">
            {t("player.keptUntil", { time: moment(recording.keep_until, lang) })}
          </span>
          <LegalHold recording={recording} />
          <Player recording={recording} reason={reason} />
        </>
      )}
    </div>
  );
}

function Player({ recording, reason }: { recording: Recording; reason?: string }) {
  const { t } = useWords();
  const [sound, setSound] = useState<Sound | null>(null);
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState("");
  useEffect(() => () => (sound ? URL.revokeObjectURL(sound.url) : undefined), [sound]);

  async function load(why: string | undefined) {
    setSaid(t("player.loading"));
    try {
      const wav = await fetchRecording(recording.id, why);
      const levels = levelsOf(await wav.arrayBuffer(), PARTS);
      setSound({ url: URL.createObjectURL(wav), levels });
      setAsking(false);
      setSaid("");
    } catch (error) {
      const problem = asProblem(error);
      const needsReason = problem.body.errors?.some(({ field }) => field === "x-reason");
      if (needsReason) setAsking(true);
      setSaid(needsReason ? t("player.reasonNeeded") : t("player.notPlayed"));
    }
  }

  return (
    <>
      {!sound && !asking && (
        <Button
          size="compact-sm"
          onClick={() => void load(reason)}
          data-testid={TESTID.recordingPlay}
        >
          {t("player.listen", { time: shortDuration(recording.seconds * 1000) })}
        </Button>
      )}
      {asking && <Why onGiven={(why) => void load(why)} />}
      {sound && <Heard sound={sound} />}
      <span role="status" className="quiet">
        {said}
      </span>
    </>
  );
}

function Why({ onGiven }: { onGiven: (why: string) => void }) {
  const { t } = useWords();
  const [why, setWhy] = useState("");
  const complete = why.trim().length > 2;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (complete) onGiven(why.trim());
  }
  return (
    <form className="row" onSubmit={submit}>
      <TextInput
        label={t("player.why")}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
        maxLength={200}
        autoFocus
        data-testid={TESTID.recordingReason}
      />
      <Button type="submit" disabled={!complete}>
        {t("player.open")}
      </Button>
    </form>
  );
}

function Heard({ sound }: { sound: Sound }) {
  const { t } = useWords();
  const { caller, heard } = sound.levels;
  return (
    <div className="stack" data-testid={TESTID.recordingSound}>
      {/* The browser's own player: play, pause and seek by keyboard, named in the browser's language. */}
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said */}
      <audio controls autoPlay src={sound.url} aria-label={t("player.label")} />
      <Lane label={t("player.caller")} levels={caller} />
      <Lane label={t("player.heard")} levels={heard} />
    </div>
  );
}

/** When one side was loud. */
function Lane({ label, levels }: { label: string; levels: number[] }) {
  const { t } = useWords();
  const spoke = Math.round((100 * levels.filter((level) => level > 0.02).length) / levels.length);
  return (
    <div className="lane">
      <span className="small">{label}</span>
      <svg
        viewBox={`0 0 ${levels.length} 20`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("player.spoke", { who: label, percent: spoke })}
      >
        {levels.map((level, at) => {
          const height = Math.max(1, 20 * Math.sqrt(level));
          // biome-ignore lint/suspicious/noArrayIndexKey: a part of the picture is its place
          return <rect key={at} x={at} y={20 - height} width={0.8} height={height} />;
        })}
      </svg>
    </div>
  );
}

function aboutIt(recording: Recording, t: Words): string {
  const { state, consent, seconds, deleted_because } = recording;
  switch (state) {
    case "kept":
      return t("player.kept", { time: shortDuration(seconds * 1000) });
    case "recording":
      return t("player.recording");
    case "not_made":
      return t(consent === "refused" ? "player.refused" : "player.noConsent");
    case "failed":
      return t("player.failed");
    case "deleted":
      return t(deleted_because === "withdrawn" ? "player.withdrawn" : "player.deleted");
    default:
      return state;
  }
}
