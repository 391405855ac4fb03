import { Button, Skeleton } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { Named } from "../../api/session";
import { useDialogs } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";
import { FixedRelayDialog, type FixedRelayKind } from "./FixedRelayDialog";
import { FixedRelayText } from "./FixedRelayText";
import { fixedRelayQuery } from "./queries";

interface FixedRelayLineProps {
  readonly kind: FixedRelayKind;
  readonly of: Named;
  /** Whether the caller may change it; the server decides in any case. */
  readonly may: boolean;
}

/** Over which relay sessions go, and who decided that. */
export function FixedRelayLine({ kind, of, may }: FixedRelayLineProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const fixed = useQuery(fixedRelayQuery(of.id));
  if (fixed.data === undefined) {
    if (!fixed.isError) return <Skeleton screenreaderText={t("loading")} />;
    return (
      <>
        {t("fixedRelay.failure")}{" "}
        <Button variant="link" isInline onClick={() => void fixed.refetch()}>
          {t("action.retry")}
        </Button>
      </>
    );
  }
  return (
    <>
      <FixedRelayText fixed={fixed.data} />{" "}
      {may && (
        <Button
          variant="link"
          isInline
          aria-label={t("fixedRelay.changeOf", { name: inertText(of.name) })}
          onClick={() => dialogs.open((close) => <FixedRelayDialog kind={kind} of={of} may onClose={close} />)}
        >
          {t("fixedRelay.change")}
        </Button>
      )}
    </>
  );
}
