import { useEffect, useRef, useState } from "react";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { DesktopChannel, type DesktopRefusal, DesktopView, importRefusal, importState } from "../../desktop";
import { useTexts } from "../../i18n";
import { SessionError } from "../../session";
import type { FileStream, WatchStream } from "../../session/api";
import { errorSentence } from "../terminal/errorText";

interface WatchedDesktopProps {
  readonly stream: WatchStream;
  readonly tool: number;
  readonly label: string;
}

/** The desktop that somebody else looks at. Nothing goes to it: not from here, and the device takes nothing. */
export function WatchedDesktop({ stream, tool, label }: WatchedDesktopProps) {
  const texts = useTexts();
  const { t, code } = texts;
  const place = useRef<HTMLDivElement>(null);
  const named = useRef(label);
  const [server, setServer] = useState("");
  const [refusal, setRefusal] = useState<DesktopRefusal | null>(null);
  const [failure, setFailure] = useState<SessionError | null>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    let view: DesktopView | null = null;
    let channel: DesktopChannel | null = null;
    let shown: FileStream | null = null;
    let mine = true;
    setServer("");
    setRefusal(null);
    setFailure(null);
    try {
      shown = stream.openDesktop(tool, {
        data: (bytes, consumed) => channel?.data(bytes, consumed),
        event: (event) => {
          if (!mine) return;
          const refused = importRefusal(event.error);
          if (refused !== null) setRefusal(refused);
          const state = importState(event.desktop);
          if (state === null || view !== null || channel === null) return;
          setServer(state.server ?? "");
          view = new DesktopView(element, channel, named.current, {
            connected: () => undefined,
            disconnected: (clean) => {
              if (!clean && mine) setFailure(new SessionError("protocol-violation"));
            },
            clipboard: () => undefined,
          });
        },
        ended: (error) => {
          channel?.ended();
          if (error !== undefined && mine) setFailure(error);
        },
      });
      channel = new DesktopChannel(shown);
    } catch (error) {
      setFailure(error instanceof SessionError ? error : new SessionError("failed"));
    }
    return () => {
      mine = false;
      view?.dispose();
      shown?.cancel();
    };
  }, [stream, tool]);
  const own = refusal === null ? undefined : code("desktop.error", refusal.code);
  return (
    <section className="watched watched--desktop" aria-label={label}>
      {failure !== null && (
        <Notice variant="danger" isInline role="alert" title={t("watch.desktopFailed")}>
          <p>{own === undefined || own === refusal?.code ? errorSentence(texts, failure) : own}</p>
          {refusal !== null && refusal.text !== "" && (
            <p lang="en">{t("desktop.deviceSays", { text: inertText(refusal.text) })}</p>
          )}
        </Notice>
      )}
      {server !== "" && <p className="secondary">{t("watch.server", { name: inertText(server) })}</p>}
      <div ref={place} className="watched__desktop" />
    </section>
  );
}
