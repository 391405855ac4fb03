import { Button, Label, Spinner } from "@patternfly/react-core";
import { LockIcon } from "@patternfly/react-icons";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { useTexts } from "../../i18n";
import type { SessionError } from "../../session";
import { CompareKeys, Unverified } from "../terminal/deviceKey";
import { WatchersLabel } from "../watch/WatchersLabel";
import type { ToolConnection, ToolSession } from "./session";

/** What is above each tool: the state of its session, the button that ends or begins it, and why it is over. */
export function SessionHead<T>({
  tool,
  device,
  noSession,
  describe,
}: {
  readonly tool: ToolSession<T>;
  /** The device's name. */
  readonly device: string;
  /** Title of the notice about a session that failed. */
  readonly noSession: string;
  readonly describe: (error: SessionError) => string;
}) {
  const { t } = useTexts();
  const { connection, again, end } = tool;
  const state = connection.kind === "open" ? connection.state : null;
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
          <Unverified session={state} device={device} onCompared={() => connection.session.compared()} />
        )}
        {connection.kind === "open" && <WatchersLabel names={state?.watchers ?? []} />}
        <span className="session-bar__end">
          {connection.kind === "over" ? (
            <Button variant="primary" size="sm" onClick={again}>
              {t("terminal.again")}
            </Button>
          ) : (
            <Button variant="secondary" isDanger size="sm" onClick={end}>
              {t("terminal.end")}
            </Button>
          )}
        </span>
      </div>
      {connection.kind === "connecting" && <Spinner aria-label={t("terminal.steps", { device: inertText(device) })} />}
      {connection.kind === "over" && (
        <Notice
          variant={connection.error === null ? "info" : "danger"}
          isInline
          role="alert"
          title={connection.error === null ? t("terminal.endedTitle") : noSession}
        >
          {connection.error === null ? (
            t("terminal.exit.left")
          ) : (
            <>
              <p>{describe(connection.error)}</p>
              <CompareKeys error={connection.error} device={device} onAccepted={again} />
            </>
          )}
        </Notice>
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
