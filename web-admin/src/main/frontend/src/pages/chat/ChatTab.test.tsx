// @vitest-environment happy-dom

import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Outlet } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { importDeviceDetail } from "../../api/device";
import { FakeApi } from "../../app/testing/api";
import { domainOptions } from "../../app/testing/options";
import { expectAccessible, renderRoutes } from "../../app/testing/page";
import { objection } from "../../chat/client";
import { type DeviceSide, fileSession } from "../../files/testing";
import type { Session, SessionState } from "../../session/api";
import { SessionError } from "../../session/errors";
import { device } from "../testing/directory";
import { ChatTab } from "./ChatTab";

const opened = vi.hoisted(() => ({
  session: undefined as unknown,
  /** What becomes of the next one. */
  next: undefined as Promise<unknown> | undefined,
  asked: [] as unknown[],
  compared: 0,
  state: undefined as ((state: unknown) => void) | undefined,
}));

vi.mock("../../session", async (original) => ({
  ...(await original<object>()),
  openSession: async (
    _device: string,
    operations: unknown,
    _deps: unknown,
    options: { onState: (state: unknown) => void },
  ) => {
    opened.asked.push(operations);
    opened.state = options.onState;
    return opened.next ?? opened.session;
  },
}));

const HOSTILE = "<img src=x onerror=alert(1)> \u202eevil";
const SID = "0123456789abcdef0123456789abcdef";
const user = userEvent.setup();
let api: FakeApi;
let side: DeviceSide;
let said: string[];
let number: number;

function message(from: "user" | "device", text: string, who = "ada"): void {
  number += 1;
  side.say({ message: { number, time: "2026-01-02T03:04:05Z", from, who, text } });
}

function there(readers: string[], display: boolean, shown: number): void {
  side.say({ device: { readers, display, shown } });
}

function serve(served: DeviceSide): void {
  side = served;
  const text = served.received.map((bytes) => new TextDecoder().decode(bytes)).join("");
  said = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).text);
}

async function show() {
  api.on("GET /api/domain/options", { json: domainOptions() });
  opened.session = {
    ...fileSession(serve),
    sid: SID,
    granted: ["chat"],
    state: { kind: "connected" },
    compared: () => {
      opened.compared += 1;
    },
  } as unknown as Session;
  const detail = importDeviceDetail(
    device(1, {
      inventory: null,
      certificate: null,
      addresses: [],
      words: [],
      assistanceOption: null,
      permissions: ["chat"],
    }),
  );
  renderRoutes(
    [
      {
        path: "/d",
        element: <Outlet context={{ device: detail, reload: async () => null }} />,
        children: [{ path: "chat", element: <ChatTab /> }],
      },
    ],
    "/d/chat",
  );
  await screen.findByRole("textbox", { name: "Your message" });
  await waitFor(() => expect(side).toBeDefined());
}

beforeEach(() => {
  api = new FakeApi();
  said = [];
  number = 0;
  opened.asked = [];
  opened.next = undefined;
  opened.compared = 0;
});

describe("the chat with the person at the device", () => {
  it("goes both ways, with texts that stay texts", async () => {
    await show();
    expect(opened.asked).toEqual([["chat"]]);
    there(["page", "window"], true, 0);
    await screen.findByText("The chat is open at the device: local page, window on the display.");
    await user.type(screen.getByRole("textbox", { name: "Your message" }), "are you there?{Enter}");
    await waitFor(() => expect(said).toEqual(["are you there?"]));
    expect(screen.getByRole("textbox", { name: "Your message" })).toHaveProperty("value", "");
    message("user", "are you there?", "engineer");
    const log = screen.getByRole("log");
    await within(log).findByText("are you there?");
    within(log).getByText(/not shown yet/);
    there(["page", "window"], true, 1);
    await within(log).findByText(/shown at the device/);
    message("device", HOSTILE, "x\u202ey");
    await within(log).findByText("<img src=x onerror=alert(1)> [U+202E]evil");
    expect(log.querySelector("img")).toBeNull();
    expect(log.textContent).not.toContain("\u202e");
    await expectAccessible();
  });

  it("says when nobody can read, and when a window will come up", async () => {
    await show();
    there([], false, 0);
    await screen.findByText(/Nobody can see messages at the device now/);
    await expectAccessible();
    there([], true, 0);
    await screen.findByText(/A window comes up there with your next message/);
    expect(screen.queryByText(/Nobody can see messages/)).toBeNull();
  });

  it("does not send what is no message, and says why", async () => {
    await show();
    const field = screen.getByRole("textbox", { name: "Your message" });
    await user.click(field);
    await user.paste("ä".repeat(2_049));
    await user.keyboard("{Enter}");
    await screen.findByText("The message is too long: 4,096 bytes at most.");
    expect(field).toHaveProperty("value", "ä".repeat(2_049));
    expect(said).toEqual([]);
    side.say({ refused: { code: "failed", text: "<b>no" } });
    await screen.findByText("The device could not take the message.");
  });

  it("ends with a reason when the right is taken away, and keeps what was written", async () => {
    await show();
    message("device", "still here");
    await screen.findByText("still here");
    opened.state?.({
      kind: "ended",
      error: new SessionError("not-permitted"),
    } satisfies SessionState);
    expect((await screen.findByRole("alert")).textContent).toContain("taken away");
    screen.getByText("still here");
    expect(screen.queryByRole("textbox", { name: "Your message" })).toBeNull();
    screen.getByRole("button", { name: /again/i });
  });

  it("that has broken off is begun again: with the waiting for consent, and why there is none", async () => {
    await show();
    side.say({ refused: {} });
    expect((await screen.findByRole("alert")).textContent).toContain("protocol");
    let refuse: (error: SessionError) => void = () => undefined;
    opened.next = new Promise((_opened, failed) => {
      refuse = failed;
    });
    await user.click(screen.getByRole("button", { name: "Connect again" }));
    const consent = { whom: "approver", until: Date.now() + 60_000 } as const;
    act(() => opened.state?.({ kind: "connecting", step: "consent", consent } satisfies SessionState));
    await screen.findByText(/Waiting for/);
    expect(screen.queryByRole("alert")).toBeNull();
    refuse(new SessionError("consent-refused", "not today"));
    expect((await screen.findByRole("alert")).textContent).not.toContain("protocol");
  });

  it("is unverified, with its words, until somebody says that they were compared", async () => {
    await show();
    const state = {
      kind: "connected",
      fingerprint: "3f2a 91bc 07de 55a1",
      identity: new Uint8Array(32).fill(255),
      relay: "relay-a",
      way: undefined,
      unverified: true,
      firstContact: false,
      roundTrip: undefined,
      resuming: false,
    } satisfies SessionState;
    act(() => opened.state?.(state));
    const words = Array(8).fill("zoo").join(" ");
    await screen.findByText(words);
    screen.getByText("Unverified");
    await expectAccessible();
    await user.click(screen.getByRole("button", { name: "Compare" }));
    const asks = within(await screen.findByRole("dialog"));
    await user.click(asks.getByRole("checkbox"));
    await user.click(asks.getByRole("button", { name: "I compared these words" }));
    await waitFor(() => expect(opened.compared).toBe(1));
    act(() => opened.state?.({ ...state, unverified: false }));
    await waitFor(() => expect(screen.queryByText("Unverified")).toBeNull());
    expect(screen.queryByText(words)).toBeNull();
  });
});

describe("objection", () => {
  it("is what the device would object to", () => {
    expect(objection("a\nb")).toBe("control");
    expect(objection("\u2028")).toBe("control");
    expect(objection("\ud800")).toBe("control");
    expect(objection("😀 \u202e")).toBeUndefined();
    expect(objection("  ")).toBe("empty");
    expect(objection("x".repeat(4_096))).toBeUndefined();
    expect(objection("x".repeat(4_097))).toBe("too-long");
  });
});
