import { Button, TextInput } from "@patternfly/react-core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";
import { sendComment, useCommentRequired } from "../../app/comment";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { Chat, type ChatDevice, type ChatMessage, objection } from "../../chat/client";
import { useTexts } from "../../i18n";
import type { SessionError } from "../../session";
import type { Operation } from "../../session/api";
import { useDevice } from "../device/DevicePage";
import { useSystemErrors } from "../processes/errors";
import { CommentDialog, LeaveDialog } from "../terminal/EndDialogs";
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
  const { connection, end } = tool;
  const chat = useRef<Chat | null>(null);
  const [messages, setMessages] = useState<readonly ChatMessage[]>([]);
  const [there, setThere] = useState<ChatDevice | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [failure, setFailure] = useState<SessionError | null>(null);
  const name = inertText(device.name);
  const session = connection.kind === "open" ? connection.session : null;
  useEffect(() => {
    if (session === null) return undefined;
    setMessages([]);
    setThere(null);
    setRefusal(null);
    setFailure(null);
    let left = false;
    const mine = new Chat(session, {
      message: (message) => setMessages((before) => [...before, message].slice(-MAX_MESSAGES)),
      device: setThere,
      refused: setRefusal,
      ended: (error) => {
        if (!left && error !== undefined) setFailure(error);
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

  const comment = useClosingComment(session?.sid ?? null);
  const blocker = useBlocker(() => session !== null && comment.wanting() !== null);
  const over = connection.kind === "over" || failure !== null;
  return (
    <section className="files-page" aria-label={t("device.tab.chat")}>
      <SessionHead
        tool={{
          ...tool,
          connection: failure === null ? connection : { kind: "over", error: failure },
          end: () => {
            if (!comment.ask(true)) end();
          },
        }}
        device={device.name}
        noSession={t("chat.noSession", { device: name })}
        describe={describe}
      />
      {there !== null && <Readers there={there} />}
      <Messages messages={messages} shown={there?.shown ?? null} device={name} />
      {session !== null && !over && (
        <Field
          refusal={refusal}
          onSay={(text) => {
            setRefusal(null);
            chat.current?.say(text);
          }}
          onRefused={setRefusal}
        />
      )}
      {blocker.state === "blocked" && (
        <LeaveDialog
          title={t("chat.leaveTitle", { device: name })}
          body={t("chat.leaveBody")}
          sid={comment.wanting()}
          onLeave={() => blocker.proceed()}
          onStay={() => blocker.reset()}
        />
      )}
      {comment.asked !== null && blocker.state !== "blocked" && (
        <CommentDialog
          key={`${comment.asked.sid} ${comment.asked.ends}`}
          device={device}
          ends={comment.asked.ends}
          body={t("chat.leaveBody")}
          onComment={async (text) => {
            const asked = comment.asked;
            if (asked === null) return;
            await sendComment(asked.sid, text);
            comment.settle();
            if (asked.ends) end();
          }}
          onClose={comment.close}
        />
      )}
    </section>
  );
}

/** Whether the domain asks what was done, of this session, and when it is asked. */
function useClosingComment(sid: string | null) {
  const required = useCommentRequired();
  const [asked, setAsked] = useState<{ readonly sid: string; readonly ends: boolean } | null>(null);
  const settled = useRef(new Set<string>());
  const last = useRef<string | null>(null);
  const wanting = () => (required && last.current !== null && !settled.current.has(last.current) ? last.current : null);
  useEffect(() => {
    if (sid !== null) {
      last.current = sid;
      return;
    }
    // it has ended, for whatever reason
    const ended = last.current;
    if (required && ended !== null && !settled.current.has(ended)) setAsked({ sid: ended, ends: false });
  }, [sid, required]);
  const settle = () => {
    if (asked !== null) settled.current.add(asked.sid);
    setAsked(null);
  };
  return {
    asked,
    wanting,
    settle,
    /** False if nothing is to be asked. */
    ask: (ends: boolean): boolean => {
      const of = wanting();
      if (of !== null) setAsked({ sid: of, ends });
      return of !== null;
    },
    /** One that has ended can get its comment later; one that runs goes on. */
    close: () => {
      if (asked?.ends === true) setAsked(null);
      else settle();
    },
  };
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
