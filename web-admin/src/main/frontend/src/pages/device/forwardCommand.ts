import type { Service, SubDevice } from "../../api/subDevice";

interface ForwardCommand {
  readonly service: Service;
  readonly command: string;
}

const FIRST_FREE = 1024;

/** The command that makes each service of a sub-device reachable on one's own computer; none for what has no address. */
export function forwardCommands(uid: string, sub: Pick<SubDevice, "ip" | "services">): readonly ForwardCommand[] {
  const { ip } = sub;
  if (ip === null) return [];
  const host = ip.includes(":") ? `[${ip}]` : ip;
  return sub.services
    .filter(({ kind }) => kind !== "serial")
    .map((service) => ({
      service,
      command: `bascule forward ${uid} ${localPort(service.port)}:${host}:${service.port}`,
    }));
}

/** Ports below 1024 belong to the administrator of a computer. */
function localPort(port: number): number {
  return port < FIRST_FREE ? port + 8000 : port;
}
