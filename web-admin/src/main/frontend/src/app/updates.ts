import { hashKey, type Query, type QueryClient, type QueryFilters, type QueryKey } from "@tanstack/react-query";
import type { Device, DeviceDetail } from "../api/device";
import type { LiveEvent } from "../api/event";
import type { Slice } from "../api/importer";

/** How long changes of devices are collected before the page is drawn again. */
const DRAW_MS = 100;
/** How long changes are collected before something is asked for again: a thousand devices coming back are one reload, not a thousand. */
const GATHER_MS = 1_500;
/** The same for what the state of any device anywhere can change: counts, and lists sorted or filtered by it. */
const SLOW_MS = 5_000;
/** Of so many devices the changes are kept for an answer that is on its way; with more it is asked for again. */
const MOST_KEPT = 1_000;

type DeviceEvent = LiveEvent & { type: "device" };
type DeviceEvents = ReadonlyMap<string, DeviceEvent>;

/** Puts live events into what the pages already have, and asks again, seldom, for what cannot be worked out here. */
export class LiveUpdates {
  private readonly soon: Gatherer;
  private readonly later: Gatherer;
  private readonly devices = new Map<string, DeviceEvent>();
  private drawing: ReturnType<typeof setTimeout> | null = null;
  /** What is on its way, and may be older than what was heard meanwhile: the changes to draw into it, or null where it is asked for again. */
  private readonly onItsWay = new Map<Query, DeviceEvents | null>();
  private readonly unwatch: () => void;

  constructor(
    private readonly client: QueryClient,
    gatherMs = GATHER_MS,
    slowMs = SLOW_MS,
  ) {
    const stale = (filters: QueryFilters) => this.stale(filters);
    this.soon = new Gatherer(stale, gatherMs);
    this.later = new Gatherer(stale, slowMs);
    this.unwatch = client.getQueryCache().subscribe(({ type, query }) => {
      const kept = this.onItsWay.get(query);
      if (kept === undefined || (query.state.fetchStatus !== "idle" && type !== "removed")) return;
      this.onItsWay.delete(query);
      if (query.state.fetchStatus === "idle" && query.state.status === "success")
        queueMicrotask(() => this.arrived(query, kept));
    });
  }

  apply(event: LiveEvent): void {
    switch (event.type) {
      case "device":
        this.devices.set(event.uid, event);
        this.drawing ??= setTimeout(() => this.draw(), DRAW_MS);
        break;
      case "device-added":
        this.soon.add(["devices"]);
        this.later.add(["folders"]);
        break;
      case "device-revoked":
      case "device-alarm":
        this.soon.add(["devices", "list"]);
        this.later.add(["devices", "counts"]);
        this.soon.add(["device", event.uid]);
        break;
      case "folder":
        this.soon.add(["folders"]);
        this.later.add(["devices"]);
        break;
      case "user":
      case "group":
        this.soon.add(["people"]);
        break;
      case "moved":
        // a device, a person or a group: the event does not say which
        this.soon.add(["devices"]);
        this.soon.add(["people"]);
        this.later.add(["folders"]);
        this.soon.add(["device", event.id]);
        this.soon.add(["fixed-relay"]);
        this.soon.add(["session-policy"]);
        break;
      case "assistance":
        this.assistance(event);
        break;
      case "session":
        this.soon.add(["sessions"]);
        this.shown(["report"], this.later);
        break;
      case "access-request":
        this.soon.add(["requests"]);
        break;
      case "consent":
        // somebody waits for it with a clock
        this.stale({ queryKey: ["consents"] });
        break;
      case "rights":
        for (const key of ["access", "people", "me"]) this.soon.add([key]);
        for (const key of ["folders", "devices", "device"]) this.later.add([key]);
        break;
      case "directory":
        for (const key of [
          "folders",
          "devices",
          "device",
          "people",
          "access",
          "tags",
          "fixed-relay",
          "session-policy",
          // of what is gone nobody waits for an answer any more
          "requests",
          "assistance",
          "me",
        ])
          this.soon.add([key]);
        break;
      case "options":
        this.soon.add(["domain-options"]);
        break;
      case "relays":
        this.soon.add(["relays"]);
        break;
      case "audit":
        this.shown(["audit"], this.soon);
        this.shown(["report"], this.later);
        break;
      default:
    }
  }

  stop(): void {
    if (this.drawing !== null) clearTimeout(this.drawing);
    this.drawing = null;
    this.devices.clear();
    this.unwatch();
    this.onItsWay.clear();
    this.soon.stop();
    this.later.stop();
  }

  /**
   * When the channel opens, everything that was asked for before may be old, whenever the answer comes. It is asked for again, but for what somebody waits
   * for with a clock not at once: a page that is being loaded is drawn first.
   */
  everything(): void {
    const asked = this.client.getQueryCache().findAll({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
    for (const query of asked) {
      if (this.isAwaited(query)) this.onItsWay.set(query, null);
      else if (query.state.status !== "pending") this.again(query);
    }
  }

  private again({ queryKey }: Query): void {
    if (queryKey[0] === "consents") this.stale({ queryKey });
    else this.soon.addOne(queryKey);
  }

  /** Asks again. What is on its way to a page that shows nothing yet may be old as well: it is shown first, and then asked for again. */
  private stale(filters: QueryFilters): void {
    for (const query of this.client.getQueryCache().findAll(filters))
      if (this.isAwaited(query)) this.onItsWay.set(query, null);
    void this.client.invalidateQueries(filters);
  }

  private isAwaited({ state }: Query): boolean {
    return state.status === "pending" && state.fetchStatus !== "idle";
  }

  /** An answer may be older than what was heard while it was on its way. */
  private arrived(query: Query, kept: DeviceEvents | null): void {
    if (kept === null) this.again(query);
    else if (query.queryKey[0] === "device") for (const event of kept.values()) this.detail(event);
    else this.list(query, kept);
  }

  private keep(query: Query, events: DeviceEvents): void {
    const kept = this.onItsWay.get(query);
    if (kept === null || query.state.fetchStatus === "idle") return;
    const all = new Map([...(kept ?? []), ...events]);
    this.onItsWay.set(query, all.size > MOST_KEPT ? null : all);
  }

  /** Puts the collected changes of devices into the lists and pages that show them; of each device the last one counts. */
  private draw(): void {
    this.drawing = null;
    const events = new Map(this.devices);
    this.devices.clear();
    const unmoved = new Set<string>();
    for (const query of this.client.getQueryCache().findAll({ queryKey: ["devices", "list"] })) {
      this.keep(query, events);
      for (const uid of this.list(query, events)) unmoved.add(uid);
    }
    if (unmoved.size < events.size) this.later.add(["devices", "counts"]);
    for (const event of events.values()) this.detail(event);
    // What was changed may be tags: the event does not say so, and most devices are in no list here.
    this.later.add(["tags"]);
  }

  /** @returns the changed devices of which the list knows that their state is as before */
  private list({ queryKey: key }: Query, events: DeviceEvents): string[] {
    const slice = this.client.getQueryData<Slice<Device>>(key);
    if (slice === undefined) return [];
    const shown = slice.items.filter((device) => events.has(device.uid));
    const unmoved = shown.filter((device) => device.state === events.get(device.uid)?.state);
    if (shown.length > 0) {
      const items = slice.items.map((device) => changed(device, events.get(device.uid)));
      this.client.setQueryData<Slice<Device>>(key, { ...slice, items });
    }
    // The state is as it was: something else of the device is new, and the event does not carry it.
    if (unmoved.length > 0) this.soon.addOne(key);
    if (unmoved.length < events.size && dependsOnState(key[2])) this.later.addOne(key);
    return unmoved.map((device) => device.uid);
  }

  private detail(event: DeviceEvent): void {
    const key = ["device", event.uid];
    const query = this.client.getQueryCache().get(hashKey(key));
    if (query !== undefined) this.keep(query, new Map([[event.uid, event]]));
    const detail = this.client.getQueryData<DeviceDetail>(key);
    if (detail === undefined) return;
    this.client.setQueryData<DeviceDetail>(key, changed(detail, event));
    // What the device says of itself at its connection (version, inventory), and what else was changed, comes with the device.
    this.soon.add(key);
  }

  /** What was refused is not asked for again: the refusal is recorded, of which an event would come, and so on without end. */
  private shown(key: QueryKey, when: Gatherer): void {
    const found = this.client.getQueryCache().findAll({ queryKey: key });
    for (const { queryKey, state } of found) if (state.status !== "error") when.addOne(queryKey);
  }

  private assistance(event: LiveEvent & { type: "assistance" }): void {
    this.soon.add(["assistance"]);
    this.soon.add(["device", event.device]);
    this.later.add(["devices", "counts"]);
    for (const [key, slice] of this.client.getQueriesData<Slice<Device>>({ queryKey: ["devices", "list"] })) {
      const shown = slice?.items.some((device) => device.uid === event.device) === true;
      if (shown || dependsOnState(key[2])) this.soon.addOne(key);
    }
  }
}

function changed<T extends Device>(device: T, event: DeviceEvent | undefined): T {
  if (event === undefined) return device;
  return {
    ...device,
    state: event.state,
    quarantined: event.state === "quarantined",
    lastSeen: event.lastSeen ?? device.lastSeen,
    name: event.name ?? device.name,
  };
}

/** Whether a list asked for with this query may have other rows, or another order, when some device comes or goes. */
export function dependsOnState(query: unknown): boolean {
  const { state, sort, q } = (query ?? {}) as Readonly<Record<string, unknown>>;
  return (
    (state !== undefined && state !== null) ||
    sort === "state" ||
    sort === "lastSeen" ||
    (typeof q === "string" && /(^|\s)-?(online|offline|quarantined|assistance)(\s|$)/i.test(q))
  );
}

/** Asks again for what is stale once nothing more is expected; each thing once, however often it was named. */
class Gatherer {
  private readonly stale = new Map<string, QueryFilters>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly ask: (filters: QueryFilters) => void,
    private readonly afterMs: number,
  ) {}

  /** All queries below a key. */
  add(queryKey: QueryKey): void {
    this.gather({ queryKey, exact: false });
  }

  /** One query: a list without a filter has a key that every filtered list fits, too. */
  addOne(queryKey: QueryKey): void {
    this.gather({ queryKey, exact: true });
  }

  private gather(filters: QueryFilters): void {
    this.stale.set(JSON.stringify(filters), filters);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const all = [...this.stale.values()];
      this.stale.clear();
      for (const each of all) this.ask(each);
    }, this.afterMs);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.stale.clear();
  }
}
