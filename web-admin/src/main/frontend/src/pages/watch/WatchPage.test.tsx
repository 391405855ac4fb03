// @vitest-environment happy-dom
import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeApi } from "../../app/testing/api";
import { domainOptions } from "../../app/testing/options";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { SessionError } from "../../session/errors";
import { acceptChangedKey, changedKey } from "../testing/changedKey";
import { deviceId } from "../testing/directory";
import { WatchPage } from "./WatchPage";
import type { WatchOptions } from "./watching";

const SID = "5".repeat(32);

/** Attempts in the order in which they were made, in place of sessions. */
const attempts = vi.hoisted(() => [] as { readonly options: WatchOptions; stopped: boolean }[]);

vi.mock("./watching", () => ({
  watch: (options: WatchOptions) => {
    const mine = { options, stopped: false };
    attempts.push(mine);
    return () => {
      if (mine.stopped) return;
      mine.stopped = true;
      options.onChange({ kind: "stopped" });
    };
  },
}));

vi.mock("./WatchedTerminal", () => ({
  WatchedTerminal: ({ label, tool }: { readonly label: string; readonly tool: number }) => (
    <section aria-label={label}>{`shows ${tool}`}</section>
  ),
}));

vi.mock("./WatchedDesktop", () => ({
  WatchedDesktop: ({ label, tool }: { readonly label: string; readonly tool: number }) => (
    <section aria-label={label}>{`shows ${tool}`}</section>
  ),
}));

const user = userEvent.setup();
let api: FakeApi;

beforeEach(() => {
  attempts.length = 0;
  api = new FakeApi()
    .on("GET /api/me", {
      json: {
        user: { id: deviceId(70), name: "Ada" },
        domain: { id: deviceId(60), name: "plant" },
        csrf: "c",
        permissions: { domain: [], anywhere: ["end-sessions", "watch-sessions"] },
      },
    })
    .on("GET /api/domain/options", { json: domainOptions() })
    .on("POST /api/sessions/*/end", { status: 204 })
    .on("GET /api/sessions", {
      json: {
        items: [
          {
            sid: SID,
            device: { uid: deviceId(1), name: "press-1" },
            user: { id: deviceId(71), name: "Bo" },
            operations: ["terminal"],
            account: null,
            reason: "bearing",
            relay: null,
            started: "2026-01-02T03:04:05Z",
            ended: null,
            endReason: null,
            clientAddress: null,
            deviceAddress: null,
            bytesIn: null,
            bytesOut: null,
          },
        ],
        next: null,
      },
    });
});

const show = (language: "en" | "de" = "en") =>
  renderPage("/sessions/:sid/watch", `/sessions/${SID}/watch?device=${deviceId(1)}`, <WatchPage />, { language });
const now = (watching: Parameters<WatchOptions["onChange"]>[0]) =>
  act(async () => attempts.at(-1)?.options.onChange(watching));
const stream = {} as never;

describe("watching a session", () => {
  it("shows its terminals as they come and go, and says that the other one is told", async () => {
    show();
    await waitFor(() => expect(attempts).toHaveLength(1));
    expect(attempts[0]?.options).toMatchObject({ sid: SID, device: deviceId(1) });
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Bo on press-1");
    expect(screen.getByText("The person who works there is told that you watch.")).toBeDefined();
    await now({ kind: "watching", stream, tools: [] });
    expect(screen.getByText("Nothing to see at the moment")).toBeDefined();
    await now({
      kind: "watching",
      stream,
      tools: [
        { tool: 1, service: "terminal" },
        { tool: 2, service: "hologram" },
      ],
    });
    expect(screen.getByRole("region", { name: "Terminal 1" }).textContent).toBe("shows 1");
    expect(screen.queryByText("shows 2")).toBeNull();
    await expectAccessible();
  });

  it("shows a desktop, and lets one choose where there are terminals too", async () => {
    show();
    await waitFor(() => expect(attempts).toHaveLength(1));
    await now({ kind: "watching", stream, tools: [{ tool: 3, service: "desktop" }] });
    expect((await screen.findByRole("region", { name: "Desktop 3" })).textContent).toBe("shows 3");
    expect(screen.queryByRole("button", { name: "Terminals" })).toBeNull();
    await now({
      kind: "watching",
      stream,
      tools: [
        { tool: 3, service: "desktop" },
        { tool: 4, service: "terminal" },
      ],
    });
    expect(screen.getByRole("region", { name: "Terminal 4" })).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Desktop" }));
    expect((await screen.findByRole("region", { name: "Desktop 3" })).textContent).toBe("shows 3");
    expect(screen.queryByRole("region", { name: "Terminal 4" })).toBeNull();
    await expectAccessible();
  });

  it("ends what it watches, and says what ended it", async () => {
    show();
    await waitFor(() => expect(attempts).toHaveLength(1));
    await now({ kind: "watching", stream, tools: [] });
    await user.click(screen.getByRole("button", { name: "End" }));
    const buttons = await screen.findAllByRole("button", { name: "End" });
    await user.click(buttons.at(-1) as HTMLElement);
    await waitFor(() => expect(api.of("POST", `/api/sessions/${SID}/end`)).toHaveLength(1));
    await now({ kind: "ended", error: undefined });
    expect(screen.getByRole("alert").textContent).toContain("The session has ended");
  });

  it.each([
    ["the stream", undefined],
    ["the access server", new SessionError("ended-by-server", "watched-ended")],
    ["the device", new SessionError("ended-by-device", "the session that was watched has ended")],
  ])("says the same when the watched session ends, whoever says it first: %s", async (_who, error) => {
    show();
    await waitFor(() => expect(attempts).toHaveLength(1));
    await now({ kind: "watching", stream, tools: [] });
    await now({ kind: "ended", error });
    const text = screen.getByRole("alert").textContent;
    expect(text).toContain("The session has ended");
    expect(text).toContain("Nobody works in it any more.");
    expect(text).not.toContain("You do not watch any more");
  });

  it("says why its own session has ended", async () => {
    show();
    await waitFor(() => expect(attempts).toHaveLength(1));
    await now({ kind: "watching", stream, tools: [] });
    await now({ kind: "ended", error: new SessionError("ended-by-server", "ended-by-administrator") });
    const text = screen.getByRole("alert").textContent;
    expect(text).toContain("You do not watch any more");
    expect(text).toContain("An administrator ended the session.");
  });

  it("stops and begins again", async () => {
    show();
    await waitFor(() => expect(attempts).toHaveLength(1));
    await now({ kind: "watching", stream, tools: [] });
    await user.click(screen.getByRole("button", { name: "Stop watching" }));
    expect(attempts[0]?.stopped).toBe(true);
    expect(screen.getByRole("alert").textContent).toContain("You do not watch any more");
    await user.click(screen.getByRole("button", { name: "Watch again" }));
    await waitFor(() => expect(attempts).toHaveLength(2));
  });

  it("says why it is not possible, in German too", async () => {
    show("de");
    await waitFor(() => expect(attempts).toHaveLength(1));
    await now({ kind: "failed", error: new SessionError("forbidden", "") });
    expect(screen.getByRole("alert").textContent).toContain(
      "Sie haben nicht die Berechtigung, Sitzungen auf diesem Gerät zuzuschauen.",
    );
  });

  it("goes on with a device whose new key was compared, in German too", async () => {
    show("de");
    await waitFor(() => expect(attempts).toHaveLength(1));
    await now({ kind: "failed", error: changedKey() });
    expect(screen.getByRole("alert").textContent).toContain("einen anderen Schlüssel als beim letzten Mal");
    await acceptChangedKey(user, "de");
    await waitFor(() => expect(attempts).toHaveLength(2));
  });
});
