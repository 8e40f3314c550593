// Break, offline, and taking back what comes next: one line of choices under the bar, chosen by
// number. It opens in place, so a live call stays in sight.
import { BREAK_REASONS } from "../../api/types";
import { useCall, useCallStore } from "../../call/CallProvider";
import type { Command } from "../../call/state";
import { useWords } from "../../i18n";
import { Key } from "../../ui/Key";
import { useKeys } from "../../ui/keys";
import { TESTID } from "../../ui/testid";

interface Choice {
  command: Command;
  word: string;
  testid: string;
}

export function StatusMenu({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const store = useCallStore();
  const { desk, next } = useCall();
  const busy = desk.kind === "talking" || desk.kind === "on_hold" || desk.kind === "wrap_up";
  const choices: Choice[] = BREAK_REASONS.map((reason) => ({
    command: { do: "break", reason },
    word: t(`break.${reason}`),
    testid: `${TESTID.statusBreak}-${reason}`,
  }));
  choices.push({
    command: { do: "offline" },
    word: t("state.offline"),
    testid: TESTID.statusOffline,
  });
  if (next) {
    choices.push({
      command: { do: "available" },
      word: t("status.cancelNext"),
      testid: TESTID.statusCancelNext,
    });
  }
  const choose = (choice: Choice) => {
    store.ask(choice.command);
    onClose();
  };
  useKeys([
    ...choices.map((choice, index) => ({
      chord: `Digit${index + 1}`,
      label: choice.word,
      run: () => choose(choice),
    })),
    { chord: "Digit0", label: t("status.close"), run: onClose },
  ]);
  return (
    <section className="panel" aria-label={t("bar.status")}>
      <div className="panel-body row wrap">
        <b>{busy ? t("status.after") : t("status.now")}</b>
        {choices.map((choice, index) => (
          <button
            key={choice.testid}
            type="button"
            className="choice"
            onClick={() => choose(choice)}
            data-testid={choice.testid}
          >
            {choice.word}
            <Key chord={`Digit${index + 1}`} />
          </button>
        ))}
        <button type="button" className="choice push" onClick={onClose}>
          {t("status.close")}
          <Key chord="Digit0" />
        </button>
      </div>
    </section>
  );
}
