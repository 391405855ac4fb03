import { Field, ImportError } from "../api/importer";
import { type FileListener, type FileStream, type Session, SessionError } from "../session";

/** Of a text in UTF-8, in bytes. */
export const MAX_BYTES = 4_096;

export interface ChatMessage {
  readonly number: number;
  readonly time: Date;
  readonly fromDevice: boolean;
  /** Hostile text, as is the text. */
  readonly who: string;
  readonly text: string;
}

/** Who can read at the device. */
export interface ChatDevice {
  /** Where the chat is open there: `page`, `terminal`, `window`. */
  readonly readers: readonly string[];
  /** Whether a window comes up with the next message. */
  readonly display: boolean;
  /** Number of the newest message that was shown there. */
  readonly shown: number;
}

export interface ChatListener {
  message(message: ChatMessage): void;
  device(device: ChatDevice): void;
  /** A message was not taken; the code is one of `docs/protocol/chat.md`. */
  refused(code: string): void;
  /** Once; undefined if it ended in order. */
  ended(error: SessionError | undefined): void;
}

/** Why a text is no message, as the device would say; undefined if it is one. */
export function objection(text: string): "empty" | "control" | "too-long" | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Cs}/u.test(text)) return "control";
  if (text.trim() === "") return "empty";
  return new TextEncoder().encode(text).length > MAX_BYTES ? "too-long" : undefined;
}

/** The chat of a session: `docs/protocol/chat.md`. */
export class Chat {
  readonly #stream: FileStream;

  constructor(session: Session, listener: ChatListener) {
    const told: FileListener = {
      data: (_bytes, consumed) => consumed(),
      event: (event) => {
        try {
          take(new Field(event), listener);
        } catch (error) {
          if (!(error instanceof ImportError)) throw error;
          this.#stream.cancel();
          listener.ended(new SessionError("protocol-violation"));
        }
      },
      ended: (error) => listener.ended(error),
    };
    this.#stream = session.openChat({}, told);
  }

  /** @param text that nothing is objected to */
  say(text: string): void {
    this.#stream.write(new TextEncoder().encode(`${JSON.stringify({ text })}\n`));
  }

  leave(): void {
    this.#stream.cancel();
  }
}

function take(event: Field, listener: ChatListener): void {
  const message = event.get("message");
  const device = event.get("device");
  const refused = event.get("refused");
  if (!message.absent)
    listener.message({
      number: message.get("number").count(),
      time: message.get("time").time(),
      fromDevice: message.get("from").oneOf("user", "device") === "device",
      who: message.get("who").text(),
      text: message.get("text").text(),
    });
  if (!device.absent)
    listener.device({
      readers: device.get("readers").texts(),
      display: device.get("display").bool(),
      shown: device.get("shown").count(),
    });
  if (!refused.absent) listener.refused(refused.get("code").text());
}
