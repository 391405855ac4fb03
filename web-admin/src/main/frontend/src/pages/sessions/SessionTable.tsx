import { Button, Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { request } from "../../api/http";
import type { RemoteSession } from "../../api/session";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { meQuery } from "../../app/queries";
import { bytes, Elapsed, RelativeTime } from "../../app/time";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";

interface SessionTableProps {
  readonly sessions: readonly RemoteSession[];
  readonly label: string;
  readonly withDevice: boolean;
  /** True when the caller may end the sessions of others too; the server decides in any case. */
  readonly mayEnd?: (session: RemoteSession) => boolean;
}

/** Sessions as rows: who, where, as which account, for how long, over which relay, and how it ended. */
export function SessionTable({ sessions, label, withDevice, mayEnd }: SessionTableProps) {
  const { t, code, language } = useTexts();
  const me = useQuery(meQuery).data;
  const client = useQueryClient();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const canEnd = (session: RemoteSession) =>
    session.ended === null && (session.user.id === me?.user.id || (mayEnd?.(session) ?? false));
  const end = (session: RemoteSession) =>
    dialogs.confirm({
      title: t("session.endTitle"),
      body: (
        <p>{t("session.endBody", { user: inertText(session.user.name), device: inertText(session.device.name) })}</p>
      ),
      action: t("session.end"),
      failure: t("session.endFailure"),
      onConfirm: async () => {
        await request("POST", `/api/sessions/${session.sid}/end`, { body: { reason: "ended by a person" } });
        await client.invalidateQueries({ queryKey: ["sessions"] });
        toasts.say("success", t("session.endedToast"));
      },
    });
  const anyLive = sessions.some((session) => session.ended === null);
  return (
    <Table aria-label={label} variant="compact" gridBreakPoint="grid-lg">
      <Thead>
        <Tr>
          {withDevice && <Th>{t("session.device")}</Th>}
          <Th>{t("session.user")}</Th>
          <Th>{t("session.operations")}</Th>
          <Th>{t("device.account")}</Th>
          <Th>{t("session.started")}</Th>
          <Th>{t("session.duration")}</Th>
          <Th>{t("session.relay")}</Th>
          <Th>{t("session.addresses")}</Th>
          <Th>{t("session.bytes")}</Th>
          <Th>{t("session.state")}</Th>
          {anyLive && <Th screenReaderText={t("session.actions")} />}
        </Tr>
      </Thead>
      <Tbody>
        {sessions.map((session) => (
          <Tr key={session.sid}>
            {withDevice && (
              <Td dataLabel={t("session.device")} className="any-length">
                <Link to={`/devices/${session.device.uid}`}>
                  <Inert text={session.device.name} />
                </Link>
              </Td>
            )}
            <Td dataLabel={t("session.user")} className="any-length">
              <Inert text={session.user.name} />
              {session.reason !== null && (
                <div className="secondary">
                  <Inert text={session.reason} />
                </div>
              )}
            </Td>
            <Td dataLabel={t("session.operations")}>
              {session.operations.map((operation) => inertText(code("operation", operation))).join(", ")}
            </Td>
            <Td dataLabel={t("device.account")} className="any-length">
              {session.account === null || session.account === "" ? "–" : <Inert text={session.account} />}
            </Td>
            <Td dataLabel={t("session.started")} modifier="nowrap">
              {session.started === null ? t("session.notStarted") : <RelativeTime time={session.started} />}
            </Td>
            <Td dataLabel={t("session.duration")} modifier="nowrap">
              {session.started === null ? "–" : <Elapsed from={session.started} to={session.ended} />}
            </Td>
            <Td dataLabel={t("session.relay")}>{session.relay === null ? "–" : <Inert text={session.relay} />}</Td>
            <Td dataLabel={t("session.addresses")} className="any-length">
              {session.clientAddress === null ? "–" : <Inert text={session.clientAddress} />}
              {session.deviceAddress !== null && (
                <>
                  {" → "}
                  <Inert text={session.deviceAddress} />
                </>
              )}
            </Td>
            <Td dataLabel={t("session.bytes")} modifier="nowrap">
              {session.bytesIn === null || session.bytesOut === null || session.ended === null
                ? "–"
                : `↑ ${bytes(session.bytesIn, language)} ↓ ${bytes(session.bytesOut, language)}`}
            </Td>
            <Td dataLabel={t("session.state")}>
              {session.ended === null ? (
                <Label color="green" isCompact variant="outline">
                  {t("session.live")}
                </Label>
              ) : (
                inertText(code("session.reason", session.endReason ?? "done"))
              )}
            </Td>
            {anyLive && (
              <Td isActionCell>
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
