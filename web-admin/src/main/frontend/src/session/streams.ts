import type { FileStream } from "./api";
import type { Bytes } from "./bytes";
import { type RecordChannel, Violation } from "./channel";
import { SessionError } from "./errors";
import { type Frame, type JsonObject, MAX_DATA } from "./frames";
import { type Reason, reasonNumber, reasonOf } from "./reasons";

/** That the agent gives at the beginning, and this end. */
const CREDIT_TO_AGENT = 64 * 1024;
const CREDIT_TO_CLIENT = 256 * 1024;
/** Credit is given when so much of the window is consumed, so that neither a key nor each record of a file costs a `CREDIT` record. */
const CREDIT_PORTION = 1 / 4;
const MAX_STREAMS = 32;
const MAX_WATCHERS = 16;
/** What an application may leave waiting for credit. */
const MAX_BUFFERED = 64 * 1024 * 1024;

/** A writer goes on when no more than this waits. */
const DRAINED = 256 * 1024;

/** What a stream tells its service. */
export interface StreamListener {
  /** Call `consumed` when the application is done with the bytes: it gives the agent credit. */
  data(bytes: Bytes, consumed: () => void): void;
  event(event: JsonObject): void;
  /** Most of what was written has left this end. */
  drained?(): void;
  /** Called once, after everything else. Undefined: both directions were closed in order, or this end reset it with `done`. */
  ended(error: SessionError | undefined): void;
}

type StreamFrame = Exclude<Frame, { type: "ack" | "ping" | "end" | "confirm" | "open" }>;

/** One stream, the client's side. */
export class ClientStream {
  readonly #streams: ClientStreams;
  readonly #id: number;
  readonly #padded: boolean;
  readonly #listener: StreamListener;

  #over = false;
  // to the agent
  #credit = CREDIT_TO_AGENT;
  #sent = 0;
  readonly #buffer: Bytes[] = [];
  #buffered = 0;
  /** More waits than is called drained. */
  #full = false;
  #closing = false;
  #closed = false;
  // from the agent
  #window = CREDIT_TO_CLIENT;
  #allowed = CREDIT_TO_CLIENT;
  #received = 0;
  #consumed = 0;
  #peerClosed = false;

  constructor(streams: ClientStreams, id: number, padded: boolean, listener: StreamListener) {
    this.#streams = streams;
    this.#id = id;
    this.#padded = padded;
    this.#listener = listener;
  }

  /** Sends what the credit allows and keeps the rest. Ignored after `close` or the end. */
  write(bytes: Bytes): void {
    if (this.#over || this.#closing || bytes.length === 0) return;
    if (this.#buffered + bytes.length > MAX_BUFFERED)
      return this.reset("limit", "more is written than the device takes");
    this.#buffer.push(bytes);
    this.#buffered += bytes.length;
    this.#full ||= this.#buffered >= DRAINED;
    this.flush();
  }

  /** Bytes that wait for credit. */
  get waiting(): number {
    return this.#buffered;
  }

  /** Credit beyond what is consumed: where the way is long, and this end has the memory. */
  grant(bytes: number): void {
    if (this.#over || this.#peerClosed) return;
    this.#window += bytes;
    this.#allowed += bytes;
    this.#streams.send({ type: "credit", stream: this.#id, bytes });
  }

  /** Beside the bytes, in order with those already sent. */
  sendEvent(event: JsonObject): void {
    if (!this.#over && !this.#closing) this.#streams.send({ type: "event", stream: this.#id, event });
  }

  /** The end of this direction, after what was written before. */
  close(): void {
    if (this.#over || this.#closing) return;
    this.#closing = true;
    this.flush();
  }

  /** The end of both directions, at once. */
  reset(reason: Reason, text = ""): void {
    if (this.#over) return;
    this.#streams.sendReset(this.#id, reason, text);
    this.finish(reason === "done" ? undefined : new SessionError(reason, text));
  }

  /** For the multiplexer: the stream is over without further frames. */
  finish(error: SessionError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#buffer.length = 0;
    this.#streams.remove(this.#id);
    this.#listener.ended(error);
  }

  /** For the multiplexer. */
  frame(frame: StreamFrame): void {
    switch (frame.type) {
      case "data":
        return this.#data(frame.bytes);
      case "event":
        this.#requireOpen("EVENT");
        if (Array.isArray(frame.event.watchers)) this.#streams.watched(frame.event.watchers);
        return this.#listener.event(frame.event);
      case "credit":
        this.#credit += frame.bytes;
        return this.flush();
      case "close":
        return this.#close(frame.sent);
      case "reset": {
        const reason = reasonOf(frame.reason);
        return this.finish(reason === "done" ? undefined : new SessionError(reason, frame.text));
      }
    }
  }

  #data(bytes: Bytes): void {
    this.#requireOpen("DATA");
    this.#received += bytes.length;
    if (this.#received > this.#allowed) throw new Violation("DATA above the credit");
    if (bytes.length === 0) return;
    let told = false;
    this.#listener.data(bytes, () => {
      if (told) return;
      told = true;
      this.#consume(bytes.length);
    });
  }

  #consume(length: number): void {
    this.#consumed += length;
    if (this.#over || this.#peerClosed || this.#consumed < this.#window * CREDIT_PORTION) return;
    this.#allowed += this.#consumed;
    this.#streams.send({ type: "credit", stream: this.#id, bytes: this.#consumed });
    this.#consumed = 0;
  }

  #close(sent: number): void {
    this.#requireOpen("CLOSE");
    if (sent !== this.#received) throw new Violation(`CLOSE after ${sent} bytes, ${this.#received} came`);
    this.#peerClosed = true;
    // no service of today has anything to say after the agent's last byte
    this.#buffer.length = 0;
    this.#buffered = 0;
    this.close();
    if (this.#closed) this.finish(undefined);
  }

  #requireOpen(type: string): void {
    if (this.#peerClosed) throw new Violation(`${type} after CLOSE`);
  }

  /** Sends what credit and window allow; the multiplexer calls it when the window has room again. */
  flush(): void {
    for (let head = this.#buffer[0]; head !== undefined && this.#credit > 0; head = this.#buffer[0]) {
      const part = head.subarray(0, Math.min(MAX_DATA, this.#credit));
      if (!this.#streams.sendData(this.#id, part, this.#padded)) return;
      if (part.length === head.length) this.#buffer.shift();
      else this.#buffer[0] = head.subarray(part.length);
      this.#buffered -= part.length;
      this.#credit -= part.length;
      this.#sent += part.length;
    }
    if (this.#full && this.#buffered < DRAINED) {
      this.#full = false;
      this.#listener.drained?.();
    }
    if (this.#closing && !this.#closed && this.#buffer.length === 0) {
      this.#closed = true;
      this.#streams.send({ type: "close", stream: this.#id, sent: this.#sent });
    }
  }
}

/** As services use it. */
export function serviceStream(stream: ClientStream): FileStream {
  return {
    write: (bytes) => stream.write(bytes),
    get waiting() {
      return stream.waiting;
    },
    grant: (bytes) => stream.grant(bytes),
    sendEvent: (event) => stream.sendEvent(event),
    close: () => stream.close(),
    cancel: () => stream.reset("done"),
  };
}

/** The streams of one session, the client's side: it opens odd ids; whatever the agent opens is refused. */
export class ClientStreams {
  readonly #channel: RecordChannel;
  readonly #open = new Map<number, ClientStream>();
  /** Streams that this end reset: the agent may not know yet. */
  readonly #reset = new Set<number>();
  #nextId = 1;
  #lastPeerId = 0;
  /** Called when the device says on a stream who watches the session. */
  onWatchers: ((names: readonly string[]) => void) | undefined;

  constructor(channel: RecordChannel) {
    this.#channel = channel;
  }

  /** @throws SessionError `limit` if 32 are open */
  open(service: string, args: JsonObject, padded: boolean, listener: StreamListener): ClientStream {
    if (this.#open.size >= MAX_STREAMS) throw new SessionError("limit", `${MAX_STREAMS} streams are open`);
    const id = this.#nextId;
    this.#nextId += 2;
    const stream = new ClientStream(this, id, padded, listener);
    this.#open.set(id, stream);
    this.send({ type: "open", stream: id, service, arguments: args });
    return stream;
  }

  /** A frame of the agent. @throws Violation */
  frame(frame: Exclude<Frame, { type: "ack" | "ping" | "end" }>): void {
    if (frame.type === "confirm") throw new Violation("CONFIRM from the device");
    if (frame.type === "open") return this.#refuse(frame.stream);
    const stream = this.#open.get(frame.stream);
    if (stream !== undefined) return stream.frame(frame);
    if (!this.#mayBeLate(frame)) throw new Violation(`${frame.type} on stream ${frame.stream}, which is not open`);
  }

  /** The window has room again. */
  writable(): void {
    for (const stream of [...this.#open.values()]) stream.flush();
  }

  /** For the streams: names as the device gives them. */
  watched(names: readonly unknown[]): void {
    const texts = names.filter((name) => typeof name === "string");
    this.onWatchers?.(texts.slice(0, MAX_WATCHERS).map((name) => name.slice(0, 256)));
  }

  /** The session is over. */
  end(error: SessionError | undefined): void {
    for (const stream of [...this.#open.values()]) stream.finish(error);
  }

  send(frame: Exclude<Frame, { type: "data" }>): void {
    this.#channel.send(frame);
  }

  sendData(stream: number, bytes: Bytes, padded: boolean): boolean {
    return this.#channel.sendData({ type: "data", stream, bytes, padded });
  }

  sendReset(id: number, reason: Reason, text: string): void {
    this.#reset.add(id);
    this.send({ type: "reset", stream: id, reason: reasonNumber(reason), text });
  }

  remove(id: number): void {
    this.#open.delete(id);
  }

  #refuse(id: number): void {
    if (id % 2 !== 0 || id <= this.#lastPeerId) throw new Violation(`OPEN with the id ${id}`);
    this.#lastPeerId = id;
    this.sendReset(id, "no-such-service", "");
  }

  /** Sent before the agent knew that the stream is over. */
  #mayBeLate(frame: StreamFrame): boolean {
    if (this.#reset.has(frame.stream)) return true;
    const known = frame.stream % 2 === 1 && frame.stream < this.#nextId;
    return known && (frame.type === "credit" || frame.type === "reset");
  }
}
