import { describe, expect, it } from "vitest";
import { offered, onDevice, operationOf, parseServer } from "./source";

describe("where a screen comes from", () => {
  it.each([
    ["device:5900", { text: "device:5900", host: "localhost", port: 5900 }],
    ["192.168.1.7:5901", { text: "192.168.1.7:5901", host: "192.168.1.7", port: 5901 }],
    ["[fe80:0:0:0:0:0:0:7]:5900", { text: "[fe80:0:0:0:0:0:0:7]:5900", host: "fe80:0:0:0:0:0:0:7", port: 5900 }],
  ])("is %s", (text, server) => {
    expect(parseServer(text)).toEqual(server);
  });

  it.each([
    null,
    "",
    "device",
    "device:0",
    "device:65536",
    "device:05900",
    "plc.example:5900",
    "1.2.3.4:5900\n",
    "a b:1",
  ])("is the device itself with %j", (text) => {
    expect(parseServer(text)).toBeNull();
  });

  it("is asked for as an operation", () => {
    const server = onDevice(5901);
    expect(server === null ? null : operationOf(server)).toBe("vnc:device:5901");
  });

  it("is offered for the screens of sub-devices, in the form of operations", () => {
    const vnc = { kind: "vnc", port: 5900 } as const;
    const subs = [
      { name: "panel", ip: "192.168.1.7", services: [vnc, { kind: "http", port: 80 } as const] },
      { name: "panel 6", ip: "FE80::0007", services: [vnc] },
      { name: "loop", ip: "::1", services: [vnc] },
      { name: "no address", ip: null, services: [vnc] },
      { name: "odd", ip: "::ffff:1.2.3.4", services: [vnc] },
      { name: "too long", ip: "1:2:3:4:5:6:7:8:9", services: [vnc] },
    ];
    expect(offered(subs).map(({ name, server }) => [name, server.text])).toEqual([
      ["panel", "192.168.1.7:5900"],
      ["panel 6", "[fe80:0:0:0:0:0:0:7]:5900"],
      ["loop", "[0:0:0:0:0:0:0:1]:5900"],
    ]);
  });
});
