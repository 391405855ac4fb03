import { takeEarlyChannel } from "../api/early";
import { importLiveEvent, type LiveEvent } from "../api/event";

/** `lost` is a connection that was there, or should be, and is being made again. */
export type LiveState = "connecting" | "open" | "lost";

export interface LiveOptions {
  readonly url: string;
  /** One event, in the order of the server. */
  readonly onEvent: (event: LiveEvent) => void;
  readonly onState: (state: LiveState) => void;
  /** The channel is open, and what was asked for before may be old. */
  readonly onMissed: () => void;
  /** Called before each new attempt; a socket cannot see why it was refused, a request can. */
  readonly beforeRetry: () => Promise<void>;
  readonly connect?: (url: string) => WebSocket;
  readonly random?: () => number;
}

/** The server says something every 20 s; after this long without a word the connection is dead. */
const SILENCE_MS = 50_000;
const FIRST_DELAY_MS = 500;
const LAST_DELAY_MS = 20_000;

/**
 * The one channel on which live data arrives. It connects again by itself, with a growing and jittered delay, at once when the browser
 * is online again. It never sends: the server closes the socket of whoever does.
 */
export class LiveChannel {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private failures = 0;
  private stopped = false;

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    this.stopped = false;
    window.addEventListener("online", this.retryNow);
    this.options.onState("connecting");
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener("online", this.retryNow);
    this.clearTimer();
    this.drop();
  }

  private readonly retryNow = (): void => {
    if (this.stopped || this.socket !== null) return;
    this.clearTimer();
    void this.retry();
  };

  private connect(): void {
    const make = this.options.connect ?? ((url: string) => new WebSocket(url));
    const early = takeEarlyChannel();
    const socket = early?.socket ?? make(this.options.url);
    this.socket = socket;
    const opened = () => {
      if (this.socket !== socket) return;
      this.failures = 0;
      this.options.onState("open");
      this.options.onMissed();
      this.watch();
    };
    const said = (message: MessageEvent<unknown>) => {
      if (this.socket !== socket) return;
      this.watch();
      const event = parse(message.data);
      if (event !== null) this.options.onEvent(event);
    };
    socket.onopen = opened;
    socket.onmessage = said;
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
    if (early !== null && socket.readyState === WebSocket.OPEN) {
      opened();
      early.heard.forEach(said);
    }
  }

  private watch(): void {
    this.clearTimer();
    this.timer = setTimeout(() => this.lost(), SILENCE_MS);
  }

  private lost(): void {
    this.drop();
    this.clearTimer();
    if (this.stopped) return;
    this.options.onState("lost");
    const random = this.options.random ?? Math.random;
    const ceiling = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.failures);
    this.failures += 1;
    this.timer = setTimeout(() => void this.retry(), ceiling * (0.5 + random() / 2));
  }

  private async retry(): Promise<void> {
    await this.options.beforeRetry().catch(() => undefined);
    if (!this.stopped && this.socket === null) this.connect();
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private clearTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

function parse(data: unknown): LiveEvent | null {
  if (typeof data !== "string") return null;
  try {
    return importLiveEvent(JSON.parse(data));
  } catch {
    return null; // one event that is not understood is no reason to lose the channel
  }
}

/** The address of the channel on this origin. */
export function liveUrl(location: Location): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/events`;
}
