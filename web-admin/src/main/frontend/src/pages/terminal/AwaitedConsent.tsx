import { EmptyState, EmptyStateBody } from "@patternfly/react-core";
import { HourglassHalfIcon } from "@patternfly/react-icons";
import { useEffect, useState } from "react";
import type { DeviceDetail } from "../../api/device";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";
import type { ConsentWait } from "../../session/api";

interface AwaitedConsentProps {
  /** Undefined until it is known who is asked. */
  readonly wait: ConsentWait | undefined;
  readonly device: DeviceDetail;
}

/** Who is asked whether the session may start, and how long that waits. */
export function AwaitedConsent({ wait, device }: AwaitedConsentProps) {
  const { t } = useTexts();
  const left = useSecondsUntil(wait?.until);
  if (wait === undefined) return <div className="terminal__steps" role="status" />;
  return (
    <div className="terminal__steps">
      <EmptyState
        headingLevel="h2"
        icon={HourglassHalfIcon}
        variant="sm"
        titleText={t(wait.whom === "approver" ? "consent.waitApprover" : "consent.waitDevice", {
          device: inertText(device.name),
        })}
      >
        <EmptyStateBody>
          <p role="status">{t("consent.waitBody")}</p>
          <p>{t("consent.secondsLeft", { seconds: left })}</p>
        </EmptyStateBody>
      </EmptyState>
    </div>
  );
}

function useSecondsUntil(until: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return until === undefined ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
}
