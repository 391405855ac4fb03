import { expect, it } from "vitest";
import { forwardCommands } from "./forwardCommand";

it("makes a command for each service that is reached over TCP", () => {
  const services = [
    { kind: "https", port: 443 },
    { kind: "serial", port: 1 },
    { kind: "tcp", port: 5020 },
  ] as const;
  expect(forwardCommands("0190-uid", { ip: "192.168.1.7", services }).map(({ command }) => command)).toEqual([
    "bascule forward 0190-uid 8443:192.168.1.7:443",
    "bascule forward 0190-uid 5020:192.168.1.7:5020",
  ]);
  expect(forwardCommands("0190-uid", { ip: "fe80:0:0:0:0:0:0:7", services })[0]?.command).toBe(
    "bascule forward 0190-uid 8443:[fe80:0:0:0:0:0:0:7]:443",
  );
  expect(forwardCommands("0190-uid", { ip: null, services })).toEqual([]);
});
