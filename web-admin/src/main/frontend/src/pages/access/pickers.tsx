import { importNamed } from "../../api/folder";
import { read } from "../../api/http";
import { Field, importId, importSlice } from "../../api/importer";
import type { Principal, PrincipalKind, ResourceRef } from "../../api/principal";
import { Picker } from "../../app/picker";
import { useTexts } from "../../i18n";
import { PrincipalName, ResourceName } from "./names";

/** How many of each kind are offered at a time. */
const OFFERED = 10;

interface PrincipalPickerProps {
  readonly label: string;
  readonly kinds: readonly PrincipalKind[];
  readonly chosen: Principal | null;
  readonly onChoose: (principal: Principal) => void;
  readonly isRequired?: boolean;
  readonly refused?: (principal: Principal) => string | undefined;
}

/** Finds a person or a group by name. */
export function PrincipalPicker({ kinds, ...props }: PrincipalPickerProps) {
  return (
    <Picker
      {...props}
      kind={kinds.join()}
      search={(q, signal) => searchPrincipals(kinds, q, signal)}
      show={(principal) => <PrincipalName principal={principal} />}
    />
  );
}

async function searchPrincipals(
  kinds: readonly PrincipalKind[],
  q: string,
  signal: AbortSignal,
): Promise<readonly Principal[]> {
  const of = (kind: PrincipalKind) => (value: unknown) =>
    importSlice(value, (item): Principal => ({ ...importNamed(new Field(item)), kind }));
  const found = await Promise.all(
    kinds.map((kind) => read("GET", `/api/${kind}s`, of(kind), { query: { q, limit: OFFERED }, signal })),
  );
  return found.flatMap((slice) => slice.items);
}

/** A resource that can be chosen, with what the caller may do there. */
export interface Place extends ResourceRef {
  readonly permissions: readonly string[];
}

interface PlacePickerProps {
  readonly label: string;
  readonly kinds: readonly ("folder" | "device")[];
  readonly chosen: ResourceRef | null;
  readonly onChoose: (place: Place) => void;
  readonly isRequired?: boolean;
  /** The permission that one needs there to choose it. */
  readonly needs?: string;
  /** Why one cannot be chosen all the same. */
  readonly refused?: (place: Place) => string | undefined;
}

/** Finds a folder or a device by name. */
export function PlacePicker({ kinds, needs, refused, chosen, ...props }: PlacePickerProps) {
  const { t } = useTexts();
  return (
    <Picker<Place>
      {...props}
      chosen={chosen === null ? null : { permissions: [], ...chosen }}
      kind={kinds.join()}
      search={(q, signal) => searchPlaces(kinds, q, signal)}
      show={(place) => <ResourceName resource={place} />}
      refused={(place) =>
        needs === undefined || place.permissions.includes(needs) ? refused?.(place) : t("picker.notPermitted")
      }
    />
  );
}

interface ResourcePickerProps {
  readonly label: string;
  readonly onChoose: (resource: ResourceRef) => void;
}

/** Finds a folder, a device, a person or a group by name: whatever a record can be about. */
export function ResourcePicker(props: ResourcePickerProps) {
  return (
    <Picker<ResourceRef>
      {...props}
      chosen={null}
      kind="folder,device,user,group"
      search={async (q, signal) => {
        const [places, people] = await Promise.all([
          searchPlaces(["folder", "device"], q, signal),
          searchPrincipals(["user", "group"], q, signal),
        ]);
        return [...places, ...people.map((each) => ({ ...each, path: [] }))];
      }}
      show={(resource) => <ResourceName resource={resource} />}
    />
  );
}

async function searchPlaces(
  kinds: readonly ("folder" | "device")[],
  q: string,
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const folders = async () =>
    (
      await read("GET", "/api/folders", (value) => importSlice(value, importFolderPlace), {
        query: { q, limit: OFFERED },
        signal,
      })
    ).items;
  const devices = async () =>
    (
      await read("GET", "/api/devices", (value) => importSlice(value, importDevicePlace), {
        query: { q: phrase(q), limit: OFFERED },
        signal,
      })
    ).items;
  const found = await Promise.all(kinds.map((kind) => (kind === "folder" ? folders() : devices())));
  return found.flat();
}

/** The words of a name as the search for devices takes them: none of them is read as one of its filters. */
function phrase(q: string): string {
  return q
    .replaceAll('"', " ")
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => `"${word}"`)
    .join(" ");
}

/** Reads a folder as far as choosing it needs. */
export function importFolderPlace(value: unknown): Place {
  const root = new Field(value);
  return {
    ...importNamed(root),
    kind: "folder",
    path: root.get("path").listOrEmpty(importNamed),
    permissions: root.get("permissions").texts(),
  };
}

/** Reads a device as far as choosing it needs. */
export function importDevicePlace(value: unknown): Place {
  const root = new Field(value);
  const folder = root.get("folder").textOrNull();
  const folderName = root.get("folderName").textOrNull();
  return {
    id: importId(root.get("uid")),
    name: root.get("name").text(),
    kind: "device",
    path: folder === null || folderName === null ? [] : [{ id: folder, name: folderName }],
    permissions: root.get("permissions").texts(),
  };
}
