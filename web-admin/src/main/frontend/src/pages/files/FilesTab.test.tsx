// @vitest-environment happy-dom

import { createHash } from "node:crypto";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { DetachedWindowAPI } from "happy-dom";
import { Outlet } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { importDeviceDetail } from "../../api/device";
import { FakeApi } from "../../app/testing/api";
import { expectAccessible, renderRoutes } from "../../app/testing/page";
import { jsonOf } from "../../files/path";
import { type DeviceSide, fileSession, listed } from "../../files/testing";
import type { Session } from "../../session/api";
import { concat } from "../../session/bytes";
import { SessionError } from "../../session/errors";
import { device } from "../testing/directory";
import { FilesTab } from "./FilesTab";

const opened = vi.hoisted(() => ({ next: [] as (() => Promise<unknown>)[], asked: [] as unknown[] }));

vi.mock("../../session", async () => ({
  SessionError: (await import("../../session/errors")).SessionError,
  openSession: (_device: string, operations: unknown) => {
    opened.asked.push(operations);
    return opened.next.shift()?.() ?? new Promise(() => undefined);
  },
}));

const ID = "01900000-0000-7000-8000-000000000001";
const HOSTILE = "<img src=x onerror=alert(1)>";

type Tree = Map<string, Map<string, string>>;
let tree: Tree;
let requests: Record<string, unknown>[];
let lists: number;

/** By its path: where a link leads. */
let links: Map<string, string>;

const pathOf = (request: Record<string, unknown>) =>
  atob(String(request.path).replaceAll("-", "+").replaceAll("_", "/"));

/** A device with folders of texts. */
function serve(side: DeviceSide): void {
  const { request } = side;
  const op = request.op;
  if (op === "write" && !side.closed) return side.say({ ready: { offset: 0, pieces: "" } });
  requests.push(request);
  if (op === "list") lists += 1;
  const refuse = (code: string) => side.say({ error: { code, text: "" } });
  if (op === "roots") side.say({ roots: [{ path: jsonOf("/home/op"), there: true }] });
  else {
    const path = pathOf(request);
    const [folder, name] = [path.slice(0, path.lastIndexOf("/")), path.slice(path.lastIndexOf("/") + 1)];
    if (op === "list") {
      const found = tree.get(path);
      if (found === undefined) refuse("outside");
      else {
        side.say({ folder: { free: 5_000_000 } });
        for (const [child, text] of found) {
          const at = `${path}/${child}`;
          side.send(
            listed(child, links.has(at) ? "l" : tree.has(at) ? "d" : "f", links.get(at)?.length ?? text.length),
          );
        }
        side.say({ end: { entries: found.size } });
      }
    } else if (op === "write") {
      if (tree.get(folder)?.has(name) === true && request.replace !== true) refuse("exists");
      else {
        tree.get(folder)?.set(name, new TextDecoder().decode(concat(...side.received)));
        side.say({ done: { sha256: "", tag: "" } });
      }
    } else if (op === "stat") {
      const size = tree.get(folder)?.get(name)?.length ?? 0;
      side.say({ stat: { kind: "f", size, mode: 0o644, mtime: 1_500_000_000_000, tag: "t1" } });
    } else if (op === "read") {
      const content = new TextEncoder().encode(tree.get(folder)?.get(name) ?? "");
      side.say({ file: { size: content.length } });
      side.send(content);
      // the checksum of less than a piece
      const piece = createHash("sha256").update(content).digest();
      side.say({ end: { pieces: createHash("sha256").update(piece).digest("hex") } });
    } else if (op === "count") side.say({ done: { entries: 12, bytes: 3 } });
    else if (op === "delete") {
      tree.get(folder)?.delete(name);
      side.say({ done: { entries: 12 } });
    } else if (op === "rename") {
      const to = atob(String(request.to).replaceAll("-", "+").replaceAll("_", "/"));
      tree.get(folder)?.set(to.slice(to.lastIndexOf("/") + 1), tree.get(folder)?.get(name) ?? "");
      tree.get(folder)?.delete(name);
      side.say({ done: { entries: 1 } });
    } else side.say({ done: { entries: 1 } });
  }
  side.end();
}

function open(granted: readonly string[] = ["file-read", "file-write"]): void {
  const session = { ...fileSession(serve), sid: "0", granted, state: { kind: "connected" } } as unknown as Session;
  opened.next.push(async () => session);
}

const user = userEvent.setup();

function show(permissions = ["read-files", "write-files"], search = "") {
  const detail = importDeviceDetail(
    device(1, { inventory: null, certificate: null, addresses: [], words: [], assistanceOption: null, permissions }),
  );
  const context = { device: detail, reload: async () => null };
  return renderRoutes(
    [{ path: "/d", element: <Outlet context={context} />, children: [{ path: "files", element: <FilesTab /> }] }],
    `/d/files${search}`,
  );
}

beforeEach(() => {
  new FakeApi().on("GET /api/me", {
    json: {
      user: { id: ID, name: "anna" },
      domain: { id: ID, name: "works" },
      csrf: "c",
      operator: false,
      permissions: { domain: [], anywhere: [] },
    },
  });
  requests = [];
  lists = 0;
  links = new Map();
  opened.next = [];
  opened.asked = [];
  tree = new Map([
    [
      "/home/op",
      new Map([
        ["sub", ""],
        ["b10.txt", "ten"],
        ["b9.txt", "nine"],
        [".hidden", ""],
        [HOSTILE, "x"],
      ]),
    ],
    ["/home/op/sub", new Map([["inner", "1"]])],
  ]);
});

const names = () =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("cell")[1]?.textContent?.trim());

describe("the files of a device", () => {
  it("are listed inertly, folders first, numbers as numbers, hidden ones when wanted", async () => {
    open();
    show();
    await screen.findByText("b10.txt");
    expect(names()).toEqual(["sub", HOSTILE, "b9.txt", "b10.txt"]);
    expect(document.querySelector("main img")).toBeNull();
    expect(opened.asked).toEqual([["file-read", "file-write"]]);
    await user.click(screen.getByLabelText("Hidden files"));
    expect(names()).toContain(".hidden");
    await user.type(screen.getByRole("textbox", { name: "Filter by name" }), "B1");
    expect(names()).toEqual(["b10.txt"]);
    await expectAccessible();
  });

  it("take two lines on a phone, sorted by each column as elsewhere", async () => {
    const { happyDOM } = window as unknown as { readonly happyDOM: DetachedWindowAPI };
    const height = () => screen.getAllByRole("row")[1]?.style.height;
    open();
    show();
    await screen.findByText("b10.txt");
    expect(height()).toBe("40px");
    await act(async () => happyDOM.setViewport({ width: 390 }));
    expect(height()).toBe("60px");
    await user.click(screen.getByRole("button", { name: "Modified" }));
    expect(screen.getByRole("columnheader", { name: /Modified/ }).getAttribute("aria-sort")).toBe("descending");
    happyDOM.setViewport({ width: 1024 });
  });

  it("are gone through by folders, each under an address of its own", async () => {
    open();
    const { router } = show();
    await user.click(await screen.findByRole("button", { name: "Open the folder sub" }));
    await screen.findByText("inner");
    expect(router.state.location.search).toBe("?path=/home/op/sub");
    await user.click(screen.getByRole("button", { name: "/home/op" }));
    await screen.findByText("b9.txt");
  });

  it("outside of the opened folders are refused with a sentence", async () => {
    open();
    show(undefined, "?path=/etc");
    await screen.findByText("That is outside of the folders that the device's owner has opened.");
  });

  it("are uploaded, and replaced only when somebody says so", async () => {
    open();
    show();
    await screen.findByText("b9.txt");
    await user.upload(screen.getByLabelText("Upload files", { selector: "input" }), [
      new File(["new"], "b9.txt"),
      new File(["fresh"], "c.txt"),
    ]);
    await screen.findByText("Something of that name is there already.");
    await screen.findByRole("button", { name: "Download c.txt" });
    expect(tree.get("/home/op")?.get("b9.txt")).toBe("nine");
    await user.click(screen.getByRole("button", { name: "Replace b9.txt" }));
    await waitFor(() => expect(tree.get("/home/op")?.get("b9.txt")).toBe("new"));
    await waitFor(() => expect(screen.getAllByText(/done, checksum compared/)).toHaveLength(2));
    await expectAccessible();
  });

  it("that are dropped and cannot be read are not uploaded, and that is said", async () => {
    open();
    show();
    await screen.findByText("b9.txt");
    const file = (_done: unknown, failed: (error: unknown) => void) => failed(new DOMException("", "NotReadableError"));
    const items = [{ webkitGetAsEntry: () => ({ isFile: true, name: "c.txt", file }) }];
    fireEvent.drop(screen.getByRole("toolbar", { name: "What is selected" }), { dataTransfer: { items } });
    await screen.findByText(/Nothing of what was dropped is uploaded/);
    expect(requests.filter(({ op }) => op === "write")).toEqual([]);
  });

  it("are downloaded and handed to the browser", async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      if (this.download !== "") saved.push(this.download);
    });
    open();
    show();
    await user.click(await screen.findByRole("button", { name: "Download b10.txt" }));
    await screen.findByText(/done, checksum compared/);
    expect(saved).toEqual(["b10.txt"]);
    vi.restoreAllMocks();
  });

  it("that a link leads to are downloaded with their own size", async () => {
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    links.set("/home/op/current", "b");
    tree.get("/home/op")?.set("current", "x".repeat(3_000));
    open();
    show();
    await user.click(await screen.findByRole("button", { name: "Follow the link current" }));
    await screen.findByText(/2.9 KB of 2.9 KB/);
    vi.restoreAllMocks();
  });

  it("that come in great number are drawn in part, the folder is listed seldom, and what failed is on top", async () => {
    open();
    show();
    await screen.findByText("b9.txt");
    const before = lists;
    const many = Array.from({ length: 70 }, (_, i) => new File(["new"], `${i}.txt`));
    await user.upload(screen.getByLabelText("Upload files", { selector: "input" }), [
      ...many,
      new File(["new"], "b9.txt"),
    ]);
    await screen.findByText("70 of 71 finished · failed: 1", {}, { timeout: 20_000 });
    const rows = within(screen.getByRole("region", { name: "Transfers" })).getAllByRole("listitem");
    expect(rows).toHaveLength(50);
    expect(rows[0]?.textContent).toContain("b9.txt");
    await screen.findByText(/Entries: 74/);
    expect(lists - before).toBeLessThan(30);
    await user.click(screen.getByRole("button", { name: "Show more (not shown: 21)" }));
    expect(screen.getAllByRole("progressbar")).toHaveLength(71);
    await user.click(screen.getByRole("button", { name: "Remove finished" }));
    await waitFor(() => expect(screen.getAllByRole("progressbar")).toHaveLength(1));
    await expectAccessible();
  });

  it("are edited, renamed and deleted after their count", async () => {
    open();
    show();
    await user.click(await screen.findByLabelText("Select b9.txt"));
    await user.click(screen.getByRole("button", { name: "Edit" }));
    const text = await screen.findByRole("textbox", { name: "Edit b9.txt" });
    await user.clear(text);
    await user.type(text, "more");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(tree.get("/home/op")?.get("b9.txt")).toBe("more"));
    expect(requests.find(({ op }) => op === "write")).toMatchObject({ match: "t1", replace: true });

    await user.click(await screen.findByLabelText("Select b9.txt"));
    await user.click(screen.getByRole("button", { name: "Rename" }));
    const name = await screen.findByRole("textbox", { name: /Name/ });
    await user.clear(name);
    await user.type(name, "ü.txt");
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Rename" }));
    await screen.findByText("ü.txt");

    await user.click(screen.getByLabelText("Select sub"));
    await user.click(screen.getByRole("button", { name: "Delete" }));
    await screen.findByText(/that are deleted: 12\./);
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(screen.queryByText("sub")).toBeNull());
  });

  it("are edited with the line ends that they have", async () => {
    tree.get("/home/op")?.set("b9.txt", "one\r\ntwo\r\n");
    open();
    show();
    await user.click(await screen.findByLabelText("Select b9.txt"));
    await user.click(screen.getByRole("button", { name: "Edit" }));
    await user.type(await screen.findByRole("textbox", { name: "Edit b9.txt" }), "three");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(tree.get("/home/op")?.get("b9.txt")).toBe("one\r\ntwo\r\nthree"));
  });

  it("cannot be changed by who may only read", async () => {
    open(["file-read"]);
    show(["read-files"]);
    await screen.findByText("b9.txt");
    expect(opened.asked).toEqual([["file-read"]]);
    for (const name of ["Upload files", "New folder", "Delete", "Rename"])
      expect(screen.queryByRole("button", { name })).toBeNull();
    expect(screen.queryByText(/^Not allowed in this session/)).toBeNull();
  });

  it("cannot be changed where the session was not allowed to, which is said", async () => {
    open(["file-read"]);
    show();
    await screen.findByText("Not allowed in this session: Write files");
    await screen.findByText("b9.txt");
    expect(opened.asked).toEqual([["file-read", "file-write"]]);
    expect(screen.queryByRole("button", { name: "Upload files" })).toBeNull();
    await expectAccessible();
  });

  it("are told why there is no session, and tried again", async () => {
    opened.next.push(() => Promise.reject(new SessionError("device-offline")));
    show();
    await screen.findByText("No session for the files of press-1");
    open();
    await user.click(screen.getByRole("button", { name: "Connect again" }));
    await screen.findByText("b9.txt");
  });
});
