// @vitest-environment happy-dom
import { act, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { renderPage } from "../../app/testing/page";
import { FakeStream } from "../../desktop/testing";
import { SessionError } from "../../session";
import type { FileListener, WatchStream } from "../../session/api";
import { WatchedDesktop } from "./WatchedDesktop";

/** In place of noVNC. */
const views = vi.hoisted(() => [] as { controls: boolean; disposed: boolean }[]);

vi.mock("@novnc/novnc", () => ({ default: class {} }));
vi.mock("../../desktop/view", () => ({
  MAX_CLIPBOARD: 1024 * 1024,
  DesktopView: class {
    controls = false;
    disposed = false;
    constructor(place: HTMLElement) {
      place.append(document.createElement("canvas"));
      views.push(this);
    }
    dispose() {
      this.disposed = true;
    }
  },
}));

let device: FakeStream;
let listener: FileListener | null;
const stream = {
  openDesktop: (_tool: number, told: FileListener) => {
    listener = told;
    return device;
  },
} as unknown as WatchStream;

beforeEach(() => {
  views.length = 0;
  device = new FakeStream();
  listener = null;
});

const show = () => renderPage("/", "/", <WatchedDesktop stream={stream} tool={3} label="Desktop 3" />);
const STATE = { desktop: { display: ":0", account: "ada", mode: "view", screens: [] } };

describe("a desktop that is watched", () => {
  it("is drawn once, and never controlled", async () => {
    show();
    await act(async () => listener?.event(STATE));
    await act(async () => listener?.event(STATE));
    expect(views).toHaveLength(1);
    expect(views[0]?.controls).toBe(false);
    expect(device.said).toEqual([]);
    expect(screen.getByRole("region", { name: "Desktop 3" }).querySelector("canvas")).not.toBeNull();
  });

  it("names the VNC server whose screen it is", async () => {
    show();
    await act(async () => listener?.event({ desktop: { mode: "view", vnc: { name: "<b>panel\u202e</b>" } } }));
    expect(screen.getByText("Screen of the VNC server '<b>panel[U+202E]</b>'")).toBeDefined();
  });

  it("says why it is not shown, with the device's words as text", async () => {
    show();
    await act(async () => listener?.event({ error: { code: "failed", text: "Too many <b>look</b>." } }));
    await act(async () => listener?.ended(new SessionError("failed")));
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain("The desktop is not shown");
    expect(alert.textContent).toContain("Too many <b>look</b>.");
  });

  it("gives its stream up when it is not shown any more", async () => {
    const { unmount } = show();
    await act(async () => listener?.event(STATE));
    unmount();
    expect(device.cancelled).toBe(true);
    expect(views[0]?.disposed).toBe(true);
  });
});
