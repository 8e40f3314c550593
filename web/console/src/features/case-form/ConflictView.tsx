// Two versions of one field, side by side, in the place of the field. Never a dialog.
import { Button } from "@mantine/core";
import { useWords } from "../../i18n";
import type { Conflict } from "./case-draft";

export function ConflictView({
  conflict,
  onChoose,
}: {
  conflict: Conflict;
  onChoose: (field: Conflict["field"], side: "mine" | "theirs") => void;
}) {
  const { t } = useWords();
  return (
    <div className="conflict" role="alert">
      <p>
        <b>{t("conflict.title", { field: t(`form.${conflict.field}`) })}</b>
      </p>
      <div>
        {t("conflict.mine")}
        <blockquote>{conflict.mine}</blockquote>
        <Button onClick={() => onChoose(conflict.field, "mine")}>{t("conflict.keepMine")}</Button>
      </div>
      <div>
        {t("conflict.theirs")}
        <blockquote>{conflict.theirs}</blockquote>
        <Button onClick={() => onChoose(conflict.field, "theirs")}>
          {t("conflict.takeTheirs")}
        </Button>
      </div>
    </div>
  );
}
