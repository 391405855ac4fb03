import { Button, TextInput } from "@patternfly/react-core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { Chat, type ChatDevice, type ChatMessage, objection } from "../../chat/client";
import { useTexts } from "../../i18n";
import type { Session, SessionError } from "../../session";
import type { Operation } from "../../session/api";
import { useDevice } from "../device/DevicePage";
import { useSystemErrors } from "../processes/errors";
import { SessionHead } from "../tools/SessionHead";
import { useToolSession } from "../tools/session";

const OPERATIONS: readonly Operation[] = ["chat"];
const NOTHING = async () => null;
/** That are shown; older ones make room. */
const MAX_MESSAGES = 500;

/** The chat with the person at a device (TOOL-8). */
export function ChatTab() {
  const { device } = useDevice();
  const { t } = useTexts();
  const describe = useSystemErrors();
  const tool = useToolSession(device.uid, OPERATIONS, NOTHING);
  const { connection } = tool;
  const chat = useRef<Chat | null>(null);
  const [messages, setMessages] = useState<readonly ChatMessage[]>([]);
  const [there, setThere] = useState<ChatDevice | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  /** What went wrong with the chat of a session that stands. */
  const [failure, setFailure] = useState<{ readonly session: Session; readonly error: SessionError } | null>(null);
  const name = inertText(device.name);
  const session = connection.kind === "open" ? connection.session : null;
  useEffect(() => {
    if (session === null) return undefined;
    setMessages([]);
    setThere(null);
    setRefusal(null);
    let left = false;
    const mine = new Chat(session, {
      message: (message) => setMessages((before) => [...before, message].slice(-MAX_MESSAGES)),
      device: setThere,
      refused: setRefusal,
      ended: (error) => {
        if (!left && error !== undefined) setFailure({ session, error });
        chat.current = null;
        setThere(null);
      },
    });
    chat.current = mine;
    return () => {
      left = true;
      chat.current = null;
      setThere(null);
      mine.leave();
    };
  }, [session]);

  // of an earlier session it says nothing any more
  const failed = failure !== null && failure.session === session ? failure.error : null;
  return (
    <section className="files-page" aria-label={t("device.tab.chat")}>
      <SessionHead
        tool={failed === null ? tool : { ...tool, connection: { kind: "over", error: failed } }}
        device={device}
        noSession={t("chat.noSession", { device: name })}
        describe={describe}
        loss={() => ({ title: t("chat.leaveTitle", { device: name }), body: t("chat.leaveBody"), asks: false })}
      />
      {there !== null && <Readers there={there} />}
      <Messages messages={messages} shown={there?.shown ?? null} device={name} />
      {session !== null && failed === null && (
        <Field
          refusal={refusal}
          onSay={(text) => {
            setRefusal(null);
            chat.current?.say(text);
          }}
          onRefused={setRefusal}
        />
      )}
    </section>
  );
}

/** Whether anybody reads. */
function Readers({ there }: { readonly there: ChatDevice }) {
  const { t, code } = useTexts();
  if (there.readers.length > 0) {
    const places = there.readers.map((place) => inertText(code("chat.place", place))).join(", ");
    return (
      <p role="status" className="secondary">
        {t("chat.open", { places })}
      </p>
    );
  }
  if (there.display) {
    return (
      <p role="status" className="secondary">
        {t("chat.window")}
      </p>
    );
  }
  return (
    <Notice variant="warning" isInline role="status" title={t("chat.nobody")}>
      {t("chat.nobodyBody")}
    </Notice>
  );
}

interface MessagesProps {
  readonly messages: readonly ChatMessage[];
  /** Null when nothing is known of the device. */
  readonly shown: number | null;
  readonly device: string;
}

function Messages({ messages, shown, device }: MessagesProps) {
  const { t, locale } = useTexts();
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest comes into sight
  useEffect(() => {
    if (list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  }, [messages.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard
    <div ref={list} className="chat__messages" role="log" aria-label={t("chat.messages", { device })} tabIndex={0}>
      {messages.length === 0 && <p className="secondary">{t("chat.none")}</p>}
      {messages.map((message) => (
        <div key={message.number} className={message.fromDevice ? "chat__message" : "chat__message chat__message--own"}>
          <p className="secondary">
            {message.fromDevice ? <Inert text={message.who} /> : t("chat.you")}
            {" · "}
            <time dateTime={message.time.toISOString()}>
              {message.time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" })}
            </time>
            {!message.fromDevice && shown !== null && (
              <> · {t(message.number <= shown ? "chat.shown" : "chat.unseen")}</>
            )}
          </p>
          <p className="any-length">
            <Inert text={message.text} />
          </p>
        </div>
      ))}
    </div>
  );
}

interface FieldProps {
  readonly refusal: string | null;
  readonly onSay: (text: string) => void;
  readonly onRefused: (code: string) => void;
}

function Field({ refusal, onSay, onRefused }: FieldProps) {
  const { t, code } = useTexts();
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = text.trim();
    if (trimmed === "") return;
    const wrong = objection(trimmed);
    if (wrong !== undefined) {
      onRefused(wrong);
      return;
    }
    onSay(trimmed);
    setText("");
  };
  const known = refusal === null ? undefined : code("chat.refused", refusal);
  return (
    <form className="chat__form" onSubmit={submit}>
      <TextField label={t("chat.text")} error={known === refusal ? t("chat.refused.failed") : known}>
        {(field) => (
          <TextInput {...field} value={text} autoComplete="off" onChange={(_event, value) => setText(value)} />
        )}
      </TextField>
      <Button type="submit" variant="primary" isDisabled={text.trim() === ""}>
        {t("chat.send")}
      </Button>
    </form>
  );
}
