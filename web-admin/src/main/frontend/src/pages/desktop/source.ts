import type { SubDevice } from "../../api/subDevice";
import type { Operation } from "../../session/api";

/** A VNC server on the device or behind it; `docs/protocol/vnc.md`. */
export interface VncServer {
  /** As in the address of the page and in the operation: `device:5900`, `192.168.1.7:5901`, `[fe80:0:0:0:0:0:0:7]:5900`. */
  readonly text: string;
  readonly host: string;
  readonly port: number;
}

/** One that can be chosen. */
export interface OfferedServer {
  readonly server: VncServer;
  /** Of the sub-device; hostile text. */
  readonly name: string;
}

export const USUAL_VNC_PORT = 5900;
const TARGET = /^(device|[0-9.]{7,15}|\[[0-9a-f:]{2,39}\]):([1-9][0-9]{0,4})$/;
const MAX_PORT = 65_535;

/** @returns null for the device's own screen, and for what names no server */
export function parseServer(text: string | null): VncServer | null {
  const [, host = "", digits = ""] = TARGET.exec(text ?? "") ?? [];
  const port = Number(digits);
  if (host === "" || port > MAX_PORT) return null;
  return { text: text ?? "", host: host === "device" ? "localhost" : host.replace(/^\[|\]$/g, ""), port };
}

export function onDevice(port: number): VncServer | null {
  return parseServer(`device:${port}`);
}

export function operationOf(server: VncServer): Operation {
  return `vnc:${server.text}`;
}

/** The services of sub-devices that show a screen. */
export function offered(subs: readonly Pick<SubDevice, "name" | "ip" | "services">[]): readonly OfferedServer[] {
  return subs.flatMap(({ name, ip, services }) => {
    const host = ip === null ? null : canonical(ip);
    if (host === null) return [];
    return services
      .filter(({ kind }) => kind === "vnc")
      .flatMap(({ port }) => {
        const server = parseServer(`${host}:${port}`);
        return server === null ? [] : [{ server, name }];
      });
  });
}

/** As operations write it: IPv6 as eight groups in brackets. Null for what they do not write. */
function canonical(ip: string): string | null {
  if (!ip.includes(":")) return ip;
  const halves = ip.toLowerCase().split("::");
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return null;
  const groups = [...head, ...Array<string>(Math.max(0, missing)).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return null;
  return `[${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}]`;
}
