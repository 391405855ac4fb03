import { etagOf, Field, importId, importSlice, type Slice } from "./importer";

export const SERVICE_KINDS = ["http", "https", "ssh", "rdp", "vnc", "telnet", "serial", "tcp"] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];

/** The port at which a kind of service usually listens; a serial line has a number of its own. */
export const USUAL_PORT: Readonly<Record<ServiceKind, number>> = {
  http: 80,
  https: 443,
  ssh: 22,
  rdp: 3389,
  vnc: 5900,
  telnet: 23,
  serial: 1,
  tcp: 502,
};

export interface Service {
  readonly kind: ServiceKind;
  readonly port: number;
}

/** Something without an agent behind a device: a controller, a camera, a machine. */
export interface SubDevice {
  readonly id: string;
  readonly name: string;
  readonly mac: string | null;
  readonly ip: string | null;
  readonly description: string;
  readonly services: readonly Service[];
  readonly etag: string;
}

export function importSubDevice(value: unknown): SubDevice {
  const root = new Field(value);
  return {
    id: importId(root.get("id")),
    name: root.get("name").text(),
    mac: root.get("mac").textOrNull(),
    ip: root.get("ip").textOrNull(),
    description: root.get("description").textOrNull() ?? "",
    services: root.get("services").listOrEmpty((service) => ({
      kind: service.get("kind").oneOf(...SERVICE_KINDS),
      port: service.get("port").count(),
    })),
    etag: etagOf(root.get("etag")),
  };
}

export function importSubDevices(value: unknown): Slice<SubDevice> {
  return importSlice(value, importSubDevice);
}
