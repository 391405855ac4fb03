import { Field, importSlice, type Slice } from "./importer";

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** A remote session: who was on which device, as what, for how long. */
export interface RemoteSession {
  readonly sid: string;
  readonly device: { readonly uid: string; readonly name: string };
  readonly user: Named;
  readonly operations: readonly string[];
  readonly account: string | null;
  readonly reason: string | null;
  /** The one that was chosen first. */
  readonly relay: string | null;
  /** All at which it was, that one first. */
  readonly relays: readonly string[];
  /** Milliseconds to the relay and back as the client measured them before the session; null if it did not. */
  readonly relayClientMs: number | null;
  /** Bytes that relays have counted; null where none has reported. */
  readonly relayedFromClient: number | null;
  readonly relayedFromDevice: number | null;
  /** How long relays have seen both ends together. */
  readonly relayedMillis: number | null;
  /** The same from the device. */
  readonly relayDeviceMs: number | null;
  readonly started: Date | null;
  readonly ended: Date | null;
  readonly endReason: string | null;
  readonly clientAddress: string | null;
  readonly deviceAddress: string | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
}

export function importRemoteSession(value: unknown): RemoteSession {
  const root = new Field(value);
  const sid = root.get("sid");
  return {
    sid: /^[0-9a-f]{32}$/.test(sid.text()) ? sid.text() : new Field(undefined, "sid").text(),
    device: { uid: root.get("device").get("uid").text(), name: root.get("device").get("name").text() },
    user: { id: root.get("user").get("id").text(), name: root.get("user").get("name").text() },
    operations: root.get("operations").texts(),
    account: root.get("account").textOrNull(),
    reason: root.get("reason").textOrNull(),
    relay: root.get("relay").textOrNull(),
    relays: root.get("relays").texts(),
    relayClientMs: root.get("relayClientMs").numberOrNull(),
    relayedFromClient: root.get("relayedFromClient").numberOrNull(),
    relayedFromDevice: root.get("relayedFromDevice").numberOrNull(),
    relayedMillis: root.get("relayedMillis").numberOrNull(),
    relayDeviceMs: root.get("relayDeviceMs").numberOrNull(),
    started: root.get("started").timeOrNull(),
    ended: root.get("ended").timeOrNull(),
    endReason: root.get("endReason").textOrNull(),
    clientAddress: root.get("clientAddress").textOrNull(),
    deviceAddress: root.get("deviceAddress").textOrNull(),
    bytesIn: root.get("bytesIn").numberOrNull(),
    bytesOut: root.get("bytesOut").numberOrNull(),
  };
}

export function importRemoteSessions(value: unknown): Slice<RemoteSession> {
  return importSlice(value, importRemoteSession);
}
