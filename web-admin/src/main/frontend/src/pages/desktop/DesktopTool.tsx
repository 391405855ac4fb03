import { Button } from "@patternfly/react-core";
import { useCallback, useEffect, useRef, useState } from "react";
import { useBlocker, useSearchParams } from "react-router";
import type { DeviceDetail } from "../../api/device";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { goToLogin } from "../../app/signIn";
import { type DesktopRefusal, type DesktopState, DesktopView } from "../../desktop";
import { useTexts } from "../../i18n";
import type { Operation } from "../../session/api";
import { useDevice } from "../device/DevicePage";
import { RequestAccess } from "../requests/RequestAccess";
import { AwaitedConsent } from "../terminal/AwaitedConsent";
import type { Connection } from "../terminal/connection";
import { CompareKeys } from "../terminal/deviceKey";
import { LeaveDialog } from "../terminal/EndDialogs";
import { ErrorText } from "../terminal/errorText";
import { ReasonDialog } from "../terminal/ReasonDialog";
import { SessionBar } from "../terminal/SessionBar";
import { Steps } from "../terminal/Steps";
import { useClosingComment } from "../tools/closing";
import { connectDesktop, type DesktopAttempt, type PasswordQuestion } from "./connection";
import { DesktopControls } from "./DesktopControls";
import { useDesktopErrors } from "./errors";
import { putOnClipboard } from "./localClipboard";
import { PasswordDialog } from "./PasswordDialog";
import { SourceBar } from "./SourceBar";
import { operationOf, parseServer, type VncServer } from "./source";

/** What a desktop session is asked for, by the permission that it needs. */
const OPERATIONS: readonly (readonly [permission: string, operation: Operation])[] = [
  ["view-desktop", "desktop-view"],
  ["control-desktop", "desktop-control"],
  ["clipboard-to-device", "clipboard-to-device"],
  ["clipboard-from-device", "clipboard-from-device"],
];

/** The desktop of a device: connects at once, says in a bar what protects it, and says why it ended. */
export function DesktopTool() {
  const { device } = useDevice();
  const [search, setSearch] = useSearchParams();
  const server = parseServer(search.get("vnc"));
  // one device and one screen for its whole life; a new name of the device is no reason for a new session
  return (
    <Desktop
      key={`${device.uid} ${server?.text ?? ""}`}
      device={device}
      server={server}
      onSource={(next) => setSearch(next === null ? {} : { vnc: next.text })}
    />
  );
}

interface DesktopProps {
  readonly device: DeviceDetail;
  /** Null for the device's own screen. */
  readonly server: VncServer | null;
  readonly onSource: (server: VncServer | null) => void;
}

function Desktop({ device, server, onSource }: DesktopProps) {
  const texts = useTexts();
  const { t } = texts;
  const place = useRef<HTMLDivElement>(null);
  const attempt = useRef<DesktopAttempt | null>(null);
  const [view, setView] = useState<DesktopView | null>(null);
  const [connection, setConnection] = useState<Connection>({ kind: "connecting", step: "requesting" });
  const [state, setState] = useState<DesktopState | null>(null);
  const [refusal, setRefusal] = useState<DesktopRefusal | null>(null);
  const [received, setReceived] = useState("");
  const [question, setQuestion] = useState<PasswordQuestion | null>(null);
  const [asksReason, setAsksReason] = useState(true);
  const reason = useRef<string | undefined>(undefined);
  const again = useRef<HTMLButtonElement>(null);
  const endButton = useRef<HTMLButtonElement>(null);
  const name = inertText(device.name);
  const label = useRef("");
  label.current =
    server === null
      ? t("desktop.label", { device: name })
      : t("desktop.labelOfServer", { server: server.text, device: name });
  const source = useRef(server);
  const permissions = useRef(device.permissions);
  permissions.current = device.permissions;
  const uid = device.uid;

  const start = useCallback(() => {
    attempt.current?.end();
    setAsksReason(true);
    setState(null);
    setRefusal(null);
    setReceived("");
    setQuestion(null);
    let shown: DesktopView | null = null;
    let mine: DesktopAttempt | null = null;
    const current = () => mine === null || attempt.current === mine;
    const held = OPERATIONS.filter(([permission]) => permissions.current.includes(permission)).map(
      ([, operation]) => operation,
    );
    mine = connectDesktop({
      device: uid,
      // a clipboard without a desktop is of no use; the server says what is missing
      operations: [
        ...(held.some((operation) => operation.startsWith("desktop-")) ? held : (["desktop-view"] as const)),
        ...(source.current === null ? [] : [operationOf(source.current)]),
      ],
      server: source.current,
      reason: reason.current,
      onChange: (next) => {
        if (!current()) return;
        if (next.kind === "failed" && next.error.code === "not-signed-in") goToLogin();
        if (next.kind === "ended") {
          setQuestion(null);
          shown?.dispose();
          setView(null);
        }
        setConnection(next);
      },
      onState: (next) => {
        if (!current()) return;
        setState(next);
        setRefusal(null);
        setQuestion(null);
      },
      onPassword: (next) => current() && setQuestion(next),
      onRefusal: (next) => current() && setRefusal(next),
      onDesktop: (channel) => {
        const element = place.current;
        if (!current() || element === null) return channel.close();
        shown = new DesktopView(element, channel, label.current, {
          connected: () => shown?.focus(),
          disconnected: (clean) => {
            if (!clean) mine?.broken();
          },
          clipboard: (text) => {
            // the device decides, but is not believed
            if (!current() || !mine?.granted.includes("clipboard-from-device")) return;
            setReceived(text);
            void putOnClipboard(text);
          },
        });
        setView(shown);
      },
    });
    attempt.current = mine;
  }, [uid]);

  useEffect(() => {
    const leave = () => attempt.current?.end();
    window.addEventListener("pagehide", leave);
    start();
    return () => {
      window.removeEventListener("pagehide", leave);
      const last = attempt.current;
      attempt.current = null;
      last?.end();
    };
  }, [start]);
  useEffect(() => () => view?.dispose(), [view]);

  const runs = connection.kind === "connected";
  const resuming = runs && connection.session.resuming;
  const closing = useClosingComment({
    sid: runs ? (attempt.current?.sid ?? null) : null,
    device,
    body: t("desktop.leaveBody"),
    end: () => attempt.current?.end(),
  });
  const over = connection.kind === "ended" || connection.kind === "failed";
  useEffect(() => {
    if (over) again.current?.focus();
  }, [over]);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      runs &&
      closing.wanting() !== null &&
      (nextLocation.pathname !== `/devices/${uid}/desktop` || nextLocation.search !== currentLocation.search),
  );

  return (
    <section className="tool desktop-tool" aria-label={t("device.tab.desktop")}>
      <SessionBar
        connection={connection}
        device={device}
        onCompared={() => attempt.current?.compared()}
        onEnd={closing.end}
        onAgain={start}
        endButton={endButton}
        againButton={again}
        hint={t("desktop.keyHint")}
      />
      <SourceBar uid={uid} server={server} onSource={onSource} />
      {over && <Outcome connection={connection} refusal={refusal} device={device} onAgain={start} />}
      {runs && refusal !== null && (
        <Notice
          variant={isUnlocked(refusal) ? "info" : "warning"}
          isInline
          role="alert"
          title={t(isUnlocked(refusal) ? "desktop.unlocked" : "desktop.refused")}
        >
          <RefusalText refusal={refusal} />
          <Button variant="link" isInline onClick={() => setRefusal(null)}>
            {t("action.close")}
          </Button>
        </Notice>
      )}
      {runs && state?.locked === true && <Notice variant="info" isInline title={t("desktop.locked")} />}
      {runs && state?.held === true && <Notice variant="info" isInline title={t("desktop.held")} />}
      {runs && state !== null && view !== null && (
        <DesktopControls
          device={device}
          state={state}
          granted={attempt.current?.granted ?? []}
          view={view}
          resuming={resuming}
          received={received}
          ask={(request) => attempt.current?.ask(request)}
        />
      )}
      <div className="desktop">
        {connection.kind === "connecting" &&
          (connection.step === "consent" ? (
            <AwaitedConsent wait={connection.consent} device={device} />
          ) : (
            <Steps step={connection.step} device={device} />
          ))}
        <div
          ref={place}
          className="desktop__screen"
          onKeyDownCapture={(event) => {
            if (event.key !== "F6" || !event.ctrlKey) return;
            event.preventDefault();
            event.stopPropagation();
            (endButton.current ?? again.current)?.focus();
          }}
        />
        {resuming && (
          <div className="desktop__veil">
            <p>{t("desktop.resuming")}</p>
          </div>
        )}
      </div>
      {connection.kind === "failed" && connection.error.code === "reason-required" && asksReason && (
        <ReasonDialog
          device={device}
          onReason={(text) => {
            reason.current = text;
            start();
          }}
          onClose={() => {
            setAsksReason(false);
            again.current?.focus();
          }}
        />
      )}
      {question !== null && server !== null && !over && (
        <PasswordDialog
          server={server}
          question={question}
          onPassword={(password) => {
            setQuestion(null);
            attempt.current?.ask({ password });
          }}
          onClose={() => {
            setQuestion(null);
            attempt.current?.end();
          }}
        />
      )}
      {blocker.state === "blocked" ? (
        <LeaveDialog
          title={t("desktop.leaveTitle", { device: name })}
          body={t("desktop.leaveBody")}
          sid={closing.wanting()}
          onLeave={() => blocker.proceed()}
          onStay={() => blocker.reset()}
        />
      ) : (
        closing.dialog
      )}
    </section>
  );
}

interface OutcomeProps {
  readonly connection: Connection;
  readonly refusal: DesktopRefusal | null;
  readonly device: DeviceDetail;
  readonly onAgain: () => void;
}

/** Why there is no desktop, and what can be done. */
function Outcome({ connection, refusal, device, onAgain }: OutcomeProps) {
  const { t } = useTexts();
  const describe = useDesktopErrors();
  if (connection.kind !== "failed" && connection.kind !== "ended") return null;
  const error =
    connection.kind === "failed" ? connection.error : connection.exit.kind === "error" && connection.exit.error;
  if (error === false) {
    return (
      <Notice variant="info" isInline role="alert" title={t("terminal.endedTitle")}>
        {t(
          connection.kind === "ended" && connection.exit.kind === "left"
            ? "terminal.exit.left"
            : "terminal.exit.closed",
        )}
      </Notice>
    );
  }
  const never = connection.kind === "failed" || connection.account === null;
  return (
    <Notice
      variant="danger"
      isInline
      role="alert"
      title={never ? t("desktop.failedTitle", { device: inertText(device.name) }) : t("terminal.brokenTitle")}
    >
      <ErrorText
        error={error}
        sentence={error.code === "not-permitted" && !never ? t("desktop.taken") : describe(error, refusal)}
      />
      {error.code === "failed" && refusal !== null && refusal.text !== "" && (
        <p lang="en">{t("desktop.deviceSays", { text: inertText(refusal.text) })}</p>
      )}
      <CompareKeys error={error} device={device.name} onAccepted={onAgain} />
      {error.code === "forbidden" && (
        <RequestAccess
          resource={{ id: device.uid, name: device.name, kind: "device" }}
          permissions={["view-desktop"]}
          size="sm"
        />
      )}
    </Notice>
  );
}

/** Mouse and keyboard at the device are locked no more, because the connection was lost. */
function isUnlocked({ code }: DesktopRefusal): boolean {
  return code === "unlocked";
}

/** What the device did not do. */
function RefusalText({ refusal }: { readonly refusal: DesktopRefusal }) {
  const { t, code } = useTexts();
  const own = code("desktop.error", refusal.code);
  return (
    <>
      <p>{own === refusal.code ? t("desktop.error.failed") : own}</p>
      {refusal.text !== "" && !isUnlocked(refusal) && (
        <p lang="en">{t("desktop.deviceSays", { text: inertText(refusal.text) })}</p>
      )}
    </>
  );
}
