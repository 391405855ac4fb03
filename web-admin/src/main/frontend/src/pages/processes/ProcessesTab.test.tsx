// @vitest-environment happy-dom

import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Outlet } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { importDeviceDetail } from "../../api/device";
import { FakeApi } from "../../app/testing/api";
import { expectAccessible, renderRoutes } from "../../app/testing/page";
import { type DeviceSide, fileSession } from "../../files/testing";
import type { Session } from "../../session/api";
import { acceptChangedKey, changedKey } from "../testing/changedKey";
import { device } from "../testing/directory";
import { ProcessesTab } from "./ProcessesTab";

const opened = vi.hoisted(() => ({ next: [] as (() => Promise<unknown>)[], asked: [] as unknown[] }));

vi.mock("../../session", async (original) => ({
  ...(await original<object>()),
  openSession: (_device: string, operations: unknown) => {
    opened.asked.push(operations);
    return opened.next.shift()?.() ?? new Promise(() => undefined);
  },
}));

const HOSTILE = "<img src=x onerror=alert(1)>\n\u202e\u001b[31m";
const ALL = ["view-processes", "manage-processes", "power"];
const user = userEvent.setup();
let requests: Record<string, unknown>[];
let table: DeviceSide | undefined;
let refusal: string | null;

type Row = readonly (number | string)[];
const ROWS: Row[] = [
  [1, 5, 0, "root", "S", 1, 1, 4_096, "init", "/sbin/init"],
  [20, 50, 1, "op", "R", 3, 995, 8_192, "busy", "busy --loop"],
  [30, 60, 20, "op", "S", 1, 0, 1_024, "child", HOSTILE],
  [31, 61, 2, "root", "S", 1, 0, 0, "kworker", ""],
];

function line(side: DeviceSide, json: unknown): void {
  side.send(new TextEncoder().encode(`${JSON.stringify(json)}\n`));
}

function sample(side: DeviceSide): void {
  line(side, { sample: { time: 0, uptime: 93_784, load: [50, 25, 10], memory: [4_000_000, 1_000_000, 0, 0] } });
}

function serve(side: DeviceSide): void {
  if (!requests.includes(side.request)) {
    requests.push(side.request);
    if (refusal !== null) {
      side.say({ error: { code: refusal, text: "" } });
      return side.end();
    }
    switch (side.request.op) {
      case "processes":
        table = side;
        line(side, { rows: ROWS });
        return sample(side);
      case "info": {
        const info = {
          hostName: "plc",
          os: { name: "Linux" },
          cpu: { name: "<b>cpu", threads: 4 },
          addresses: ["192.0.2.7"],
          fileSystems: [{ name: "/ (sda)", size: 2_000_000, free: 1_000_000 }],
          people: [],
        };
        line(side, info);
        return side.end();
      }
      case "start": {
        const text = new TextEncoder().encode("hello\n<b>\u001b[2J");
        const frame = new Uint8Array(5 + text.length);
        frame[0] = 1;
        new DataView(frame.buffer).setUint32(1, text.length);
        frame.set(text, 5);
        side.say({ opened: { account: "op" } });
        side.send(frame.slice(0, 7));
        side.send(frame.slice(7));
        side.say({ exit: { code: 3 } });
        return side.end();
      }
      default:
        side.say({ done: {} });
        return side.end();
    }
  }
  return undefined;
}

function open(granted: readonly string[]): void {
  opened.next.push(
    async () => ({ ...fileSession(serve), sid: "0", granted, state: { kind: "connected" } }) as unknown as Session,
  );
}

function show(permissions = ALL) {
  const detail = importDeviceDetail(
    device(1, { inventory: null, certificate: null, addresses: [], words: [], assistanceOption: null, permissions }),
  );
  const context = { device: detail, reload: async () => null };
  return renderRoutes(
    [
      {
        path: "/d",
        element: <Outlet context={context} />,
        children: [{ path: "processes", element: <ProcessesTab /> }],
      },
    ],
    "/d/processes",
  );
}

const commands = () =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("cell")[0]?.textContent);

beforeEach(() => {
  new FakeApi();
  requests = [];
  table = undefined;
  refusal = null;
  opened.next = [];
  opened.asked = [];
});

describe("the processes of a device", () => {
  it("are listed inertly, sorted, filtered and as a tree", async () => {
    open(["power", "process-manage", "process-view"]);
    show();
    await screen.findByText("busy --loop");
    expect(opened.asked).toEqual([["process-view", "process-manage", "power"]]);
    expect(commands()).toEqual(["20", "1", "30", "31"]);
    expect(document.querySelector("main img")).toBeNull();
    await user.click(await screen.findByText("About the device"));
    screen.getByText("<b>cpu · Threads: 4");
    screen.getByText("192.0.2.7");
    await expectAccessible();
    await user.click(screen.getByRole("button", { name: /^Number/ }));
    expect(commands()).toEqual(["1", "20", "30", "31"]);
    await user.click(screen.getByLabelText("As a tree"));
    await user.type(screen.getByRole("textbox", { name: /^Filter/ }), "onerror");
    expect(commands()).toEqual(["1", "20", "30"]);
  });

  it("follow what the device tells", async () => {
    open(["process-view"]);
    show(["view-processes"]);
    await screen.findByText("busy --loop");
    expect(screen.queryByRole("button", { name: /Process 20/ })).toBeNull();
    if (table === undefined) throw new Error("no table");
    line(table, { gone: [20] });
    line(table, { figures: [[1, 0, "S", 1, 700, 4_096]] });
    expect(screen.queryByText("busy --loop")).not.toBeNull();
    sample(table);
    await waitFor(() => expect(screen.queryByText("busy --loop")).toBeNull());
    expect(screen.getByText("70.0%")).toBeTruthy();
  });

  it("get a signal after their name was shown, with number and start", async () => {
    open(["process-manage", "process-view"]);
    show();
    await user.click(await screen.findByRole("button", { name: "Process 20, busy" }));
    const dialog = await screen.findByRole("dialog");
    within(dialog).getByText("busy --loop");
    await user.selectOptions(within(dialog).getByLabelText("Signal"), "KILL");
    await expectAccessible();
    await user.click(within(dialog).getByRole("button", { name: "Send signal" }));
    await screen.findByText("KILL was sent to busy (20)");
    expect(requests.at(-1)).toEqual({ op: "signal", pid: 20, start: 50, signal: "KILL" });
  });

  it("that have ended meanwhile are told apart", async () => {
    open(["process-manage", "process-view"]);
    show();
    await user.click(await screen.findByRole("button", { name: "Process 20, busy" }));
    refusal = "gone";
    await user.click(await screen.findByRole("button", { name: "Send signal" }));
    await screen.findByText("The process has ended already.");
  });

  it("are no longer shown when the right was taken away", async () => {
    open(["process-view"]);
    show(["view-processes"]);
    await screen.findByText("busy --loop");
    table?.say({ error: { code: "not-permitted", text: "" } });
    table?.end();
    await screen.findByText("Your permission for this is missing, or was taken away.");
    expect(screen.queryByText("busy --loop")).toBeNull();
  });

  it("can be started, with their output as inert text", async () => {
    open(["process-manage", "process-view"]);
    show();
    await user.click(await screen.findByRole("button", { name: "Start a program" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText(/Command line/), "echo hello");
    await user.click(within(dialog).getByRole("button", { name: "Start" }));
    await screen.findByText("Ended with the code 3");
    expect(dialog.querySelector("pre")?.textContent).toContain("hello\n<b>");
    expect(dialog.querySelector("pre")?.textContent).not.toContain("\u001b");
    expect(requests.at(-1)).toEqual({ op: "start", shell: "echo hello" });
    await expectAccessible();

    await user.type(within(dialog).getByLabelText(/Working folder/), "/srv");
    await user.type(within(dialog).getByLabelText(/Account/), " op ");
    await user.click(within(dialog).getByRole("button", { name: "Start" }));
    await waitFor(() =>
      expect(requests.at(-1)).toEqual({ op: "start", shell: "echo hello", folder: "/srv", account: "op" }),
    );
  });

  it("end with a restart that needs its permission and a reason", async () => {
    open(["power"]);
    show(["power"]);
    await screen.findByText("You may not see the processes of this device.");
    await user.click(screen.getByRole("button", { name: "Restart the device" }));
    const dialog = await screen.findByRole("dialog");
    const confirm = within(dialog).getByRole("button", { name: "Restart the device" });
    expect(confirm).toHaveProperty("disabled", true);
    await user.type(within(dialog).getByLabelText(/Reason/), "update");
    await user.click(confirm);
    await waitFor(() => expect(requests).toEqual([{ op: "restart", reason: "update" }]));
  });

  it("of a device with a new key are there when its words were compared", async () => {
    opened.next.push(() => Promise.reject(changedKey()));
    open(["process-view"]);
    show();
    expect((await screen.findByRole("alert")).textContent).toContain("another key than last time");
    await acceptChangedKey(user);
    await screen.findByText("busy --loop");
    expect(opened.asked).toHaveLength(2);
  });

  it("of a device with five thousand are drawn as far as they are in sight", async () => {
    open(["process-view"]);
    show(["view-processes"]);
    await screen.findByText("busy --loop");
    if (table === undefined) throw new Error("no table");
    const many = Array.from({ length: 5_000 }, (_, i) => [100 + i, i, 1, "op", "S", 1, 0, 0, `p${i}`, `/bin/p${i}`]);
    for (let i = 0; i < many.length; i += 500) line(table, { rows: many.slice(i, i + 500) });
    sample(table);
    await screen.findByText("Processes: 5,004");
    expect(screen.getAllByRole("row").length).toBeLessThan(200);
  });
});
