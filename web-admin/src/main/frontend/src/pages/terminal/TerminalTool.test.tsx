// @vitest-environment happy-dom
import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Link } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { importDeviceDetail } from "../../api/device";
import { FakeApi, problem } from "../../app/testing/api";
import { domainOptions } from "../../app/testing/options";
import { expectAccessible, renderRoutes } from "../../app/testing/page";
import { b64u } from "../../session/bytes";
import { SessionError } from "../../session/errors";
import { device, deviceId } from "../testing/directory";
import type { Connection, ConnectOptions } from "./connection";
import TerminalTool from "./TerminalTool";

const SID = "5".repeat(32);
const ZERO_WORDS = Array(8).fill("abandon").join(" ");

/** Attempts in the order in which they were made, in place of sessions. */
const attempts = vi.hoisted(() => [] as { readonly options: ConnectOptions; ended: boolean; compared: number }[]);
/** Whether the list of words cannot be fetched. */
const list = vi.hoisted(() => ({ fails: false }));

vi.mock("../../session", async (original) => {
  const session = await original<typeof import("../../session")>();
  return {
    ...session,
    fingerprintWords: (identity: Parameters<typeof session.fingerprintWords>[0]) =>
      list.fails ? Promise.reject(new TypeError("Failed to fetch")) : session.fingerprintWords(identity),
  };
});

vi.mock("./connection", () => ({
  connect: (options: ConnectOptions) => {
    const mine = { options, ended: false, compared: 0 };
    attempts.push(mine);
    return {
      sid: "5".repeat(32),
      end: () => {
        mine.ended = true;
      },
      compared: () => {
        mine.compared += 1;
      },
      exited: () => undefined,
    };
  },
}));

vi.mock("../../terminal", () => ({
  TerminalView: class {
    fit = () => ({ cols: 80, rows: 24 });
    reset() {}
    attach() {}
    focus() {}
    setDark() {}
    dispose() {}
  },
}));

const user = userEvent.setup();
const session = {
  kind: "connected",
  fingerprint: "3f2a 91bc 07de 55a1",
  relay: "relay-a",
  way: { client: 12, device: 8 },
  identity: new Uint8Array(32),
  unverified: true,
  firstContact: false,
  roundTrip: 3,
  resuming: false,
} as const;
const detail = importDeviceDetail(
  device(1, { inventory: null, certificate: null, addresses: [], words: [], assistanceOption: null }),
);

let api: FakeApi;

beforeEach(() => {
  attempts.length = 0;
  list.fails = false;
  api = new FakeApi()
    .on("GET /api/domain/options", { json: domainOptions({ commentRequired: true }) })
    .on("POST /api/sessions/*/comment", { status: 204 });
});

const now = (connection: Connection) => act(async () => attempts[0]?.options.onChange(connection));

async function connecting() {
  const page = renderRoutes(
    [
      {
        path: "/devices/:uid/terminal",
        element: (
          <>
            <Link to="/sessions">Elsewhere</Link>
            <TerminalTool device={detail} shown />
          </>
        ),
      },
    ],
    `/devices/${deviceId(1)}/terminal`,
  );
  await waitFor(() => expect(api.of("GET", "/api/domain/options")).toHaveLength(1));
  return page;
}

async function connected() {
  const page = await connecting();
  await now({ kind: "connected", session, account: "operator" });
  return page;
}

const click = async (name: string) => user.click(await screen.findByRole("button", { name }));
/** One that warns says so before its title. */
const dialog = async (title: string) =>
  within(await screen.findByRole("dialog", { name: (name) => name.endsWith(title) }));

describe("a terminal whose connection is lost", () => {
  it("says so while another relay is looked for, and stays", async () => {
    await connected();
    await now({ kind: "connected", session: { ...session, resuming: true }, account: "operator" });
    expect(screen.getByRole("alert").textContent).toContain("Connection lost, trying other relays…");
    await now({ kind: "connected", session: { ...session, relay: "relay-b" }, account: "operator" });
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByText("relay-b")).toBeDefined();
  });
});

describe("the session bar", () => {
  it("says who watches", async () => {
    await connected();
    const bar = screen.getByRole("region", { name: "Session" });
    await now({ kind: "connected", session: { ...session, watchers: ["A\u202eda"] }, account: "operator" });
    expect(bar.textContent).toMatch(/A.*da watches/);
    expect(bar.textContent).not.toContain("\u202e");
    await now({ kind: "connected", session: { ...session, watchers: ["Ada", "Bo"] }, account: "operator" });
    expect(bar.textContent).toContain("Ada, Bo watch");
    await expectAccessible();
    await now({ kind: "connected", session: { ...session, watchers: [] }, account: "operator" });
    expect(bar.textContent).not.toContain("watch");
  });

  it("names the relay and both parts of the way to it", async () => {
    await connected();
    const bar = screen.getByRole("region", { name: "Session" });
    expect(bar.textContent).toContain("relay-a12 ms + 8 ms");
    expect(bar.textContent).toContain("client to relay and back: 12 ms, device to relay and back: 8 ms");
    expect(bar.textContent).toContain("Round trip3 ms");
    await expectAccessible();
    await now({
      kind: "connected",
      session: { ...session, way: { client: undefined, device: 8 } },
      account: "operator",
    });
    expect(bar.textContent).toContain("– + 8 ms");
    await now({ kind: "connected", session: { ...session, way: undefined }, account: "operator" });
    expect(bar.textContent).not.toContain("8 ms");
  });
});

describe("the key of a device", () => {
  it("is unverified, with its words, until somebody says that they were compared", async () => {
    await connected();
    await now({ kind: "connected", session, account: "operator" });
    const bar = screen.getByRole("region", { name: "Session" });
    await waitFor(() => expect(bar.textContent).toContain(ZERO_WORDS));
    await click("Compare");
    const asks = await dialog("Is this the key of press-1?");
    expect(asks.getAllByRole("listitem")).toHaveLength(8);
    expect(asks.queryByText(/^[0-9a-f]{4} /), "the figures").toBeNull();
    const says = asks.getByRole("button", { name: "I compared these words" });
    expect(says).toHaveProperty("disabled", true);
    await expectAccessible();
    await user.click(asks.getByRole("checkbox", { name: "The words at the device are the same" }));
    await user.click(says);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(attempts[0]?.compared).toBe(1);
    await now({ kind: "connected", session: { ...session, unverified: false }, account: "operator" });
    expect(bar.textContent).not.toContain("Unverified");
    expect(bar.textContent).not.toContain(ZERO_WORDS);
    expect(screen.queryByRole("button", { name: "Compare" })).toBeNull();
  });

  it("stays unverified where its words cannot be shown", async () => {
    list.fails = true;
    await connected();
    await click("Compare");
    const asks = await dialog("Is this the key of press-1?");
    expect((await asks.findByRole("alert")).textContent).toContain("The words cannot be shown");
    await user.click(asks.getByRole("checkbox"));
    const says = asks.getByRole("button", { name: "I compared these words" });
    expect(says).toHaveProperty("disabled", true);
    await expectAccessible();
    list.fails = false;
    await user.click(asks.getByRole("button", { name: "Try again" }));
    expect(await asks.findAllByRole("listitem")).toHaveLength(8);
    await user.click(says);
    expect(attempts[0]?.compared).toBe(1);
  });

  it("that was changed is accepted with its words alone", async () => {
    const pin = `bascule.trust.device.${deviceId(1)}`;
    const known = new Uint8Array(32);
    const shown = new Uint8Array(32).fill(255);
    const changed = { device: deviceId(1), known, shown, counter: 3 };
    await connecting();
    localStorage.setItem(pin, JSON.stringify({ identity: b64u(known), counter: 9, compared: true }));
    await now({ kind: "failed", error: new SessionError("identity-changed", "", { changed }) });
    await click("Compare the keys");
    const asks = await dialog("Does press-1 have a new key?");
    const words = () => asks.getAllByRole("listitem").map((item) => item.textContent);
    await waitFor(() => expect(words(), "of the known key").toEqual(Array(8).fill("abandon")));
    expect(document.body.textContent).not.toContain("zoo");
    const accept = asks.getByRole("button", { name: "Accept the new key" });
    expect(accept).toHaveProperty("disabled", true);
    await expectAccessible();
    await user.type(asks.getByRole("textbox", { name: /Words that the machine shows/ }), ZERO_WORDS);
    await user.click(accept);
    expect(await asks.findByText(/These are not the words of the new key/)).toBeDefined();
    expect(asks.getByRole("textbox", { description: /Not the words of the new key/ })).toBeDefined();
    expect(localStorage.getItem(pin)).toContain('"counter":9');
    expect(attempts).toHaveLength(1);
    await user.clear(asks.getByRole("textbox"));
    await user.type(asks.getByRole("textbox"), "Zoo zoo zoo zoo, zoo zoo zoo zoo");
    await user.click(accept);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(JSON.parse(localStorage.getItem(pin) ?? "")).toEqual({
      identity: b64u(shown),
      counter: 3,
      compared: true,
    });
    expect(attempts, "it is tried again").toHaveLength(2);
  });

  it("that another tab has pinned meanwhile stays", async () => {
    const pin = `bascule.trust.device.${deviceId(1)}`;
    const shown = new Uint8Array(32).fill(255);
    const changed = { device: deviceId(1), known: new Uint8Array(32), shown, counter: 3 };
    await connecting();
    const other = JSON.stringify({ identity: b64u(new Uint8Array(32).fill(1)), counter: 9 });
    localStorage.setItem(pin, other);
    await now({ kind: "failed", error: new SessionError("identity-changed", "", { changed }) });
    await click("Compare the keys");
    const asks = await dialog("Does press-1 have a new key?");
    await user.type(asks.getByRole("textbox"), Array(8).fill("zoo").join(" "));
    await user.click(asks.getByRole("button", { name: "Accept the new key" }));
    expect(await asks.findByText(/The device has another key than last time/)).toBeDefined();
    expect(localStorage.getItem(pin)).toBe(other);
  });
});

describe("a terminal in a domain that asks what was done", () => {
  it("ends when there is a comment, and not before", async () => {
    api.on("POST /api/sessions/*/comment", problem(503, "unavailable"));
    await connected();
    await click("End");
    const asks = await dialog("End the session on press-1?");
    expect(asks.getByRole("button", { name: "End" })).toHaveProperty("disabled", true);
    await expectAccessible();
    await user.type(asks.getByRole("textbox", { name: /What was done/ }), " belt changed ");
    await user.click(asks.getByRole("button", { name: "End" }));
    expect(await asks.findByText("The comment was not stored")).toBeDefined();
    expect(attempts[0]?.ended).toBe(false);

    api.on("POST /api/sessions/*/comment", { status: 204 });
    await user.click(asks.getByRole("button", { name: "End" }));
    await waitFor(() => expect(attempts[0]?.ended).toBe(true));
    expect(api.of("POST", `/api/sessions/${SID}/comment`).map(({ body }) => body)).toEqual([
      { comment: "belt changed" },
      { comment: "belt changed" },
    ]);
    await now({ kind: "ended", exit: { kind: "left" }, session, account: "operator" });
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("goes on when nothing is said", async () => {
    await connected();
    await click("End");
    await user.click((await dialog("End the session on press-1?")).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(attempts[0]?.ended).toBe(false);
    expect(api.of("POST")).toEqual([]);
  });

  it("asks afterwards when it ended by itself, once", async () => {
    await connected();
    await now({ kind: "ended", exit: { kind: "code", code: 0 }, session, account: "operator" });
    const asks = await dialog("What was done on press-1?");
    await user.type(asks.getByRole("textbox", { name: /What was done/ }), "looked around");
    await user.click(asks.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ comment: "looked around" }]);
  });

  it("lets it be said later", async () => {
    await connected();
    await now({ kind: "ended", exit: { kind: "closed" }, session, account: "operator" });
    await user.click((await dialog("What was done on press-1?")).getByRole("button", { name: "Later" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST")).toEqual([]);
  });

  it("is left with a comment", async () => {
    const { router } = await connected();
    await user.click(screen.getByRole("link", { name: "Elsewhere" }));
    const asks = await dialog("Leave the terminal on press-1?");
    expect(asks.getByRole("button", { name: "Leave" })).toHaveProperty("disabled", true);
    await user.type(asks.getByRole("textbox", { name: /What was done/ }), "done");
    await user.click(asks.getByRole("button", { name: "Leave" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sessions"));
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ comment: "done" }]);
  });
});

describe("a terminal anywhere else", () => {
  it("ends at once", async () => {
    api.on("GET /api/domain/options", { json: domainOptions() });
    await connected();
    await click("End");
    expect(attempts[0]?.ended).toBe(true);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it.each([
    ["ended-by-server", "not-permitted", "Your permission for a terminal on this device was taken away"],
    ["ended-by-server", "contract-required", "The service contract that is required here is not in force any more"],
    ["ended-by-server", "qualification-required", "A qualification that is required here is missing or has expired"],
    ["ended-by-server", "ended-by-administrator", "An administrator ended the session."],
    ["ended-by-server", "<b>anything</b>", "The session was ended by an administrator or by the server."],
    [
      "not-permitted",
      "no longer permitted",
      "Your permission for a terminal on this device is missing, or was taken away.",
    ],
  ] as const)("that is ended as %s (%s) says why", async (code, detail, text) => {
    api.on("GET /api/domain/options", { json: domainOptions() });
    await connected();
    const error = new SessionError(code, detail);
    await now({ kind: "ended", exit: { kind: "error", error }, session, account: "operator" });
    expect((await screen.findByRole("alert")).textContent).toContain(text);
    await expectAccessible();
  });

  it("says who is asked for consent and how long that waits", async () => {
    await connecting();
    await now({ kind: "connecting", step: "consent", consent: { whom: "device", until: Date.now() + 30_000 } });
    expect(await screen.findByText("Waiting for the person at press-1")).toBeDefined();
    expect(screen.getByText("30 s left")).toBeDefined();
    await expectAccessible();
    await now({ kind: "connecting", step: "consent", consent: { whom: "approver", until: Date.now() + 30_000 } });
    expect(await screen.findByText("Waiting for somebody who may approve access to press-1")).toBeDefined();
    expect(screen.getByRole("button", { name: "Cancel" })).toBeDefined();
  });

  it("says who refused, and why", async () => {
    await connecting();
    await now({ kind: "failed", error: new SessionError("consent-refused", "Eve: not now") });
    expect(await screen.findByText("Consent to this session was refused.")).toBeDefined();
    expect(screen.getByText("Eve: not now")).toBeDefined();
  });

  it("asks for the reason where one is wanted, and connects with it", async () => {
    await connecting();
    await now({ kind: "failed", error: new SessionError("reason-required") });
    const dialog = within(await screen.findByRole("dialog", { name: "Why do you want to use press-1?" }));
    await user.type(dialog.getByRole("textbox"), "the belt slips");
    await user.click(dialog.getByRole("button", { name: "Connect" }));
    expect(attempts[1]?.options.reason).toBe("the belt slips");
  });
});
