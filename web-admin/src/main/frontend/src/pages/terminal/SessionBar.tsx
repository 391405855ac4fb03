import { Button, Label } from "@patternfly/react-core";
import { ExclamationTriangleIcon, LockIcon } from "@patternfly/react-icons";
import type { DeviceDetail } from "../../api/device";
import { Inert, inertText } from "../../app/inert";
import { Way } from "../../app/way";
import { useTexts } from "../../i18n";
import { WatchersLabel } from "../watch/WatchersLabel";
import type { Connection } from "./connection";
import { Unverified } from "./deviceKey";

interface SessionBarProps {
  readonly connection: Connection;
  readonly device: DeviceDetail;
  /** A person compared the words of the device's key. */
  readonly onCompared: () => void;
  readonly onEnd: () => void;
  readonly onAgain: () => void;
  readonly endButton: React.Ref<HTMLButtonElement>;
  readonly againButton: React.Ref<HTMLButtonElement>;
  /** How the keyboard gets out of the tool. */
  readonly hint: string;
}

/** What protects the session, who has it, and its end. */
export function SessionBar(props: SessionBarProps) {
  const { connection, device, onCompared, onEnd, onAgain, endButton, againButton, hint } = props;
  const { t } = useTexts();
  const over = connection.kind === "ended" || connection.kind === "failed";
  const session = connection.kind === "connected" || connection.kind === "ended" ? connection.session : null;
  const account = connection.kind === "connected" || connection.kind === "ended" ? connection.account : null;
  return (
    <section className="session-bar" aria-label={t("terminal.bar")}>
      {connection.kind === "connected" && connection.session.resuming ? (
        <Label color="yellow" icon={<ExclamationTriangleIcon />} isCompact variant="outline" role="alert">
          {t("terminal.resuming")}
        </Label>
      ) : connection.kind === "connected" ? (
        <Label color="green" icon={<LockIcon />} isCompact variant="outline">
          {t("terminal.encrypted")}
        </Label>
      ) : (
        <Label isCompact variant="outline">
          {t(over ? "terminal.ended" : "terminal.connecting")}
        </Label>
      )}
      {session !== null && (
        <dl>
          <div>
            <dt>{t("terminal.fingerprint")}</dt>
            <dd>
              <code>{inertText(session.fingerprint)}</code>
              {session.unverified && (
                <Unverified
                  session={session}
                  device={device.name}
                  onCompared={connection.kind === "connected" ? onCompared : null}
                />
              )}
            </dd>
          </div>
          <div>
            <dt>{t("terminal.relay")}</dt>
            <dd>
              <Inert text={session.relay} />
              <Way client={session.way?.client ?? null} device={session.way?.device ?? null} />
            </dd>
          </div>
          {session.roundTrip !== undefined && (
            <div>
              <dt>{t("terminal.roundTripLabel")}</dt>
              <dd>{t("way.ms", { ms: roundTrip(session.roundTrip) })}</dd>
            </div>
          )}
          {(account ?? device.account) !== null && (
            <div>
              <dt>{t("terminal.account")}</dt>
              <dd>
                <code>
                  <Inert text={account ?? device.account ?? ""} />
                </code>
              </dd>
            </div>
          )}
        </dl>
      )}
      {connection.kind === "connected" && <WatchersLabel names={connection.session.watchers ?? []} />}
      <span className="session-bar__end">
        {connection.kind === "connected" && <span className="session-bar__hint">{hint}</span>}
        {over ? (
          <Button ref={againButton} variant="primary" size="sm" onClick={onAgain}>
            {t("terminal.again")}
          </Button>
        ) : (
          <Button ref={endButton} variant="secondary" isDanger size="sm" onClick={onEnd} title={hint}>
            {t(connection.kind === "connected" ? "terminal.end" : "action.cancel")}
          </Button>
        )}
      </span>
    </section>
  );
}

/** Below 10 ms a tenth matters, above it does not. */
function roundTrip(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}
