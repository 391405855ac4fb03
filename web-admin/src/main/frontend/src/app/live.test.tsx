// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Device, importDevices } from "../api/device";
import { importLiveEvent, type LiveEvent } from "../api/event";
import type { Slice } from "../api/importer";
import { inertText } from "./inert";
import { LiveChannel, type LiveOptions, type LiveState } from "./live";
import { LiveProvider } from "./liveContext";
import { newQueryClient } from "./queries";
import { bytes, relativeTime } from "./time";
import { dependsOnState, LiveUpdates } from "./updates";

const UID = "01900000-0000-7000-8000-000000000001";
const SECOND = "01900000-0000-7000-8000-000000000002";

/** As much of a WebSocket as the channel uses. */
class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  close() {
    this.closed = true;
  }
}

describe("the live channel", () => {
  let sockets: FakeSocket[];
  let states: LiveState[];
  let events: LiveEvent[];
  let missed: number;
  let channel: LiveChannel;
  const last = () => sockets[sockets.length - 1] as FakeSocket;
  const options: LiveOptions = {
    url: "ws://localhost/api/events",
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    onMissed: () => {
      missed += 1;
    },
    beforeRetry: async () => undefined,
    random: () => 0.5,
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  };

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    states = [];
    events = [];
    missed = 0;
    channel = new LiveChannel(options);
    channel.start();
  });

  afterEach(() => {
    channel.stop();
    vi.useRealTimers();
  });

  it("hears events and does not break on what it does not understand", () => {
    last().onopen?.();
    for (const data of ["{", "[]", '{"type":"weather"}', new ArrayBuffer(3), '{"type":"audit"}'])
      last().onmessage?.({ data });
    expect(events).toEqual([{ type: "audit" }]);
    expect(states).toEqual(["connecting", "open"]);
  });

  it("heals by itself and says so once it has", async () => {
    last().onopen?.();
    last().onclose?.();
    expect(states.at(-1)).toBe("lost");
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets).toHaveLength(2);
    last().onopen?.();
    expect(states).toEqual(["connecting", "open", "lost", "open"]);
  });

  it("goes on with the channel that was opened before it, and with what came on that", () => {
    channel.stop();
    const early = new FakeSocket();
    const said = (uid: string) => ({ data: JSON.stringify({ type: "device-revoked", uid }) }) as MessageEvent<unknown>;
    globalThis.basculeEarlyChannel = {
      socket: Object.assign(early as unknown as WebSocket, { readyState: WebSocket.OPEN }),
      heard: [said(UID)],
    };
    sockets = [];
    states = [];
    channel = new LiveChannel(options);
    channel.start();
    expect(sockets).toEqual([]);
    expect(states).toEqual(["connecting", "open"]);
    expect(missed).toBe(1);
    early.onmessage?.(said(SECOND));
    expect(events).toMatchObject([{ uid: UID }, { uid: SECOND }]);
    early.onclose?.();
    expect(states.at(-1)).toBe("lost");
  });

  it("waits longer after each failure, and never much longer than 20 s", async () => {
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const count = sockets.length;
      last().onclose?.();
      let waited = 0;
      while (sockets.length === count) {
        await vi.advanceTimersByTimeAsync(125);
        waited += 125;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([375, 750, 1500, 3000, 6000, 12_000, 15_000, 15_000, 15_000]);
  });

  it("takes silence for a lost connection", async () => {
    last().onopen?.();
    await vi.advanceTimersByTimeAsync(40_000);
    last().onmessage?.({ data: '{"type":"hb"}' });
    await vi.advanceTimersByTimeAsync(40_000);
    expect(states.at(-1)).toBe("open");
    await vi.advanceTimersByTimeAsync(11_000);
    expect(states.at(-1)).toBe("lost");
    expect(sockets[0]?.closed).toBe(true);
  });

  it("connects at once when the browser is online again", async () => {
    last().onclose?.();
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets).toHaveLength(2);
  });

  it("stays closed after it was stopped", async () => {
    channel.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });
});

function Calls({ ask, of = "all" }: { readonly ask: () => Promise<string>; readonly of?: string }) {
  return <p>{useQuery({ queryKey: ["assistance", of], queryFn: ask }).data}</p>;
}

describe("what a page asks for as it opens", () => {
  let socket: FakeSocket;
  let answers: ((text: string) => void)[];
  let client: QueryClient;
  const ask = () => new Promise<string>((answered) => answers.push(answered));
  const answer = (text: string) => act(async () => answers.at(-1)?.(text));
  const opens = () => act(async () => socket.onopen?.());
  /** What may be old is asked for again, soon, and once. */
  const asked = (times: number) => vi.waitFor(() => expect(answers).toHaveLength(times), 5_000);

  /** What a page of these parts shows. */
  function page(...parts: readonly string[]) {
    return (
      <QueryClientProvider client={client}>
        <LiveProvider>
          {parts.map((part) => (
            <Calls key={part} ask={ask} of={part} />
          ))}
        </LiveProvider>
      </QueryClientProvider>
    );
  }

  beforeEach(() => {
    answers = [];
    client = newQueryClient();
    vi.stubGlobal(
      "WebSocket",
      class extends FakeSocket {
        static readonly OPEN = 1;
        constructor() {
          super();
          socket = this;
        }
      },
    );
  });

  afterEach(() => {
    cleanup();
    globalThis.basculeEarlyChannel = undefined;
    vi.unstubAllGlobals();
  });

  it("is asked for again if it was answered before the channel was open, at each opening", async () => {
    render(page("all"));
    await answer("no call");
    await opens();
    await asked(2);
    await answer("a call that came in between");
    await screen.findByText("a call that came in between");
    const first = socket;
    vi.stubGlobal("fetch", async () => new Response("{}"));
    act(() => first.onclose?.());
    act(() => void window.dispatchEvent(new Event("online")));
    await vi.waitFor(() => expect(socket).not.toBe(first));
    await opens();
    await asked(3);
  });

  it("is shown, and asked for once more, if it was on its way when the channel opened", async () => {
    render(page("all"));
    await opens();
    expect(answers).toHaveLength(1);
    await answer("no call");
    await screen.findByText("no call");
    expect(answers).toHaveLength(1);
    await asked(2);
    await answer("a call that came in between");
    await screen.findByText("a call that came in between");
    expect(answers).toHaveLength(2);
  });

  it("is asked for once if the channel was open before it", async () => {
    const { rerender } = render(page());
    await opens();
    rerender(page("all"));
    await answer("a call");
    await screen.findByText("a call");
    expect(answers).toHaveLength(1);
  });

  it("is asked for again where it was asked for before the early channel was open, and nothing else is", async () => {
    globalThis.basculeEarlyChannel = {
      socket: Object.assign(new FakeSocket() as unknown as WebSocket, { readyState: WebSocket.OPEN }),
      heard: [],
    };
    void client.prefetchQuery({ queryKey: ["assistance", "early"], queryFn: ask });
    render(page("early", "later"));
    expect(answers).toHaveLength(2);
    for (const answered of [...answers]) await act(async () => answered("no call"));
    await asked(3);
    await answer("a call that came in between");
    expect((await screen.findByText("a call that came in between")).nextSibling?.textContent).toBe("no call");
    expect(answers).toHaveLength(3);
  });
});

describe("live updates", () => {
  const LIST = ["devices", "list", { sort: "name" }];
  const BY_STATE = ["devices", "list", { sort: "name", state: "online" }];
  const other = UID.replace(/1$/, "2");

  function clientWith(state: string): QueryClient {
    const client = new QueryClient();
    const device = { uid: UID, name: "a", state, etag: "1" };
    for (const key of [LIST, BY_STATE]) client.setQueryData(key, importDevices({ items: [device], next: null }));
    return client;
  }

  const event = (uid: string, state: "online" | "offline", name: string | null = null) =>
    ({ type: "device", uid, state, lastSeen: new Date(5), name }) as const;

  /** Applies the events and waits; what was asked for again, in the order of time. */
  async function asked(client: QueryClient, events: readonly LiveEvent[], waitMs: number): Promise<unknown[]> {
    const invalidated = vi.spyOn(client, "invalidateQueries");
    const updates = new LiveUpdates(client, 1_000, 3_000);
    for (const each of events) updates.apply(each);
    await vi.advanceTimersByTimeAsync(waitMs);
    updates.stop();
    return invalidated.mock.calls.map(([filters]) => filters?.queryKey);
  }

  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("show the new state where the device is listed, and count again later", async () => {
    const client = clientWith("online");
    expect(await asked(client, [event(UID, "offline", "b")], 2_000)).toEqual([]);
    const list = client.getQueryData<Slice<Device>>(LIST);
    expect(list?.items[0]).toMatchObject({ state: "offline", name: "b", lastSeen: new Date(5) });
    expect(await asked(clientWith("online"), [event(UID, "offline")], 10_000)).toEqual([
      BY_STATE,
      ["devices", "counts"],
      ["tags"],
    ]);
  });

  it("do not load a list again because of a device that it does not show and that cannot come into it", async () => {
    expect(await asked(clientWith("online"), [event(other, "offline")], 10_000)).toEqual([
      BY_STATE,
      ["devices", "counts"],
      ["tags"],
    ]);
  });

  it("load a list again that shows a device of which something else changed", async () => {
    expect(await asked(clientWith("online"), [event(UID, "online")], 10_000)).toEqual([LIST, BY_STATE, ["tags"]]);
  });

  it("ask again once for ten thousand changes, and draw the last of each device once", async () => {
    const client = clientWith("online");
    const drawn = vi.spyOn(client, "setQueryData");
    const many = Array.from({ length: 10_000 }, (_, i) => event(UID, i % 2 === 0 ? "online" : "offline"));
    expect(await asked(client, many, 10_000)).toEqual([BY_STATE, ["devices", "counts"], ["tags"]]);
    expect(drawn).toHaveBeenCalledTimes(2);
  });

  it("load again what shows a device that was moved or revoked", async () => {
    const moved = { type: "moved", id: UID } as const;
    expect(await asked(clientWith("online"), [moved], 10_000)).toEqual([
      ["devices"],
      ["people"],
      ["device", UID],
      ["fixed-relay"],
      ["session-policy"],
      ["folders"],
    ]);
    const revoked = { type: "device-revoked", uid: UID } as const;
    expect(await asked(clientWith("online"), [revoked], 10_000)).toEqual([
      ["devices", "list"],
      ["device", UID],
      ["devices", "counts"],
    ]);
  });

  it.each(["user", "group"])("load people again when a %s is another", async (type) => {
    const change = importLiveEvent({ type, id: UID, change: "updated" }) as LiveEvent;
    expect(await asked(clientWith("online"), [change], 10_000)).toEqual([["people"]]);
  });

  it("load the requests for assistance, and the list that shows the device", async () => {
    const help = { type: "assistance", id: other, device: UID, state: "open" } as const;
    expect(await asked(clientWith("online"), [help], 2_000)).toEqual([["assistance"], ["device", UID], LIST, BY_STATE]);
  });

  it.each([
    [{ sort: "name" }, false],
    [{ sort: "-name", q: "onlineshop" }, false],
    [{ sort: "name", q: "press -offline" }, true],
    [{ sort: "name", q: "Assistance" }, true],
    [{ sort: "lastSeen" }, true],
    [undefined, false],
  ])("know whether the list %j depends on states: %s", (query, depends) => expect(dependsOnState(query)).toBe(depends));
});

describe("text from outside", () => {
  it.each([
    ["evil\u202Egnp.exe", "evil[U+202E]gnp.exe"],
    ["\u001b[31mred\u0007", "[U+001B][31mred[U+0007]"],
    ["a\u0000b\u007f\u009b", "a[U+0000]b[U+007F][U+009B]"],
    ["pay\u200bpal \u2066x\u2069\ufeff", "pay[U+200B]pal [U+2066]x[U+2069][U+FEFF]"],
    ["line\nbreak\u2028", "line[U+000A]break[U+2028]"],
    ["\u{e0041}tag", "[U+E0041]tag"],
    ["half \ud800", "half [U+D800]"],
    ["Größe 東京 שלום 👩‍🔧", "Größe 東京 שלום 👩‍🔧"],
  ])("%j is shown as %j", (text, shown) => expect(inertText(text)).toBe(shown));
});

describe("times and sizes", () => {
  const now = Date.UTC(2026, 0, 2);
  it.each([
    [0, "now"],
    [-59_000, "now"],
    [-61_000, "1 minute ago"],
    [-3_599_000, "59 minutes ago"],
    [-7_300_000, "2 hours ago"],
    [-86_400_000, "yesterday"],
    [-40 * 86_400_000, "last month"],
  ])("%d ms from now is %j", (ms, text) => expect(relativeTime(new Date(now + ms), now, "en")).toBe(text));

  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1536, "1.5 KB"],
    [64_023_257_088, "60 GB"],
  ])("%d bytes are %j", (size, text) => expect(bytes(size, "en")).toBe(text));
});
