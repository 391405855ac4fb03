import { describe, expect, it } from "vitest";
import { type DeviceProcess, type Sample, TableReader } from "./client";
import { rows } from "./rows";

const bytes = (text: string) => new TextEncoder().encode(text);
const SAMPLE = '{"sample":{"time":1,"uptime":7200,"load":[150,20,3],"memory":[1000,400,0,0]}}\n';

function process(pid: number, parent: number, cpu = 0, command = `p${pid}`): DeviceProcess {
  return { pid, start: pid, parent, user: "ada", state: "S", threads: 1, cpu, memory: pid, name: `n${pid}`, command };
}

describe("the table of processes", () => {
  it("is whole at first and then only what changed, however the bytes are cut", () => {
    const samples: Sample[] = [];
    const reader = new TableReader((sample) => samples.push(sample));
    const text =
      `{"rows":[[1,5,0,"root","S",1,-1,4096,"init","/sbin/ïnit"],[2,6,1,"ada","R",1,-1,10,"x",""]]}\n${SAMPLE}` +
      `{"gone":[2]}\n{"figures":[[1,0,"R",2,995,8192]]}\n${SAMPLE}`;
    for (const byte of bytes(text)) reader.add(new Uint8Array([byte]));
    expect(samples.length).toBe(2);
    expect(samples[0]?.processes.size).toBe(2);
    expect([...(samples[1]?.processes.values() ?? [])]).toEqual([
      {
        pid: 1,
        start: 5,
        parent: 0,
        user: "root",
        state: "R",
        threads: 2,
        cpu: 995,
        memory: 8192,
        name: "init",
        command: "/sbin/ïnit",
      },
    ]);
    expect(samples[1]).toMatchObject({ load: [150, 20, 3], memoryTotal: 1000, memoryAvailable: 400, uptime: 7200 });
  });

  it("that is none is refused", () => {
    for (const wrong of ["no\n", '{"rows":[[1]]}\n', '{"figures":[[9,1,"S",1,0,0]]}\n', '{"rows":1}\n', "[]\n"])
      expect(() => new TableReader(() => undefined).add(bytes(wrong)), wrong).toThrow();
    expect(() => new TableReader(() => undefined).add(bytes("x".repeat(300_000)))).toThrow();
  });
});

describe("rows", () => {
  const all = [process(1, 0), process(2, 1, 50), process(3, 2, 90, ""), process(4, 1, 70)];

  it("are sorted and filtered", () => {
    const pids = (key: "cpu" | "pid", filter = "") =>
      rows(all, { key, descending: key === "cpu" }, filter, false).map((row) => row.process.pid);
    expect(pids("cpu")).toEqual([3, 4, 2, 1]);
    expect(pids("pid", "N3")).toEqual([3]);
    expect(pids("pid", "4")).toEqual([4]);
  });

  it("are a tree with children behind their parents", () => {
    expect(rows(all, { key: "cpu", descending: true }, "", true).map((row) => [row.process.pid, row.depth])).toEqual([
      [1, 0],
      [4, 1],
      [2, 1],
      [3, 2],
    ]);
  });

  it("of parents of each other are all there", () => {
    expect(rows([process(2, 3), process(3, 2)], { key: "pid", descending: false }, "", true).length).toBe(2);
  });

  it("of five thousand are quick", () => {
    const many = Array.from({ length: 5_000 }, (_, i) => process(i + 1, i));
    const begin = performance.now();
    expect(rows(many, { key: "pid", descending: false }, "", true).length).toBe(5_000);
    expect(performance.now() - begin).toBeLessThan(500);
  });
});
