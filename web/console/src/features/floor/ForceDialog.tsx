// Puts an agent into a state, with a reason. A live call is never cut: the state follows it.
import { Button } from "@mantine/core";
import { useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import { type AgentView, BREAK_REASONS, FORCE_REASONS } from "../../api/types";
import { useWords } from "../../i18n";
import { announce } from "../../ui/Announcer";
import { TESTID } from "../../ui/testid";
import { Choices, FloorDialog } from "./FloorDialog";

type Wish = api.Force["want"];
const WISHES = ["available", "break", "offline"] as const satisfies readonly Wish[];

export function ForceDialog({ agent, onClose }: { agent: AgentView; onClose: () => void }) {
  const { t } = useWords();
  const [want, setWant] = useState<Wish>(agent.state === "available" ? "break" : "available");
  const [pause, setPause] = useState<(typeof BREAK_REASONS)[number]>("rest");
  const [reason, setReason] = useState<(typeof FORCE_REASONS)[number] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const live = agent.state === "talking" || agent.state === "on_hold";
  async function force() {
    if (!reason) return setProblem(t("floor.force.sayWhy"));
    const break_reason = want === "break" ? pause : undefined;
    try {
      await api.forceState(agent.agent, { want, break_reason, reason });
      announce(t("floor.force.done", { name: agent.name }));
      onClose();
    } catch (error) {
      setProblem(asProblem(error).body.detail ?? t("floor.force.failed"));
    }
  }
  return (
    <FloorDialog
      title={t("floor.force.title", { name: agent.name, state: t(`state.${agent.state}`) })}
      note={live ? t("floor.force.live") : undefined}
      problem={problem}
      onClose={onClose}
      testid={TESTID.forceDialog}
      actions={
        <Button variant="filled" onClick={() => void force()} data-testid={TESTID.forceSubmit}>
          {t("floor.force.submit")}
        </Button>
      }
    >
      <Choices
        legend={t("floor.force.state")}
        name="want"
        of={WISHES.map((value) => ({ value, word: t(`state.${value}`) }))}
        value={want}
        onChange={setWant}
        first
      />
      {want === "break" && (
        <Choices
          legend={t("floor.force.break")}
          name="break"
          of={BREAK_REASONS.map((value) => ({ value, word: t(`break.${value}`) }))}
          value={pause}
          onChange={setPause}
        />
      )}
      <Choices
        legend={t("floor.force.why")}
        name="why"
        of={FORCE_REASONS.map((value) => ({ value, word: t(`forceReason.${value}`) }))}
        value={reason}
        onChange={setReason}
      />
    </FloorDialog>
  );
}
