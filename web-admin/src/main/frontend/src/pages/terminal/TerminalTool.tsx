import { Button, Label, ProgressStep, ProgressStepper, Tooltip } from "@patternfly/react-core";
import { ExclamationTriangleIcon, LockIcon } from "@patternfly/react-icons";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";
import type { DeviceDetail } from "../../api/device";
import { CommentField, sendComment, useComment, useCommentRequired } from "../../app/comment";
import { ActionDialog } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { goToLogin } from "../../app/signIn";
import { Way } from "../../app/way";
import { useTexts } from "../../i18n";
import type { SessionError } from "../../session";
import type { TerminalExit } from "../../session/api";
import { TerminalView } from "../../terminal";
import { WatchersLabel } from "../watch/WatchersLabel";
import { AwaitedConsent } from "./AwaitedConsent";
import { holdTerminal, openTerminalSession } from "./ahead";
import { type Attempt, type ConnectingStep, type Connection, connect } from "./connection";
import { ReasonDialog } from "./ReasonDialog";

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

  const commentRequired = useCommentRequired();
  // The session whose end has to be commented, and whether it goes on until it is.
  const [asked, setAsked] = useState<{ readonly sid: string; readonly ends: boolean } | null>(null);
  const settled = useRef(new Set<string>());
  const end = () => {
    const sid = attempt.current?.sid ?? null;
    if (commentRequired && sid !== null && !settled.current.has(sid)) setAsked({ sid, ends: true });
    else attempt.current?.end();
  };
  const ended = connection.kind === "ended" && connection.session !== null;
  useEffect(() => {
    const sid = attempt.current?.sid ?? null;
    if (ended && commentRequired && sid !== null && !settled.current.has(sid)) setAsked({ sid, ends: false });
  }, [ended, commentRequired]);
  const settle = (sid: string) => {
    settled.current.add(sid);
    setAsked(null);
  };

  const over = connection.kind === "ended" || connection.kind === "failed";
  useEffect(() => {
    if (!shown) return;
    if (over) again.current?.focus();
    else view.current?.focus();
  }, [shown, over]);

  const runs = connection.kind === "connected";
  const blocker = useBlocker(({ nextLocation }) => runs && !nextLocation.pathname.startsWith(`/devices/${uid}`));

  return (
    <>
      <SessionBar
        connection={connection}
        device={device}
        onEnd={end}
        onAgain={start}
        endButton={endButton}
        againButton={again}
      />
      {over && <Outcome connection={connection} device={device} />}
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
      {blocker.state === "blocked" && (
        <LeaveDialog
          device={device}
          sid={commentRequired ? (attempt.current?.sid ?? null) : null}
          onLeave={() => blocker.proceed()}
          onStay={() => {
            blocker.reset();
            view.current?.focus();
          }}
        />
      )}
      {asked !== null && blocker.state !== "blocked" && (
        <CommentDialog
          key={`${asked.sid} ${asked.ends}`}
          device={device}
          ends={asked.ends}
          onComment={async (text) => {
            await sendComment(asked.sid, text);
            settle(asked.sid);
            if (asked.ends) attempt.current?.end();
          }}
          onClose={() => {
            if (asked.ends) setAsked(null);
            else settle(asked.sid);
            if (asked.ends) view.current?.focus();
          }}
        />
      )}
    </>
  );
}

interface LeaveDialogProps {
  readonly device: DeviceDetail;
  /** The session that must get its comment before; null where none is asked for. */
  readonly sid: string | null;
  readonly onLeave: () => void;
  readonly onStay: () => void;
}

function LeaveDialog({ device, sid, onLeave, onStay }: LeaveDialogProps) {
  const { t } = useTexts();
  const comment = useComment();
  return (
    <ActionDialog
      title={t("terminal.leaveTitle", { device: inertText(device.name) })}
      action={t("terminal.leave")}
      cancel={t("terminal.stay")}
      failure={t("terminal.leaveTitle", { device: inertText(device.name) })}
      danger
      ready={sid === null || comment.ready}
      onAction={async () => {
        if (sid !== null) await sendComment(sid, comment.text);
        onLeave();
      }}
      onClose={onStay}
    >
      <p>{t("terminal.leaveBody")}</p>
      {sid !== null && <CommentField comment={comment} />}
    </ActionDialog>
  );
}

interface CommentDialogProps {
  readonly device: DeviceDetail;
  /** True while the session goes on until there is a comment. */
  readonly ends: boolean;
  readonly onComment: (text: string) => Promise<void>;
  readonly onClose: () => void;
}

function CommentDialog({ device, ends, onComment, onClose }: CommentDialogProps) {
  const { t } = useTexts();
  const comment = useComment();
  const title = t(ends ? "comment.endTitle" : "comment.afterTitle", { device: inertText(device.name) });
  return (
    <ActionDialog
      title={title}
      action={t(ends ? "session.end" : "comment.save")}
      {...(ends ? {} : { cancel: t("comment.later") })}
      failure={t("comment.failure")}
      danger={ends}
      ready={comment.ready}
      onAction={() => onComment(comment.text)}
      onClose={onClose}
    >
      {ends && <p>{t("terminal.leaveBody")}</p>}
      <CommentField comment={comment} />
    </ActionDialog>
  );
}

interface SessionBarProps {
  readonly connection: Connection;
  readonly device: DeviceDetail;
  readonly onEnd: () => void;
  readonly onAgain: () => void;
  readonly endButton: React.Ref<HTMLButtonElement>;
  readonly againButton: React.Ref<HTMLButtonElement>;
}

function SessionBar({ connection, device, onEnd, onAgain, endButton, againButton }: SessionBarProps) {
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
                <Tooltip content={t(session.firstContact ? "terminal.firstContactHelp" : "terminal.unverifiedHelp")}>
                  <Label color="yellow" icon={<ExclamationTriangleIcon />} isCompact variant="outline" tabIndex={0}>
                    {t(session.firstContact ? "terminal.firstContact" : "terminal.unverified")}
                  </Label>
                </Tooltip>
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
        {connection.kind === "connected" && <span className="session-bar__hint">{t("terminal.keyHint")}</span>}
        {over ? (
          <Button ref={againButton} variant="primary" size="sm" onClick={onAgain}>
            {t("terminal.again")}
          </Button>
        ) : (
          <Button ref={endButton} variant="secondary" isDanger size="sm" onClick={onEnd} title={t("terminal.keyHint")}>
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

const STEPS: readonly ConnectingStep[] = ["requesting", "verifying", "handshake", "relay"];

/** On loopback the steps are over before they can be read; they appear when it takes longer. */
const PATIENCE_MS = 300;

function Steps({ step, device }: { readonly step: ConnectingStep; readonly device: DeviceDetail }) {
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

function Outcome({ connection, device }: { readonly connection: Connection; readonly device: DeviceDetail }) {
  const texts = useTexts();
  const { t } = texts;
  const name = inertText(device.name);
  if (connection.kind === "failed") {
    return (
      <Notice variant="danger" isInline role="alert" title={t("terminal.failedTitle", { device: name })}>
        <ErrorText error={connection.error} />
        {connection.error.code === "device-offline" && <p>{t("terminal.offlineHint")}</p>}
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

function ErrorText({ error }: { readonly error: SessionError }) {
  const texts = useTexts();
  return (
    <>
      <p>{errorSentence(texts, error)}</p>
      {(error.code === "server-refused" || error.code === "consent-refused") && error.detail !== "" && (
        <p>{inertText(error.detail)}</p>
      )}
      {error.reference !== undefined && (
        <p className="reference">{texts.t("problem.reference", { reference: inertText(error.reference) })}</p>
      )}
    </>
  );
}

type Texts = Pick<ReturnType<typeof useTexts>, "t" | "code">;

export function errorSentence(texts: Texts, error: SessionError): string {
  if (error.code === "ended-by-server") {
    // the access server says why, in its own words for it, and the device passes that on
    const why = texts.code("terminal.why", error.detail);
    if (why !== error.detail) return why;
  }
  const known = texts.code("terminal.error", error.code);
  return known === error.code ? texts.t("problem.internal") : known;
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
