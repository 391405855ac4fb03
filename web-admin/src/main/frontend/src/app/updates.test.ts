// @vitest-environment happy-dom
import { type QueryClient, type QueryKey, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Device, importDevices } from "../api/device";
import type { LiveEvent } from "../api/event";
import { placeQuery } from "../pages/access/place";
import { entriesOnQuery } from "../pages/access/queries";
import { fixedRelayQuery, relayChoicesQuery } from "../pages/fixedRelay/queries";
import { groupQuery, membersQuery, principalQuery, userQuery, usersQuery } from "../pages/people/queries";
import { installationRelaysQuery } from "../pages/relays/queries";
import { sessionPolicyQuery } from "../pages/sessionPolicy/queries";
import { providerQuery, signInSettingsQuery } from "../pages/settings/queries";
import { consentsQuery } from "./consentQueries";
import {
  assistanceQuery,
  auditQuery,
  connectionsQuery,
  deviceCountsQuery,
  deviceQuery,
  deviceSessionsQuery,
  devicesQuery,
  domainOptionsQuery,
  folderQuery,
  foldersBelowQuery,
  meQuery,
  newQueryClient,
  reportQuery,
  sealingQuery,
  sessionsQuery,
  subDevicesQuery,
  tagsQuery,
} from "./queries";
import { waitingRequestsQuery } from "./requestQueries";
import { LiveUpdates } from "./updates";

const UID = "01900000-0000-7000-8000-000000000001";
const OTHER = "01900000-0000-7000-8000-000000000002";
const SOON = 1_000;
const LATER = 3_000;

const device = (uid: string) => ({ uid, name: "a", state: "online", etag: "1" });
const listed = (uid: string) => importDevices({ items: [device(uid)], next: null });

/** What pages show: each query under its key, and what was answered where the updates look into it. */
const QUERIES = {
  me: [meQuery.queryKey],
  options: [domainOptionsQuery.queryKey],
  signIn: [signInSettingsQuery.queryKey],
  provider: [providerQuery(UID).queryKey],
  branch: [foldersBelowQuery(null).queryKey],
  folder: [folderQuery(UID).queryKey],
  list: [devicesQuery({ sort: "name" }).queryKey, listed(UID)],
  elsewhere: [devicesQuery({ sort: "name", folder: OTHER }).queryKey, listed(OTHER)],
  online: [devicesQuery({ sort: "name", state: "online" }).queryKey, listed(OTHER)],
  counts: [deviceCountsQuery({}).queryKey],
  tags: [tagsQuery.queryKey],
  device: [deviceQuery(UID).queryKey, device(UID)],
  otherDevice: [deviceQuery(OTHER).queryKey, device(OTHER)],
  subDevices: [subDevicesQuery(UID, {}).queryKey],
  history: [deviceSessionsQuery(UID, {}).queryKey],
  sessions: [sessionsQuery({}).queryKey],
  connections: [connectionsQuery({}).queryKey],
  audit: [auditQuery({}).queryKey],
  sealing: [sealingQuery.queryKey],
  report: [reportQuery({}).queryKey],
  assistance: [assistanceQuery({}).queryKey],
  requests: [waitingRequestsQuery.queryKey],
  consents: [consentsQuery.queryKey],
  users: [usersQuery({}).queryKey],
  user: [userQuery(UID).queryKey],
  principal: [principalQuery(UID).queryKey],
  group: [groupQuery(UID).queryKey],
  members: [membersQuery(UID, {}).queryKey],
  entries: [entriesOnQuery(UID).queryKey],
  place: [placeQuery(UID).queryKey],
  fixedRelay: [fixedRelayQuery(UID).queryKey],
  sessionPolicy: [sessionPolicyQuery(UID).queryKey],
  relayChoices: [relayChoicesQuery.queryKey],
  relays: [installationRelaysQuery.queryKey],
} as const satisfies Record<string, readonly [QueryKey, unknown?]>;

type Name = keyof typeof QUERIES;

const FOLDERS = ["branch", "folder"] as const;
const LISTS = ["list", "elsewhere", "online", "counts"] as const;
const ONE = ["device", "subDevices"] as const;
const PEOPLE = ["users", "user", "principal", "group", "members"] as const;
const ACCESS = ["entries", "place"] as const;
const SETTINGS = ["fixedRelay", "sessionPolicy"] as const;
const WAITING = ["requests", "assistance"] as const;
const SESSIONS = ["history", "sessions", "connections"] as const;

interface Case {
  readonly event: LiveEvent;
  /** Asked for again at once, soon, and later. */
  readonly at?: readonly Name[];
  readonly soon?: readonly Name[];
  readonly later?: readonly Name[];
}

/** Every type of event; a new one does not compile before it is here. */
const CASES: { readonly [T in LiveEvent["type"]]: Case & { readonly event: { readonly type: T } } } = {
  device: {
    event: { type: "device", uid: UID, state: "offline", lastSeen: null, name: null },
    soon: ONE,
    later: ["online", "counts", "tags"],
  },
  "device-added": {
    event: { type: "device-added", uid: UID, folder: null },
    soon: LISTS,
    later: FOLDERS,
  },
  "device-revoked": {
    event: { type: "device-revoked", uid: UID },
    soon: ["list", "elsewhere", "online", ...ONE],
    later: ["counts"],
  },
  "device-alarm": {
    event: { type: "device-alarm", uid: UID },
    soon: ["list", "elsewhere", "online", ...ONE],
    later: ["counts"],
  },
  folder: { event: { type: "folder", id: UID }, soon: FOLDERS, later: LISTS },
  user: { event: { type: "user", id: UID }, soon: PEOPLE },
  group: { event: { type: "group", id: UID }, soon: PEOPLE },
  moved: {
    event: { type: "moved", id: UID },
    soon: [...LISTS, ...ONE, ...PEOPLE, ...SETTINGS],
    later: FOLDERS,
  },
  assistance: {
    event: { type: "assistance", id: OTHER, device: UID, state: "open" },
    soon: ["assistance", "list", "online", ...ONE],
    later: ["counts"],
  },
  session: {
    event: { type: "session", sid: "s", device: UID, state: "ended" },
    soon: SESSIONS,
    later: ["report"],
  },
  "access-request": { event: { type: "access-request", id: UID, state: "open" }, soon: ["requests"] },
  consent: { event: { type: "consent", sid: "s", state: "asking" }, at: ["consents"] },
  // the page of the import listens to its own
  import: { event: { type: "import", id: UID } },
  directory: {
    event: { type: "directory" },
    soon: [...FOLDERS, ...LISTS, ...ONE, "otherDevice", ...PEOPLE, ...ACCESS, ...SETTINGS, ...WAITING, "tags", "me"],
  },
  options: { event: { type: "options" }, soon: ["options"] },
  rights: {
    event: { type: "rights" },
    soon: [...ACCESS, ...PEOPLE, "me"],
    later: [...FOLDERS, ...LISTS, ...ONE, "otherDevice"],
  },
  audit: { event: { type: "audit" }, soon: ["audit", "sealing"], later: ["report"] },
  relays: { event: { type: "relays" }, soon: ["relayChoices", "relays"] },
  "signed-out": { event: { type: "signed-out", why: null } },
  hb: { event: { type: "hb" } },
};

describe("a live event", () => {
  let asked: Name[];
  let refused: Name | null;
  let updates: LiveUpdates;
  let close: () => void;

  beforeEach(async () => {
    vi.useFakeTimers();
    asked = [];
    refused = null;
    const client = newQueryClient();
    const closing = Object.entries(QUERIES).map(([name, [queryKey, data = {}]]) =>
      new QueryObserver(client, {
        queryKey: queryKey as QueryKey,
        retry: false,
        queryFn: async () => {
          asked.push(name as Name);
          if (name === refused) throw new Error("refused");
          return data;
        },
      }).subscribe(() => undefined),
    );
    updates = new LiveUpdates(client, SOON, LATER);
    close = () => {
      for (const each of closing) each();
      client.clear();
    };
    expect(await within(0)).toEqual(Object.keys(QUERIES).toSorted());
  });

  afterEach(() => {
    updates.stop();
    close();
    vi.useRealTimers();
  });

  /** What was asked for since the last time and is until so much time has passed, in the order of the names. */
  async function within(ms: number): Promise<readonly Name[]> {
    await vi.advanceTimersByTimeAsync(ms);
    return asked.splice(0).toSorted();
  }

  it.each(Object.values(CASES))("$event.type asks again for what it may have changed", async (each: Case) => {
    const { event, at = [], soon = [], later = [] } = each;
    // many of the same are one
    for (let i = 0; i < 3; i++) updates.apply(event);
    expect(await within(0)).toEqual(at.flatMap((name) => [name, name, name]));
    // changes of devices are drawn a moment after they came
    expect(await within(SOON + 500)).toEqual(soon.toSorted());
    expect(await within(LATER)).toEqual(later.toSorted());
    expect(await within(10 * LATER)).toEqual([]);
  });

  it("asks for the tags again when something of a device was changed that is not its state", async () => {
    updates.apply({ type: "device", uid: OTHER, state: "online", lastSeen: null, name: "a" });
    expect(await within(2 * LATER)).toEqual(["elsewhere", "online", "otherDevice", "tags"]);
  });

  it.each(["report", "audit"] as const)(
    "does not ask again for a %s that was refused, the record of which is an event",
    async (what) => {
      refused = what;
      updates.apply({ type: "audit" });
      expect(await within(2 * LATER)).toContain(what);
      updates.apply({ type: "audit" });
      updates.apply({ type: "session", sid: "s", device: UID, state: "started" });
      expect(await within(2 * LATER)).not.toContain(what);
    },
  );
});

describe("a change of a device that is heard while an answer is on its way", () => {
  const LIST = devicesQuery({ sort: "name" }).queryKey;
  const DEVICE = deviceQuery(UID).queryKey;
  let client: QueryClient;
  let updates: LiveUpdates;
  let answers: ((data: unknown) => void)[];
  let closing: () => void;

  const shows = (queryKey: QueryKey) => {
    const queryFn = () => new Promise((answered) => answers.push(answered));
    closing = new QueryObserver(client, { queryKey, queryFn }).subscribe(() => undefined);
  };
  const heard = async (uid: string, ms = 1_500) => {
    updates.apply({ type: "device", uid, state: "offline", lastSeen: null, name: null });
    await vi.advanceTimersByTimeAsync(ms);
  };
  const answer = async (data: unknown) => {
    answers.at(-1)?.(data);
    await vi.advanceTimersByTimeAsync(0);
  };
  const states = () => client.getQueryData<{ items: Device[] }>(LIST)?.items.map(({ state }) => state);

  beforeEach(() => {
    vi.useFakeTimers();
    answers = [];
    client = newQueryClient();
    updates = new LiveUpdates(client, SOON, LATER);
  });

  afterEach(() => {
    updates.stop();
    closing();
    client.clear();
    vi.useRealTimers();
  });

  it("is drawn into a list that comes after it", async () => {
    shows(LIST);
    await heard(OTHER);
    await heard(UID);
    await answer(listed(UID));
    expect(states()).toEqual(["offline"]);
    await vi.advanceTimersByTimeAsync(10 * LATER);
    expect(answers).toHaveLength(1);
  });

  it("is drawn again into a list that was being asked for again", async () => {
    shows(LIST);
    await answer(listed(UID));
    void client.invalidateQueries({ queryKey: LIST });
    await heard(UID);
    expect(states()).toEqual(["offline"]);
    await answer(listed(UID));
    expect(states()).toEqual(["offline"]);
    expect(answers).toHaveLength(2);
  });

  it("is drawn into the page of the device that comes after it, which is asked for again soon", async () => {
    shows(DEVICE);
    await heard(OTHER);
    await heard(UID);
    await answer(device(UID));
    expect(client.getQueryData(DEVICE)).toMatchObject({ state: "offline" });
    expect(answers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(SOON);
    expect(answers).toHaveLength(2);
  });

  it.each([
    ["assistance", { type: "assistance", id: "1", device: UID, state: "open" }, SOON],
    ["consents", { type: "consent", sid: "s", state: "asking" }, 0],
  ] as const)("of %s is asked for again after an answer that may not know of it yet", async (key, event, ms) => {
    shows([key]);
    updates.apply(event as unknown as LiveEvent);
    await vi.advanceTimersByTimeAsync(SOON);
    await answer([]);
    await vi.advanceTimersByTimeAsync(ms);
    expect(answers).toHaveLength(2);
    await answer([]);
    await vi.advanceTimersByTimeAsync(10 * LATER);
    expect(answers).toHaveLength(2);
  });

  it("is not kept where there are too many: the answer is shown and asked for again", async () => {
    shows(LIST);
    for (let i = 0; i <= 1_000; i++) await heard(`device ${i}`, 0);
    await vi.advanceTimersByTimeAsync(200);
    await answer(listed(UID));
    expect(states()).toEqual(["online"]);
    await vi.advanceTimersByTimeAsync(SOON);
    expect(answers).toHaveLength(2);
    await answer(listed(UID));
    await vi.advanceTimersByTimeAsync(10 * LATER);
    expect(answers).toHaveLength(2);
  });
});
