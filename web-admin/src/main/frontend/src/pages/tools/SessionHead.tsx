import { Button, Label, Spinner } from "@patternfly/react-core";
import { LockIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { useBlocker } from "react-router";
import type { DeviceDetail } from "../../api/device";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { operationText } from "../../app/operation";
import { useTexts } from "../../i18n";
import type { SessionError } from "../../session";
import { AwaitedConsent } from "../terminal/AwaitedConsent";
import { CompareKeys, Unverified } from "../terminal/deviceKey";
import { LeaveDialog } from "../terminal/EndDialogs";
import { ErrorText } from "../terminal/errorText";
import { ReasonDialog } from "../terminal/ReasonDialog";
import { WatchersLabel } from "../watch/WatchersLabel";
import { useClosingComment } from "./closing";
import type { ToolConnection, ToolSession } from "./session";

/** What is lost when a session ends. */
interface Loss {
  readonly title: string;
  readonly body: string;
  /** Whether it is asked about even where no comment is wanted. */
  readonly asks: boolean;
}

/**
 * What is above each tool: the state of its session, the button that ends or begins it, what of it was not allowed, and why it is over; and
 * what is asked before it begins (the reason) and before it ends (the comment).
 */
export function SessionHead<T>({
  tool,
  device,
  noSession,
  describe,
  loss,
}: {
  readonly tool: ToolSession<T>;
  readonly device: DeviceDetail;
  /** Title of the notice about a session that failed. */
  readonly noSession: string;
  readonly describe: (error: SessionError) => string;
  /** By default the session alone. */
  readonly loss?: () => Loss;
}) {
  const texts = useTexts();
  const { t } = texts;
  const { connection, again } = tool;
  const name = inertText(device.name);
  const [unanswered, setUnanswered] = useState<SessionError | null>(null);
  const state = connection.kind === "open" ? connection.state : null;
  const error = connection.kind === "over" ? connection.error : null;
  const lost = loss?.() ?? { title: t("comment.endTitle", { device: name }), body: t("comment.endBody"), asks: false };
  const closing = useClosingComment({
    sid: connection.kind === "open" ? connection.session.sid : null,
    device,
    body: lost.body,
    end: tool.end,
  });
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      nextLocation.pathname !== currentLocation.pathname &&
      (loss?.().asks === true || (connection.kind === "open" && closing.wanting() !== null)),
  );
  return (
    <>
      <div className="session-bar">
        <Label
          color={connection.kind === "open" && state?.resuming !== true ? "green" : "grey"}
          icon={<LockIcon />}
          isCompact
          variant="outline"
        >
          {t(stateOf(connection))}
        </Label>
        {connection.kind === "open" && state?.unverified === true && (
          <Unverified session={state} device={device.name} onCompared={() => connection.session.compared()} />
        )}
        {connection.kind === "open" && <WatchersLabel names={state?.watchers ?? []} />}
        <span className="session-bar__end">
          {connection.kind === "over" ? (
            <Button variant="primary" size="sm" onClick={again}>
              {t("terminal.again")}
            </Button>
          ) : (
            <Button variant="secondary" isDanger size="sm" onClick={closing.end}>
              {t("terminal.end")}
            </Button>
          )}
        </span>
      </div>
      {connection.kind === "connecting" &&
        (connection.step === "consent" ? (
          <div className="session-wait">
            <AwaitedConsent wait={connection.consent} device={device} />
          </div>
        ) : (
          <Spinner aria-label={t("terminal.steps", { device: name })} />
        ))}
      {connection.kind === "open" && connection.withheld.length > 0 && (
        <Notice
          variant="info"
          isInline
          title={t("tools.withheld", {
            tools: connection.withheld.map((operation) => operationText(texts, operation)).join(", "),
          })}
        >
          {t("tools.notGranted")}
        </Notice>
      )}
      {connection.kind === "over" && (
        <Notice
          variant={error === null ? "info" : "danger"}
          isInline
          role="alert"
          title={error === null ? t("terminal.endedTitle") : noSession}
        >
          {error === null ? (
            t("terminal.exit.left")
          ) : (
            <>
              <ErrorText error={error} sentence={describe(error)} />
              <CompareKeys error={error} device={device.name} onAccepted={again} />
            </>
          )}
        </Notice>
      )}
      {error?.code === "reason-required" && error !== unanswered && (
        <ReasonDialog device={device} onReason={tool.because} onClose={() => setUnanswered(error)} />
      )}
      {blocker.state === "blocked" ? (
        <LeaveDialog
          title={lost.title}
          body={lost.body}
          sid={closing.wanting()}
          onLeave={() => blocker.proceed()}
          onStay={() => blocker.reset()}
        />
      ) : (
        closing.dialog
      )}
    </>
  );
}

function stateOf(connection: ToolConnection<unknown>) {
  switch (connection.kind) {
    case "open":
      return connection.state?.resuming === true ? "terminal.resuming" : "terminal.encrypted";
    case "over":
      return "terminal.ended";
    default:
      return "terminal.connecting";
  }
}
