import { Button, Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, type ReactNode } from "react";
import { Link } from "react-router";
import { request } from "../../api/http";
import type { RemoteSession } from "../../api/session";
import { CommentField, useComment, useCommentRequired } from "../../app/comment";
import { ActionDialog, useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { useMay } from "../../app/may";
import { operationText } from "../../app/operation";
import { meQuery } from "../../app/queries";
import { AbsoluteTime, bytes, duration, Elapsed, RelativeTime } from "../../app/time";
import { useToasts } from "../../app/toasts";
import { Way } from "../../app/way";
import { useTexts } from "../../i18n";

interface SessionTableProps {
  readonly sessions: readonly RemoteSession[];
  readonly label: string;
  readonly withDevice: boolean;
  /** True when the caller may end the sessions of others too; the server decides in any case. */
  readonly mayEnd?: (session: RemoteSession) => boolean;
  /** True when the caller may watch sessions of others; the server decides in any case. */
  readonly mayWatch?: (session: RemoteSession) => boolean;
}

/** Sessions as rows: who, where, as which account, for how long, over which relay, and how it ended. */
export function SessionTable({ sessions, label, withDevice, mayEnd, mayWatch }: SessionTableProps) {
  const texts = useTexts();
  const { t, code, locale } = texts;
  const me = useQuery(meQuery).data;
  const dialogs = useDialogs();
  const commentRequired = useCommentRequired();
  const canEnd = (session: RemoteSession) =>
    session.ended === null && (session.user.id === me?.user.id || (mayEnd?.(session) ?? false));
  const canWatch = (session: RemoteSession) =>
    session.ended === null &&
    session.started !== null &&
    session.user.id !== me?.user.id &&
    !session.operations.some((operation) => operation.startsWith("watch:")) &&
    (mayWatch?.(session) ?? false);
  const end = (session: RemoteSession) =>
    dialogs.open((close) => {
      const own = session.user.id === me?.user.id;
      return <EndDialog session={session} own={own} asks={own && commentRequired} onClose={close} />;
    });
  const anyLive = sessions.some((session) => session.ended === null);
  return (
    <Table aria-label={label} variant="compact" gridBreakPoint="grid-lg" className="fixed-table">
      <Thead>
        <Tr>
          {withDevice && <Th>{t("session.device")}</Th>}
          <Th>{t("session.user")}</Th>
          <Th>{t("session.operations")}</Th>
          <Th>{t("session.started")}</Th>
          <Th>{t("session.connection")}</Th>
          <Th>{t("session.state")}</Th>
          {anyLive && <Th screenReaderText={t("session.actions")} style={{ width: "7rem" }} />}
        </Tr>
      </Thead>
      <Tbody>
        {sessions.map((session) => (
          <Tr key={session.sid}>
            {withDevice && (
              <Td dataLabel={t("session.device")}>
                <Link to={`/devices/${session.device.uid}`}>
                  <Inert text={session.device.name} />
                </Link>
              </Td>
            )}
            <Td dataLabel={t("session.user")}>
              <div>
                <Inert text={session.user.name} />
                {session.ended !== null && <SessionLogLink session={session} />}
                {session.reason !== null && (
                  <div className="secondary">
                    <Inert text={session.reason} />
                  </div>
                )}
              </div>
            </Td>
            <Td dataLabel={t("session.operations")}>
              <div>
                {session.operations.map((operation) => operationText(texts, operation)).join(", ")}
                {session.account !== null && session.account !== "" && (
                  <Second label={t("device.account")}>
                    <Inert text={session.account} />
                  </Second>
                )}
              </div>
            </Td>
            <Td dataLabel={t("session.started")}>
              <div>
                <Times session={session} />
              </div>
            </Td>
            <Td dataLabel={t("session.connection")}>
              <div>
                {session.clientAddress === null ? "–" : <Inert text={session.clientAddress} />}
                {session.deviceAddress !== null && (
                  <>
                    {" → "}
                    <Inert text={session.deviceAddress} />
                  </>
                )}
                {session.relay !== null && (
                  <Second label={t("session.relay")}>
                    <Inert text={session.relay} /> <Way client={session.relayClientMs} device={session.relayDeviceMs} />
                    {session.relays.slice(1).map((relay) => (
                      <Fragment key={relay}>
                        {" → "}
                        <Inert text={relay} />
                      </Fragment>
                    ))}
                  </Second>
                )}
                {session.relayedFromClient !== null &&
                  session.relayedFromDevice !== null &&
                  session.relayedMillis !== null && (
                    <Second label={t("session.relayed")}>
                      {t("session.relayedBytes", {
                        client: bytes(session.relayedFromClient, locale),
                        device: bytes(session.relayedFromDevice, locale),
                        time: duration(session.relayedMillis),
                      })}
                    </Second>
                  )}
              </div>
            </Td>
            <Td dataLabel={t("session.state")}>
              <div>
                {session.ended === null ? (
                  <Label color="green" isCompact variant="outline">
                    {t("session.live")}
                  </Label>
                ) : (
                  inertText(code("session.reason", session.endReason ?? "done"))
                )}
                {session.ended !== null && session.bytesIn !== null && session.bytesOut !== null && (
                  <Second label={t("session.bytes")}>
                    ↑ {bytes(session.bytesIn, locale)} ↓ {bytes(session.bytesOut, locale)}
                  </Second>
                )}
              </div>
            </Td>
            {anyLive && (
              <Td>
                {canWatch(session) && (
                  <Link
                    to={`/sessions/${session.sid}/watch?device=${encodeURIComponent(session.device.uid)}`}
                    className="session-watch"
                    aria-label={t("watch.of", {
                      user: inertText(session.user.name),
                      device: inertText(session.device.name),
                    })}
                  >
                    {t("watch.watch")}
                  </Link>
                )}
                {canEnd(session) && (
                  <Button
                    variant="secondary"
                    isDanger
                    size="sm"
                    onClick={() => end(session)}
                    aria-label={t("session.endOf", {
                      user: inertText(session.user.name),
                      device: inertText(session.device.name),
                    })}
                  >
                    {t("session.end")}
                  </Button>
                )}
              </Td>
            )}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** How long ago a running session began; of one that is over when it began and ended, which is what a log is asked for. */
function Times({ session: { started, ended } }: { readonly session: RemoteSession }) {
  const { t } = useTexts();
  return (
    <>
      {started === null ? (
        t("session.notStarted")
      ) : ended === null ? (
        <RelativeTime time={started} />
      ) : (
        <AbsoluteTime time={started} />
      )}
      {ended !== null && (
        <Second label={t("session.ended")}>
          <AbsoluteTime time={ended} />
        </Second>
      )}
      {started !== null && (
        <Second label={t("session.duration")}>
          <Elapsed from={started} to={ended} />
        </Second>
      )}
    </>
  );
}

/** What happened in the session: the operations log of it. */
function SessionLogLink({ session }: { readonly session: RemoteSession }) {
  const { t } = useTexts();
  if (!useMay("view-operations-log")) return null;
  return (
    <div className="secondary">
      <Link to={`/audit?session=${session.sid}`}>{t("session.log")}</Link>
    </div>
  );
}

interface EndDialogProps {
  readonly session: RemoteSession;
  readonly own: boolean;
  /** True where the domain asks what was done. */
  readonly asks: boolean;
  readonly onClose: () => void;
}

export function EndDialog({ session, own, asks, onClose }: EndDialogProps) {
  const { t } = useTexts();
  const client = useQueryClient();
  const toasts = useToasts();
  const comment = useComment();
  return (
    <ActionDialog
      title={t("session.endTitle")}
      action={t("session.end")}
      failure={t("session.endFailure")}
      danger
      ready={!asks || comment.ready}
      onClose={onClose}
      onAction={async () => {
        await request("POST", `/api/sessions/${session.sid}/end`, {
          body: {
            reason: own ? "ended-by-user" : "ended-by-administrator",
            ...(asks ? { comment: comment.text } : {}),
          },
        });
        await client.invalidateQueries({ queryKey: ["sessions"] });
        toasts.say("success", t("session.endedToast"));
        onClose();
      }}
    >
      <p>{t("session.endBody", { user: inertText(session.user.name), device: inertText(session.device.name) })}</p>
      {asks && <CommentField comment={comment} />}
    </ActionDialog>
  );
}

/** A second line in a cell, with its name before it. */
function Second({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="secondary">
      {label}: {children}
    </div>
  );
}
