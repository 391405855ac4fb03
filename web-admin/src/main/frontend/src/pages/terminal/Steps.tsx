import { ProgressStep, ProgressStepper } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import type { DeviceDetail } from "../../api/device";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";
import type { ConnectingStep } from "./connection";

const STEPS: readonly ConnectingStep[] = ["requesting", "verifying", "handshake", "relay"];

/** On loopback the steps are over before they can be read; they appear when it takes longer. */
const PATIENCE_MS = 300;

/** How far the connection has come. */
export function Steps({ step, device }: { readonly step: ConnectingStep; readonly device: DeviceDetail }) {
  const { t } = useTexts();
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setVisible(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  const now = STEPS.indexOf(step);
  return (
    <div className="terminal__steps" role="status">
      {visible && (
        <ProgressStepper isVertical aria-label={t("terminal.steps", { device: inertText(device.name) })}>
          {STEPS.map((each, index) => (
            <ProgressStep
              key={each}
              id={`terminal-step-${each}`}
              titleId={`terminal-step-${each}-title`}
              variant={index < now ? "success" : index === now ? "info" : "pending"}
              isCurrent={index === now}
              aria-label={t(`terminal.step.${each}`)}
            >
              {t(`terminal.step.${each}`)}
            </ProgressStep>
          ))}
        </ProgressStepper>
      )}
    </div>
  );
}
