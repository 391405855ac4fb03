import {
  Button,
  EmptyState,
  EmptyStateBody,
  PageSection,
  Skeleton,
  Title,
  ToggleGroup,
  ToggleGroupItem,
} from "@patternfly/react-core";
import { EyeIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import type { RemoteSession } from "../../api/session";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { useMay } from "../../app/may";
import { Notice } from "../../app/notice";
import { ProblemAlert } from "../../app/problems";
import { meQuery, sessionsQuery } from "../../app/queries";
import { goToLogin } from "../../app/signIn";
import { usePageTitle } from "../../app/titles";
import { useTexts } from "../../i18n";
import type { SessionError } from "../../session";
import { EndDialog } from "../sessions/SessionTable";
import { CompareKeys } from "../terminal/deviceKey";
import { errorSentence } from "../terminal/errorText";
import { WatchedTerminal } from "./WatchedTerminal";
import { type Watching, watch } from "./watching";

// noVNC comes with it
const WatchedDesktop = lazy(async () => ({ default: (await import("./WatchedDesktop")).WatchedDesktop }));

const KINDS = ["terminal", "desktop"] as const;
type Kind = (typeof KINDS)[number];

/** The terminals and desktops of a running session of somebody else, as he sees them; he is told that somebody watches. */
export function WatchPage() {
  const { t } = useTexts();
  const { sid = "" } = useParams();
  const [search] = useSearchParams();
  const device = search.get("device");
  const query = device === null ? { limit: 200 } : { device, limit: 200 };
  const sessions = useQuery(sessionsQuery(query));
  const session = sessions.data?.items.find((each) => each.sid === sid);
  const [known, setKnown] = useState<RemoteSession | undefined>(undefined);
  // the list has it no more once it is over, and the page stays
  useEffect(() => {
    if (session !== undefined) setKnown(session);
  }, [session]);
  const shown = session ?? known;
  const title =
    shown === undefined
      ? t("watch.title")
      : t("watch.head", { user: inertText(shown.user.name), device: inertText(shown.device.name) });
  usePageTitle(title);
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{title}</Title>
      </PageSection>
      <PageSection isFilled>
        {sessions.isError ? (
          <ProblemAlert title={t("watch.failed")} error={sessions.error} retry={() => void sessions.refetch()} />
        ) : shown !== undefined ? (
          <Watched session={shown} />
        ) : sessions.isPending ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : (
          <Over />
        )}
      </PageSection>
    </>
  );
}

function Over() {
  const { t } = useTexts();
  return (
    <EmptyState headingLevel="h2" titleText={t("watch.over")} variant="sm">
      <EmptyStateBody>{t("watch.overBody")}</EmptyStateBody>
      <Link to="/sessions">{t("watch.back")}</Link>
    </EmptyState>
  );
}

function Watched({ session }: { readonly session: RemoteSession }) {
  const texts = useTexts();
  const { t } = texts;
  const dialogs = useDialogs();
  const me = useQuery(meQuery).data;
  const mayEnd = useMay("end-sessions");
  const [watching, setWatching] = useState<Watching>({ kind: "connecting" });
  const [attempt, setAttempt] = useState(0);
  const [stop, setStop] = useState<() => void>(() => () => undefined);
  const { sid, device } = session;
  const uid = device.uid;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew
  useEffect(() => {
    if (me === undefined) return undefined;
    let mine = true;
    const end = watch({
      sid,
      device: uid,
      onChange: (next) => {
        if (!mine) return;
        if (next.kind === "failed" && next.error.code === "not-signed-in") goToLogin();
        setWatching(next);
      },
    });
    setStop(() => end);
    const leave = () => end();
    window.addEventListener("pagehide", leave);
    return () => {
      mine = false;
      window.removeEventListener("pagehide", leave);
      end();
    };
  }, [sid, uid, attempt, me === undefined]);
  const over = watching.kind === "ended" || watching.kind === "failed" || watching.kind === "stopped";
  const [picked, setPicked] = useState<Kind | null>(null);
  const tools = watching.kind === "watching" ? watching.tools : [];
  const kinds = KINDS.filter((kind) => tools.some((tool) => tool.service === kind));
  const kind = kinds.find((each) => each === picked) ?? kinds[0];
  return (
    <>
      <div className="watch-bar">
        <p className="secondary">
          <EyeIcon /> {t("watch.told")}
        </p>
        {over ? (
          <Button variant="primary" size="sm" onClick={() => setAttempt((before) => before + 1)}>
            {t("watch.again")}
          </Button>
        ) : (
          <Button variant="secondary" size="sm" onClick={stop}>
            {t("watch.stop")}
          </Button>
        )}
        {mayEnd && (
          <Button
            variant="secondary"
            isDanger
            size="sm"
            onClick={() =>
              dialogs.open((close) => <EndDialog session={session} own={false} asks={false} onClose={close} />)
            }
          >
            {t("session.end")}
          </Button>
        )}
        <Link to="/sessions">{t("watch.back")}</Link>
      </div>
      {session.reason !== null && (
        <p className="secondary">
          <Inert text={session.reason} />
        </p>
      )}
      {watching.kind === "connecting" && <Skeleton screenreaderText={t("terminal.connecting")} />}
      {watching.kind === "failed" && (
        <Notice variant="danger" isInline role="alert" title={t("watch.failed")}>
          <p>{sentence(texts, watching.error)}</p>
          <CompareKeys error={watching.error} device={device.name} onAccepted={() => setAttempt((n) => n + 1)} />
        </Notice>
      )}
      {watching.kind === "stopped" && <Notice variant="info" isInline role="alert" title={t("watch.stopped")} />}
      {watching.kind === "ended" && (
        <Notice
          variant="info"
          isInline
          role="alert"
          title={t(ofWatched(watching.error) ? "watch.over" : "watch.stopped")}
        >
          {watching.error === undefined || ofWatched(watching.error)
            ? t("watch.overBody")
            : sentence(texts, watching.error)}
        </Notice>
      )}
      {watching.kind === "watching" && kind === undefined && (
        <EmptyState headingLevel="h2" titleText={t("watch.nothing")} variant="sm">
          <EmptyStateBody>{t("watch.nothingBody")}</EmptyStateBody>
        </EmptyState>
      )}
      {kinds.length > 1 && (
        <ToggleGroup aria-label={t("watch.show")} isCompact className="watch-kinds">
          {kinds.map((each) => (
            <ToggleGroupItem
              key={each}
              text={t(`watch.kind.${each}`)}
              isSelected={each === kind}
              onChange={() => setPicked(each)}
            />
          ))}
        </ToggleGroup>
      )}
      {watching.kind === "watching" &&
        tools
          .filter(({ service }) => service === kind)
          .map(({ tool }) =>
            kind === "terminal" ? (
              <WatchedTerminal
                key={tool}
                stream={watching.stream}
                tool={tool}
                label={t("watch.terminal", { number: tool })}
              />
            ) : (
              <Suspense key={tool} fallback={<Skeleton screenreaderText={t("loading")} />}>
                <WatchedDesktop stream={watching.stream} tool={tool} label={t("watch.desktop", { number: tool })} />
              </Suspense>
            ),
          )}
    </>
  );
}

/** What the device says when it ends those who watched. */
const WATCHED_ENDED = "the session that was watched has ended";

/** Whether it was the watched session that ended, and not the one that watches it: by the stream, the access server or the device, whose word comes first. */
function ofWatched(error: SessionError | undefined): boolean {
  if (error === undefined) return true;
  return error.detail === "watched-ended" || (error.code === "ended-by-device" && error.detail === WATCHED_ENDED);
}

function sentence(texts: ReturnType<typeof useTexts>, error: SessionError): string {
  // the access server's own word for it speaks of the terminal
  if (error.code === "ended-by-server" && error.detail === "not-permitted") return texts.t("watch.error.not-permitted");
  const known = texts.code("watch.error", error.code);
  return known === error.code ? errorSentence(texts, error) : known;
}
