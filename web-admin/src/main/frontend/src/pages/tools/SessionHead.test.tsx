// @vitest-environment happy-dom

import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { Link, Outlet } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { importDeviceDetail } from "../../api/device";
import { FakeApi, problem } from "../../app/testing/api";
import { domainOptions } from "../../app/testing/options";
import { expectAccessible, renderRoutes } from "../../app/testing/page";
import { type DeviceSide, fileSession } from "../../files/testing";
import type { Session, SessionState } from "../../session/api";
import { SessionError } from "../../session/errors";
import { ChatTab } from "../chat/ChatTab";
import { FilesTab } from "../files/FilesTab";
import { ProcessesTab } from "../processes/ProcessesTab";
import { device } from "../testing/directory";

interface Asked {
  readonly options: {
    readonly signal: AbortSignal;
    readonly onState: (state: SessionState) => void;
    readonly reason?: string;
  };
  readonly opens: (session: Session) => void;
  readonly fails: (error: SessionError) => void;
}

const asked = vi.hoisted(() => [] as Asked[]);

vi.mock("../../session", async (original) => ({
  ...(await original<object>()),
  openSession: (_device: string, _operations: unknown, _deps: unknown, options: Asked["options"]) =>
    new Promise<Session>((opens, fails) => asked.push({ options, opens, fails })),
}));

const SID = "0123456789abcdef0123456789abcdef";
const ID = "01900000-0000-7000-8000-000000000001";
const user = userEvent.setup();
const detail = importDeviceDetail(
  device(1, {
    inventory: null,
    certificate: null,
    addresses: [],
    words: [],
    assistanceOption: null,
    permissions: ["chat", "read-files", "view-processes"],
  }),
);
let api: FakeApi;

beforeEach(() => {
  asked.length = 0;
  api = new FakeApi()
    .on("GET /api/me", {
      json: {
        user: { id: ID, name: "anna" },
        domain: { id: ID, name: "works" },
        csrf: "c",
        operator: false,
        permissions: { domain: [], anywhere: [] },
      },
    })
    .on("GET /api/domain/options", { json: domainOptions({ commentRequired: true }) })
    .on("POST /api/sessions/*/comment", { status: 204 });
});

function serve(side: DeviceSide): void {
  if (side.request.op === "roots") {
    side.say({ roots: [] });
    side.end();
  }
}

async function show(tool: ReactElement) {
  const page = renderRoutes(
    [
      {
        path: "/d",
        element: (
          <>
            <Link to="/sessions">Elsewhere</Link>
            <Outlet context={{ device: detail, reload: async () => null }} />
          </>
        ),
        children: [{ path: "tool", element: tool }],
      },
    ],
    "/d/tool",
  );
  await waitFor(() => expect(asked).toHaveLength(1));
  await waitFor(() => expect(api.of("GET", "/api/domain/options")).not.toHaveLength(0));
  return page;
}

async function opened(tool: ReactElement) {
  const page = await show(tool);
  const session = { ...fileSession(serve), sid: SID, granted: ["chat"], state: { kind: "connected" } };
  await act(async () => asked[0]?.opens(session as unknown as Session));
  await screen.findByText("End-to-end encrypted");
  return page;
}

const says = (state: SessionState) => act(async () => asked.at(-1)?.options.onState(state));
const dialog = async (title: RegExp) => within(await screen.findByRole("dialog", { name: title }));
const ended = () => asked[0]?.options.signal.aborted;

describe.each([
  ["files", <FilesTab key="files" />, "End the session on press-1?"],
  ["processes", <ProcessesTab key="processes" />, "End the session on press-1?"],
  ["chat", <ChatTab key="chat" />, "Leave the chat with press-1?"],
] as const)("the session of the tool %s", (_name, tool, leaveTitle) => {
  it("says who is asked for consent and how long that waits, who refused and why", async () => {
    await show(tool);
    await says({ kind: "connecting", step: "consent" });
    await says({ kind: "connecting", step: "consent", consent: { whom: "device", until: Date.now() + 30_000 } });
    expect(await screen.findByText("Waiting for the person at press-1")).toBeDefined();
    screen.getByText(/^3[01] s left$/);
    await expectAccessible();
    await says({ kind: "connecting", step: "consent", consent: { whom: "approver", until: Date.now() + 30_000 } });
    expect(await screen.findByText("Waiting for somebody who may approve access to press-1")).toBeDefined();
    await says({ kind: "connecting", step: "handshake" });
    expect(screen.queryByText(/^Waiting for/)).toBeNull();
    await act(async () => asked[0]?.fails(new SessionError("consent-refused", "Eve: not now")));
    expect(await screen.findByText("Consent to this session was refused.")).toBeDefined();
    expect(screen.getByText("Eve: not now")).toBeDefined();
  });

  it("is given up while somebody is asked", async () => {
    await show(tool);
    await says({ kind: "connecting", step: "consent", consent: { whom: "device", until: Date.now() + 30_000 } });
    await user.click(screen.getByRole("button", { name: "End" }));
    expect(ended()).toBe(true);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.queryByText(/^Waiting for/)).toBeNull();
  });

  it("asks for the reason where one is wanted, and connects with it, also again", async () => {
    await show(tool);
    await act(async () => asked[0]?.fails(new SessionError("reason-required")));
    const asks = await dialog(/^Why do you want to use press-1\?$/);
    await expectAccessible();
    await user.type(asks.getByRole("textbox"), " the belt slips ");
    await user.click(asks.getByRole("button", { name: "Connect" }));
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked.map(({ options }) => options.reason)).toEqual([undefined, "the belt slips"]);
    expect(screen.queryByRole("dialog")).toBeNull();
    await act(async () => asked[1]?.fails(new SessionError("consent-timed-out")));
    await user.click(await screen.findByRole("button", { name: /again/i }));
    await waitFor(() => expect(asked).toHaveLength(3));
    expect(asked[2]?.options.reason).toBe("the belt slips");
  });

  it("lets the reason be, and asks for it at the next try", async () => {
    await show(tool);
    await act(async () => asked[0]?.fails(new SessionError("reason-required")));
    await user.click((await dialog(/^Why do/)).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.click(screen.getByRole("button", { name: /again/i }));
    await waitFor(() => expect(asked).toHaveLength(2));
    await act(async () => asked[1]?.fails(new SessionError("reason-required")));
    await dialog(/^Why do/);
  });

  it("ends when there is the comment that the domain wants, and not before", async () => {
    api.on("POST /api/sessions/*/comment", problem(503, "unavailable"));
    await opened(tool);
    await user.click(screen.getByRole("button", { name: "End" }));
    const asks = await dialog(/End the session on press-1\?$/);
    expect(asks.getByRole("button", { name: "End" })).toHaveProperty("disabled", true);
    await user.type(asks.getByRole("textbox"), "belt changed");
    await user.click(asks.getByRole("button", { name: "End" }));
    expect(await asks.findByText("The comment was not stored")).toBeDefined();
    expect(ended()).toBe(false);
    api.on("POST /api/sessions/*/comment", { status: 204 });
    await user.click(asks.getByRole("button", { name: "End" }));
    await waitFor(() => expect(ended()).toBe(true));
    expect(api.of("POST", `/api/sessions/${SID}/comment`).at(-1)?.body).toEqual({ comment: "belt changed" });
    await screen.findByRole("button", { name: /again/i });
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("keeps what was typed when it ends by itself meanwhile", async () => {
    await opened(tool);
    await user.click(screen.getByRole("button", { name: "End" }));
    await user.type((await dialog(/End the session on press-1\?$/)).getByRole("textbox"), "belt changed");
    await says({ kind: "ended", error: new SessionError("ended-by-server", "ended-by-administrator") });
    const asks = await dialog(/What was done on press-1\?$/);
    expect(asks.getByRole("textbox")).toHaveProperty("value", "belt changed");
    await user.click(asks.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ comment: "belt changed" }]);
  });

  it("says why it ended also when that was while the comment was on its way", async () => {
    await opened(tool);
    const { fetch } = globalThis;
    let arrive = () => {};
    const arrival = new Promise<void>((arrives) => {
      arrive = arrives;
    });
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      await arrival;
      return fetch(url, init);
    });
    await user.click(screen.getByRole("button", { name: "End" }));
    const asks = await dialog(/End the session on press-1\?$/);
    await user.type(asks.getByRole("textbox"), "belt changed");
    await user.click(asks.getByRole("button", { name: "End" }));
    await says({ kind: "ended", error: new SessionError("ended-by-server", "ended-by-administrator") });
    const why = screen.getByRole("alert", { hidden: true }).textContent;
    expect(why).not.toContain("The session has ended");
    arrive();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByRole("alert").textContent).toBe(why);
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ comment: "belt changed" }]);
  });

  it("goes on when nothing is said", async () => {
    await opened(tool);
    await user.click(screen.getByRole("button", { name: "End" }));
    await user.click((await dialog(/End the session/)).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(ended()).toBe(false);
    screen.getByText("End-to-end encrypted");
  });

  it("asks afterwards when it ended by itself", async () => {
    await opened(tool);
    await says({ kind: "ended", error: new SessionError("ended-by-server", "ended-by-administrator") });
    const asks = await dialog(/^What was done on press-1\?$/);
    await user.type(asks.getByRole("textbox"), "looked around");
    await user.click(asks.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ comment: "looked around" }]);
  });

  it("is left with the comment", async () => {
    const { router } = await opened(tool);
    await user.click(screen.getByRole("link", { name: "Elsewhere" }));
    const asks = within(await screen.findByRole("dialog", { name: (name) => name.endsWith(leaveTitle) }));
    expect(asks.getByRole("button", { name: "Leave" })).toHaveProperty("disabled", true);
    await user.type(asks.getByRole("textbox"), "done");
    await user.click(asks.getByRole("button", { name: "Leave" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sessions"));
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ comment: "done" }]);
    await waitFor(() => expect(ended()).toBe(true));
  });

  it("is not left without the comment when it ended while the question was open", async () => {
    const { router } = await opened(tool);
    await user.click(screen.getByRole("link", { name: "Elsewhere" }));
    const asks = within(await screen.findByRole("dialog", { name: (name) => name.endsWith(leaveTitle) }));
    await says({ kind: "ended", error: new SessionError("ended-by-server", "ended-by-administrator") });
    expect(asks.getByRole("button", { name: "Leave" })).toHaveProperty("disabled", true);
    await user.type(asks.getByRole("textbox"), "done");
    await user.click(asks.getByRole("button", { name: "Leave" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sessions"));
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ comment: "done" }]);
  });

  it("ends and is left at once where no comment is wanted", async () => {
    api.on("GET /api/domain/options", { json: domainOptions() });
    const { router } = await opened(tool);
    await user.click(screen.getByRole("link", { name: "Elsewhere" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sessions"));
    expect(ended()).toBe(true);
    expect(api.of("POST")).toEqual([]);
  });
});
