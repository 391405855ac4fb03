import { importNamed } from "./folder";
import { etagOf, Field, importId, importSlice, type Slice } from "./importer";
import { type EntryPrincipal, importEntryPrincipal, importResourceRef, type ResourceRef } from "./principal";
import type { Named } from "./session";

export const PERMISSION_KINDS = ["administration", "device-access"] as const;
export type PermissionKind = (typeof PERMISSION_KINDS)[number];

export interface Permission {
  readonly code: string;
  readonly kind: PermissionKind;
  /** In English, for a code that the texts here do not know. */
  readonly text: string;
  /** True when its use asks for a second factor that was shown lately. */
  readonly freshFactor: boolean;
  /** Whether anything in this version of the server asks for it. */
  readonly used: boolean;
}

export interface Preset {
  readonly code: string;
  readonly name: string;
  readonly permissions: readonly string[];
}

/** Everything that can be allowed or denied, in the order of the server. */
export interface Catalogue {
  readonly permissions: readonly Permission[];
  readonly presets: readonly Preset[];
}

export function importCatalogue(value: unknown): Catalogue {
  const root = new Field(value);
  return {
    permissions: root.get("items").list((item) => ({
      code: item.get("code").text(),
      kind: item.get("kind").oneOf(...PERMISSION_KINDS),
      text: item.get("text").text(),
      freshFactor: item.get("freshFactor").boolOr(false),
      used: item.get("used").boolOr(true),
    })),
    presets: root.get("presets").listOrEmpty((item) => ({
      code: item.get("code").text(),
      name: item.get("name").text(),
      permissions: item.get("permissions").texts(),
    })),
  };
}

export const EFFECTS = ["allow", "deny"] as const;
export type Effect = (typeof EFFECTS)[number];

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The same hours of some days of each week, by the wall clock of a time zone. An end before the start is on the next day. */
export interface WeeklyWindow {
  readonly days: readonly Weekday[];
  /** "HH:MM". */
  readonly start: string;
  /** "HH:MM", not included; "24:00" is the end of the day. */
  readonly end: string;
  readonly zone: string;
}

/** When an entry counts; null stands for "no limit". */
export interface Validity {
  readonly from: Date | null;
  readonly until: Date | null;
  readonly window: WeeklyWindow | null;
}

/** One permission, allowed or denied to a person or a group on a resource and what is below it. */
export interface Entry extends Validity {
  readonly id: string;
  /** Where it is set. */
  readonly resource: ResourceRef;
  readonly principal: EntryPrincipal;
  readonly permission: string;
  readonly effect: Effect;
  readonly origin: "entry" | "request";
  /** Whoever holds the permission by it may pass it on. */
  readonly delegable: boolean;
  /** True when the caller may change and remove it. */
  readonly editable: boolean;
  readonly etag: string;
}

/** A folder or device that does not inherit, by what joins it again: the caller may not see it. */
export interface CutOff {
  readonly id: string;
  readonly name: string;
  readonly kind: "folder" | "device";
  readonly etag: string;
}

export function importCutOffs(value: unknown): Slice<CutOff> {
  return importSlice(value, (item): CutOff => {
    const root = new Field(item);
    return {
      ...importNamed(root),
      kind: root.get("kind").oneOf("folder", "device"),
      etag: etagOf(root.get("etag")),
    };
  });
}

export function importEntry(value: unknown): Entry {
  const root = new Field(value);
  return {
    id: importId(root.get("id")),
    resource: importResourceRef(root.get("resource").value),
    principal: importEntryPrincipal(root.get("principal").value),
    permission: root.get("permission").text(),
    effect: root.get("effect").oneOf(...EFFECTS),
    from: root.get("from").timeOrNull(),
    until: root.get("until").timeOrNull(),
    window: root.get("window").opt(importWindow),
    origin: root.get("origin").opt((field) => field.oneOf("entry", "request")) ?? "entry",
    delegable: root.get("delegable").boolOr(false),
    editable: root.get("editable").boolOr(false),
    etag: etagOf(root.get("etag")),
  };
}

function importWindow(field: Field): WeeklyWindow {
  return {
    days: field.get("days").list((day) => day.oneOf(...WEEKDAYS)),
    start: clock(field.get("start")),
    end: clock(field.get("end")),
    zone: field.get("zone").text(),
  };
}

function clock(field: Field): string {
  const text = field.text();
  const found = /^([01]\d|2[0-4]):([0-5]\d)(:00)?$/.exec(text);
  return found === null ? new Field(undefined, field.path).text() : `${found[1]}:${found[2]}`;
}

export function importEntries(value: unknown): Slice<Entry> {
  return importSlice(value, importEntry);
}

/** What a change would do to the rights of one person or group. */
export interface PreviewEffect {
  readonly principal: EntryPrincipal;
  readonly permission: string;
  /** Devices on which the permission is lost. */
  readonly lost: number;
  readonly gained: number;
  /** Folders, with or without devices, on which it is lost, and users and groups with rights of their own. */
  readonly placesLost: number;
  readonly placesGained: number;
  /** Persons who are concerned. */
  readonly users: number;
}

export interface Preview {
  readonly effects: readonly PreviewEffect[];
  /** False when nobody would be left who can administer the domain. */
  readonly ownersLeft: boolean;
  /** Running sessions that end or lose a tool. */
  readonly sessionsEnding: number;
}

export function importPreview(value: unknown): Preview {
  const root = new Field(value);
  return {
    effects: root.get("effects").list((item) => ({
      principal: importEntryPrincipal(item.get("principal").value),
      permission: item.get("permission").text(),
      lost: item.get("lost").count(),
      gained: item.get("gained").count(),
      placesLost: item.get("placesLost").count(),
      placesGained: item.get("placesGained").count(),
      users: item.get("users").absent ? 0 : item.get("users").count(),
    })),
    ownersLeft: root.get("ownersLeft").bool(),
    sessionsEnding: root.get("sessionsEnding").count(),
  };
}

/** An entry that had something to say, and why it did not decide. */
export interface LostEntry {
  readonly entry: Entry;
  readonly why: string;
}

/** Whether somebody holds a permission on a resource, and why. */
export interface Explanation {
  readonly permission: string;
  readonly granted: boolean;
  readonly deciding: Entry | null;
  readonly reason: string;
  readonly lost: readonly LostEntry[];
}

export interface EffectiveRights {
  readonly user: Named;
  readonly resource: ResourceRef;
  readonly items: readonly Explanation[];
}

export function importEffectiveRights(value: unknown): EffectiveRights {
  const root = new Field(value);
  return {
    user: importNamed(root.get("user")),
    resource: importResourceRef(root.get("resource").value),
    items: root.get("items").list((item) => ({
      permission: item.get("permission").text(),
      granted: item.get("granted").bool(),
      deciding: item.get("deciding").opt((field) => importEntry(field.value)),
      reason: item.get("reason").text(),
      lost: item.get("lost").listOrEmpty((lost) => ({
        entry: importEntry(lost.get("entry").value),
        why: lost.get("why").text(),
      })),
    })),
  };
}

/** What one person may do on a resource. */
export interface PersonOnResource {
  readonly user: Named;
  readonly permissions: readonly string[];
}

export function importEverybody(value: unknown): Slice<PersonOnResource> {
  return importSlice(value, (item) => {
    const root = new Field(item);
    return { user: importNamed(root.get("user")), permissions: root.get("permissions").texts() };
  });
}

/** A place where a person's rights begin or change. */
export interface PlaceOfPerson {
  readonly resource: ResourceRef;
  readonly permissions: readonly string[];
  /** Devices there and below. */
  readonly devices: number;
}

export function importPlacesOfPerson(value: unknown): Slice<PlaceOfPerson> {
  return importSlice(value, (item) => {
    const root = new Field(item);
    return {
      resource: importResourceRef(root.get("resource").value),
      permissions: root.get("permissions").texts(),
      devices: root.get("devices").count(),
    };
  });
}
