import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";
import type { DeviceDetail } from "../../api/device";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { goToLogin } from "../../app/signIn";
import { useTexts } from "../../i18n";
import type { TerminalExit } from "../../session/api";
import { TerminalView } from "../../terminal";
import { useClosingComment } from "../tools/closing";
import { AwaitedConsent } from "./AwaitedConsent";
import { holdTerminal, openTerminalSession } from "./ahead";
import { type Attempt, type Connection, connect } from "./connection";
import { CompareKeys } from "./deviceKey";
import { LeaveDialog } from "./EndDialogs";
import { ErrorText, errorSentence, type Texts } from "./errorText";
import { ReasonDialog } from "./ReasonDialog";
import { SessionBar } from "./SessionBar";
import { Steps } from "./Steps";

interface TerminalToolProps {
  readonly device: DeviceDetail;
  /** False while another tab of the device is looked at; the session goes on. */
  readonly shown: boolean;
}

/** A terminal on the device: connects at once, says in a bar what protects it, and says why it ended. */
export default function TerminalTool({ device, shown }: TerminalToolProps) {
  const texts = useTexts();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<TerminalView | null>(null);
  const attempt = useRef<Attempt | null>(null);
  const [connection, setConnection] = useState<Connection>({ kind: "connecting", step: "requesting" });
  const again = useRef<HTMLButtonElement>(null);
  const endButton = useRef<HTMLButtonElement>(null);
  const words = useRef(texts);
  words.current = texts;
  // A terminal belongs to one device for its whole life; a new name of the device is no reason for a new terminal.
  const name = useRef(device.name);
  const uid = device.uid;

  const reason = useRef<string | undefined>(undefined);
  const [asksReason, setAsksReason] = useState(true);
  const start = useCallback(() => {
    const current = view.current;
    if (current === null) return;
    attempt.current?.end();
    setAsksReason(true);
    current.reset();
    let mine: Attempt | null = null;
    mine = connect({
      device: uid,
      open: openTerminalSession,
      reason: reason.current,
      size: () => current.fit(),
      onChange: (next) => {
        if (mine !== null && attempt.current !== mine) return;
        if (next.kind === "failed" && next.error.code === "not-signed-in") goToLogin();
        setConnection(next);
      },
      onStream: (stream) => {
        current.onExit = (exit) => mine?.exited(exit);
        current.attach(stream);
        current.focus();
      },
    });
    attempt.current = mine;
  }, [uid]);

  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const isDark = () => document.documentElement.classList.contains("pf-v6-theme-dark");
    const made = new TerminalView(element, {
      dark: isDark(),
      label: words.current.t("terminal.label", { device: inertText(name.current) }),
      describeExit: (exit) => exitSentence(words.current, exit),
    });
    view.current = made;
    const themes = new MutationObserver(() => made.setDark(isDark()));
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
    const leave = () => attempt.current?.end();
    const release = holdTerminal(uid);
    window.addEventListener("pagehide", leave);
    start();
    return () => {
      release();
      window.removeEventListener("pagehide", leave);
      themes.disconnect();
      const last = attempt.current;
      attempt.current = null;
      last?.end();
      made.dispose();
      view.current = null;
    };
  }, [start, uid]);

  // A device that was offline is connected as soon as it is back.
  const waits = connection.kind === "failed" && connection.error.code === "device-offline";
  const online = device.state === "online";
  const wasOnline = useRef(online);
  useEffect(() => {
    if (waits && online && !wasOnline.current) start();
    wasOnline.current = online;
  }, [waits, online, start]);

  const runs = connection.kind === "connected";
  const closing = useClosingComment({
    sid: runs ? (attempt.current?.sid ?? null) : null,
    device,
    body: texts.t("terminal.leaveBody"),
    end: () => attempt.current?.end(),
    onStay: () => view.current?.focus(),
  });
  const over = connection.kind === "ended" || connection.kind === "failed";
  useEffect(() => {
    if (!shown) return;
    if (over) again.current?.focus();
    else view.current?.focus();
  }, [shown, over]);

  const blocker = useBlocker(({ nextLocation }) => runs && !nextLocation.pathname.startsWith(`/devices/${uid}`));

  return (
    <>
      <SessionBar
        connection={connection}
        device={device}
        onCompared={() => attempt.current?.compared()}
        onEnd={closing.end}
        onAgain={start}
        endButton={endButton}
        againButton={again}
        hint={texts.t("terminal.keyHint")}
      />
      {over && <Outcome connection={connection} device={device} onAgain={start} />}
      <div className="terminal">
        {connection.kind === "connecting" &&
          (connection.step === "consent" ? (
            <AwaitedConsent wait={connection.consent} device={device} />
          ) : (
            <Steps step={connection.step} device={device} />
          ))}
        <div
          ref={place}
          className={connection.kind === "failed" ? "terminal__screen terminal__screen--empty" : "terminal__screen"}
          onKeyDownCapture={(event) => {
            if (event.key !== "F6" || !event.ctrlKey) return;
            event.preventDefault();
            event.stopPropagation();
            (endButton.current ?? again.current)?.focus();
          }}
        />
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
      {blocker.state === "blocked" ? (
        <LeaveDialog
          title={texts.t("terminal.leaveTitle", { device: inertText(device.name) })}
          body={texts.t("terminal.leaveBody")}
          sid={closing.wanting()}
          onLeave={() => blocker.proceed()}
          onStay={() => {
            blocker.reset();
            view.current?.focus();
          }}
        />
      ) : (
        closing.dialog
      )}
    </>
  );
}

interface OutcomeProps {
  readonly connection: Connection;
  readonly device: DeviceDetail;
  readonly onAgain: () => void;
}

function Outcome({ connection, device, onAgain }: OutcomeProps) {
  const texts = useTexts();
  const { t } = texts;
  const name = inertText(device.name);
  if (connection.kind === "failed") {
    return (
      <Notice variant="danger" isInline role="alert" title={t("terminal.failedTitle", { device: name })}>
        <ErrorText error={connection.error} />
        {connection.error.code === "device-offline" && <p>{t("terminal.offlineHint")}</p>}
        <CompareKeys error={connection.error} device={device.name} onAccepted={onAgain} />
      </Notice>
    );
  }
  if (connection.kind !== "ended") return null;
  const { exit } = connection;
  if (exit.kind === "error") {
    return (
      <Notice variant="danger" isInline role="alert" title={t("terminal.brokenTitle")}>
        <ErrorText error={exit.error} />
      </Notice>
    );
  }
  const bad = (exit.kind === "code" && exit.code !== 0) || exit.kind === "signal";
  return (
    <Notice variant={bad ? "warning" : "info"} isInline role="alert" title={t("terminal.endedTitle")}>
      {exitSentence(texts, exit)}
    </Notice>
  );
}

function exitSentence(texts: Texts, exit: TerminalExit): string {
  switch (exit.kind) {
    case "code":
      return texts.t("terminal.exit.code", { code: exit.code });
    case "signal":
      return texts.t("terminal.exit.signal", { signal: exit.signal });
    case "error":
      return errorSentence(texts, exit.error);
    default:
      return texts.t(`terminal.exit.${exit.kind}`);
  }
}
