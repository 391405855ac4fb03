import { Button, Skeleton } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { Named } from "../../api/session";
import { useDialogs } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";
import { sessionPolicyQuery } from "./queries";
import { SessionPolicyDialog } from "./SessionPolicyDialog";
import { SessionPolicyText } from "./SessionPolicyText";

interface SessionPolicyLineProps {
  readonly of: Named;
  /** Whether the caller may change it; the server decides in any case. */
  readonly may: boolean;
}

/** What must be so before a session starts on a device, and where that is set. */
export function SessionPolicyLine({ of, may }: SessionPolicyLineProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const policy = useQuery(sessionPolicyQuery(of.id));
  if (policy.data === undefined) {
    if (!policy.isError) return <Skeleton screenreaderText={t("loading")} />;
    return (
      <>
        {t("sessionPolicy.failure")}{" "}
        <Button variant="link" isInline onClick={() => void policy.refetch()}>
          {t("action.retry")}
        </Button>
      </>
    );
  }
  return (
    <>
      <SessionPolicyText policy={policy.data} />{" "}
      {may && (
        <Button
          variant="link"
          isInline
          aria-label={t("sessionPolicy.changeOf", { name: inertText(of.name) })}
          onClick={() => dialogs.open((close) => <SessionPolicyDialog of={of} may onClose={close} />)}
        >
          {t("fixedRelay.change")}
        </Button>
      )}
    </>
  );
}
