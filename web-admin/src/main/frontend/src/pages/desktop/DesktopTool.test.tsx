// @vitest-environment happy-dom
import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Link, Outlet } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { importDeviceDetail } from "../../api/device";
import { FakeApi } from "../../app/testing/api";
import { domainOptions } from "../../app/testing/options";
import { expectAccessible, renderRoutes } from "../../app/testing/page";
import type { DesktopChannel, DesktopListener, DesktopState } from "../../desktop";
import { SessionError } from "../../session/errors";
import type { Connection } from "../terminal/connection";
import { acceptChangedKey, changedKey } from "../testing/changedKey";
import { device, deviceId } from "../testing/directory";
import type { DesktopOptions, DesktopRequest } from "./connection";
import { DesktopTool } from "./DesktopTool";

interface Attempt {
  readonly options: DesktopOptions;
  readonly asked: DesktopRequest[];
  granted: readonly string[];
  ended: boolean;
  broken: boolean;
  compared: boolean;
}

/** Attempts in the order in which they were made, in place of sessions. */
const attempts = vi.hoisted(() => [] as Attempt[]);
const views = vi.hoisted(
  () =>
    [] as {
      readonly listener: DesktopListener;
      readonly did: unknown[];
      controls: boolean;
      fits: boolean;
      takesFocus: boolean;
    }[],
);

vi.mock("./connection", () => ({
  connectDesktop: (options: DesktopOptions) => {
    const mine: Attempt = {
      options,
      asked: [],
      granted: options.operations,
      ended: false,
      broken: false,
      compared: false,
    };
    attempts.push(mine);
    return {
      sid: "5".repeat(32),
      get granted() {
        return mine.granted;
      },
      ask: (request: DesktopRequest) => mine.asked.push(request),
      broken: () => {
        mine.broken = true;
      },
      compared: () => {
        mine.compared = true;
      },
      end: () => {
        mine.ended = true;
      },
    };
  },
}));

// noVNC itself is tried in ../../desktop
vi.mock("@novnc/novnc", () => ({ default: class {} }));
vi.mock("../../desktop/view", () => ({
  MAX_CLIPBOARD: 1024 * 1024,
  DesktopView: class {
    did: unknown[] = [];
    controls = false;
    fits = true;
    takesFocus = true;
    constructor(
      place: HTMLElement,
      _channel: DesktopChannel,
      _label: string,
      readonly listener: DesktopListener,
    ) {
      place.append(document.createElement("canvas"));
      views.push(this);
    }
    focus() {}
    press(keys: readonly { readonly code: string }[]) {
      this.did.push(keys.map(({ code }) => code));
    }
    type(keysym: number) {
      this.did.push(keysym);
    }
    paste(text: string) {
      this.did.push(text);
      return text !== "too long";
    }
    async picture() {
      return new Blob(["png"]);
    }
    dispose() {
      this.did.push("disposed");
    }
  },
}));

const user = userEvent.setup();
const ALL = ["view-desktop", "control-desktop", "clipboard-to-device", "clipboard-from-device"];
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
const STATE: DesktopState = {
  display: ":0",
  account: "operator",
  mode: "control",
  screens: [
    { id: "64", name: "HDMI-1", width: 1920, height: 1080 },
    { id: "65", name: "<b>DP-1</b>", width: 1280, height: 1024 },
  ],
  locked: false,
  localInput: true,
  clipboard: { toDevice: true, fromDevice: true },
};

let api: FakeApi;

beforeEach(() => {
  attempts.length = 0;
  views.length = 0;
  api = new FakeApi()
    .on("GET /api/domain/options", { json: domainOptions() })
    .on("POST /api/sessions/*/comment", { status: 204 })
    .on("GET /api/devices/*/sub-devices", {
      json: {
        items: [
          {
            id: "0198b2a0-0000-7000-8000-00000000aaaa",
            name: "<b>panel</b>",
            mac: null,
            ip: "192.168.1.7",
            description: null,
            services: [
              { kind: "vnc", port: 5901 },
              { kind: "http", port: 80 },
            ],
            etag: "1",
          },
        ],
        next: null,
      },
    });
});

const now = (connection: Connection) => act(async () => attempts[0]?.options.onChange(connection));
const says = (state: DesktopState) => act(async () => attempts[0]?.options.onState(state));
const click = async (name: string | RegExp) => user.click(await screen.findByRole("button", { name }));
const pressed = (name: string) => screen.getByRole("button", { name }).getAttribute("aria-pressed");

async function shown(permissions: readonly string[] = ALL, state = STATE, search = "") {
  const detail = importDeviceDetail(
    device(1, { inventory: null, certificate: null, addresses: [], words: [], assistanceOption: null, permissions }),
  );
  const context = { device: detail, reload: async () => null };
  const page = renderRoutes(
    [
      {
        path: "/devices/:uid",
        element: (
          <>
            <Link to="/sessions">Elsewhere</Link>
            <Outlet context={context} />
          </>
        ),
        children: [{ path: "desktop", element: <DesktopTool /> }],
      },
    ],
    `/devices/${deviceId(1)}/desktop${search}`,
  );
  await waitFor(() => expect(attempts).toHaveLength(1));
  await now({ kind: "connected", session, account: "operator" });
  await says(state);
  await act(async () => attempts[0]?.options.onDesktop({ close: () => undefined } as unknown as DesktopChannel));
  await screen.findByRole("toolbar", { name: "Tools of the desktop" });
  return page;
}

describe("the desktop of a device", () => {
  it("is opened with what the user may do, and controlled", async () => {
    await shown();
    expect(attempts[0]?.options.operations).toEqual([
      "desktop-view",
      "desktop-control",
      "clipboard-to-device",
      "clipboard-from-device",
    ]);
    expect(views[0]?.controls).toBe(true);
    expect(pressed("Control")).toBe("true");
    const bar = screen.getByRole("region", { name: "Session" });
    for (const text of ["End-to-end encrypted", "3f2a 91bc 07de 55a1", "relay-a", "operator"])
      expect(bar.textContent).toContain(text);
    await expectAccessible();
  });

  it("is only looked at when one wishes so: the device is asked, and its answer counts", async () => {
    await shown();
    await click("View");
    expect(attempts[0]?.asked).toEqual([{ mode: "view" }]);
    expect(pressed("View")).toBe("false");
    await says({ ...STATE, mode: "view" });
    expect(pressed("View")).toBe("true");
    expect(views[0]?.controls).toBe(false);
    for (const name of ["Keys", "Lock local input"])
      expect(screen.getByRole("button", { name })).toHaveProperty("disabled", true);
    await click("Control");
    expect(attempts[0]?.asked.at(-1)).toEqual({ mode: "control" });
  });

  it("says who decides where one may only look", async () => {
    await shown(["view-desktop"], { ...STATE, mode: "view" });
    expect(attempts[0]?.options.operations).toEqual(["desktop-view"]);
    expect(screen.getByText(/whoever manages access to this device decides/)).toBeDefined();
    expect(screen.getByRole("button", { name: "Control" })).toHaveProperty("disabled", true);
    expect(screen.getByRole("button", { name: /Request access/ })).toBeDefined();
    await click("Clipboard");
    expect(screen.queryByRole("textbox")).toBeNull();
    await expectAccessible();
  });

  it("says so where the device granted less than was asked for", async () => {
    await shown(ALL, { ...STATE, mode: "view" });
    const [first] = attempts;
    if (first !== undefined) first.granted = ["desktop-view"];
    await says({ ...STATE, mode: "view" });
    expect(screen.getByText(/the person who consented did not allow it/)).toBeDefined();
    expect(screen.queryByRole("button", { name: /Request access/ })).toBeNull();
  });

  it("gets keys that the browser keeps for itself", async () => {
    await shown();
    await click("Keys");
    await user.click(await screen.findByRole("menuitem", { name: "Ctrl+Alt+Del" }));
    expect(views[0]?.did).toEqual([["ControlLeft", "AltLeft", "Delete"]]);
    await click("Keys");
    await user.click(await screen.findByRole("menuitem", { name: "Win" }));
    expect(views[0]?.did.at(-1)).toEqual(["MetaLeft"]);
  });

  it("shows one monitor, in its size, in a chosen quality", async () => {
    await shown();
    const monitor = screen.getByRole("combobox", { name: "Monitor" });
    expect(within(monitor).getByRole("option", { name: "<b>DP-1</b> (1280 × 1024)" })).toBeDefined();
    await user.selectOptions(monitor, "65");
    await user.selectOptions(screen.getByRole("combobox", { name: "Size" }), "full");
    expect(views[0]?.fits).toBe(false);
    const quality = screen.getByRole("combobox", { name: "Quality" });
    await user.selectOptions(quality, "3");
    await user.selectOptions(quality, "auto");
    expect(attempts[0]?.asked).toEqual([{ screen: "65" }, { quality: 3 }, { quality: "auto" }]);
    await says({ ...STATE, screens: STATE.screens.slice(0, 1) });
    expect(screen.queryByRole("combobox", { name: "Monitor" })).toBeNull();
  });

  it("locks the input at the device, and shows what the device says of it", async () => {
    await shown();
    await click("Lock local input");
    expect(attempts[0]?.asked).toEqual([{ lock: true }]);
    expect(pressed("Lock local input")).toBe("false");
    await says({ ...STATE, localInput: false });
    expect(pressed("Lock local input")).toBe("true");
    await click("Lock local input");
    expect(attempts[0]?.asked.at(-1)).toEqual({ lock: false });
  });

  it("says that the lock has ended because the connection was lost, until it is locked again", async () => {
    await shown(ALL, { ...STATE, localInput: false });
    await says(STATE);
    await act(async () => attempts[0]?.options.onRefusal({ code: "unlocked", text: "It was lost." }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("Mouse and keyboard at the device work again");
    expect(alert.textContent).toContain("Lock the local input again if you need to.");
    expect(alert.textContent).not.toContain("The device did not do that");
    expect(pressed("Lock local input")).toBe("false");
    await says({ ...STATE, localInput: false });
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("says what fingers do, where one has no mouse, while one controls", async () => {
    const pointers = vi
      .spyOn(window, "matchMedia")
      .mockImplementation((query) => ({ matches: query.includes("pointer: coarse") }) as MediaQueryList);
    await shown();
    expect(screen.getByText(/Two fingers or a long press: right button/)).toBeDefined();
    await click("Keyboard");
    expect(screen.getByLabelText("Type here for the device")).toBeDefined();
    await says({ ...STATE, mode: "view" });
    expect(screen.queryByText(/Two fingers or a long press/)).toBeNull();
    pointers.mockRestore();
  });

  it("is saved as a picture", async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      if (this.download !== "") saved.push(this.download);
    });
    await shown();
    await click("Screenshot");
    await screen.findByText("The screenshot was saved");
    expect(saved[0]).toMatch(/^press-1 \d{4}-\d\d-\d\dT[\d-]+\.png$/);
  });

  it("has a clipboard both ways, by hand where the browser forbids", async () => {
    await shown();
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("not allowed"));
    await click("Clipboard");
    await user.type(screen.getByRole("textbox", { name: "Text for the device" }), "häß");
    await click("Send to the device");
    expect(views[0]?.did).toEqual(["häß"]);
    expect(screen.getByText("The text is on the device's clipboard.")).toBeDefined();
    await act(async () => views[0]?.listener.clipboard("<i>from there</i>"));
    expect(screen.getByRole("textbox", { name: "Text from the device" })).toHaveProperty("value", "<i>from there</i>");
    await click("Copy to this browser's clipboard");
    await screen.findByText(/This browser does not let the page use its clipboard/);
    await expectAccessible();
  });

  it("sends what was copied by itself only when one wishes so", async () => {
    await shown();
    const permission = (state: PermissionState) => ({ state }) as PermissionStatus;
    const query = vi.spyOn(navigator.permissions, "query").mockResolvedValue(permission("granted"));
    const read = vi.spyOn(navigator.clipboard, "readText").mockResolvedValue("a password");
    const back = () => act(async () => void window.dispatchEvent(new Event("focus")));
    await back();
    expect(read).not.toHaveBeenCalled();
    await click("Clipboard");
    const follows = screen.getByRole("checkbox", { name: "Send what I copy by itself" });
    expect(follows).toHaveProperty("checked", false);
    await user.click(follows);
    await waitFor(() => expect(views[0]?.did).toEqual(["a password"]));
    await back();
    read.mockResolvedValue("another");
    await back();
    expect(views[0]?.did).toEqual(["a password", "another"]);
    await user.click(follows);
    read.mockResolvedValue("a third");
    await back();
    expect(views[0]?.did).toHaveLength(2);
    query.mockResolvedValue(permission("denied"));
    await user.click(follows);
    await screen.findByText(/This browser does not let the page use its clipboard/);
    expect(follows).toHaveProperty("checked", false);
    await expectAccessible();
    read.mockRestore();
    query.mockRestore();
  });

  it("sends nothing by itself that it has read when it may no longer, and later what the device has not had", async () => {
    await shown();
    const query = vi.spyOn(navigator.permissions, "query").mockResolvedValue({ state: "granted" } as PermissionStatus);
    const read = vi.spyOn(navigator.clipboard, "readText").mockResolvedValue("");
    let give: (text: string) => void = () => undefined;
    /** The browser is slow to say what is on its clipboard. */
    const asked = async () => {
      read.mockReturnValueOnce(
        new Promise((resolve) => {
          give = resolve;
        }),
      );
      await act(async () => void window.dispatchEvent(new Event("focus")));
    };
    const lost = (resuming: boolean) =>
      now({ kind: "connected", session: { ...session, resuming }, account: "operator" });
    await click("Clipboard");
    const follows = screen.getByRole("checkbox", { name: "Send what I copy by itself" });
    await user.click(follows);
    await waitFor(() => expect(follows).toHaveProperty("checked", true));
    await asked();
    await lost(true);
    await act(async () => give("a password"));
    expect(views[0]?.did).toEqual([]);
    read.mockResolvedValue("a password");
    await lost(false);
    await waitFor(() => expect(views[0]?.did).toEqual(["a password"]));
    await asked();
    await user.click(follows);
    await act(async () => give("another"));
    expect(views[0]?.did).toEqual(["a password"]);
    read.mockRestore();
    query.mockRestore();
  });

  it("takes no text from a device that was not granted it", async () => {
    await shown(["view-desktop", "control-desktop"]);
    const written = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await act(async () => views[0]?.listener.clipboard("unasked"));
    expect(written).not.toHaveBeenCalled();
    await click("Clipboard");
    expect(screen.queryByDisplayValue("unasked")).toBeNull();
    written.mockRestore();
  });

  it("offers the clipboard only as far as the device says", async () => {
    await shown(ALL, { ...STATE, clipboard: { toDevice: false, fromDevice: false } });
    await click("Clipboard");
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.getAllByText(/the person who consented did not allow it/)).toHaveLength(2);
  });

  it("says what the device did not do, until it says something else", async () => {
    await shown();
    await act(async () => attempts[0]?.options.onRefusal({ code: "not-permitted", text: "<b>No.</b>" }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("Your permission for that is missing, or was taken away.");
    expect(alert.textContent).toContain("The device says: <b>No.</b>");
    await says(STATE);
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("says that nothing is pressed while somebody at the device is asked", async () => {
    await shown(ALL, { ...STATE, held: true });
    expect(screen.getByText(/Somebody at the device is being asked/)).toBeDefined();
    await says(STATE);
    expect(screen.queryByText(/Somebody at the device is being asked/)).toBeNull();
  });

  it("says that its screen is locked, and that the connection is lost", async () => {
    await shown(ALL, { ...STATE, locked: true });
    expect(screen.getByText(/The screen of the device is locked/)).toBeDefined();
    await now({ kind: "connected", session: { ...session, resuming: true }, account: "operator" });
    expect(screen.getByRole("alert").textContent).toContain("Connection lost, trying other relays…");
    expect(views[0]?.did).toEqual([]);
  });

  it("takes nothing while the connection is lost: it would be done later, on a desktop that nobody has seen", async () => {
    await shown();
    const lost = (resuming: boolean) =>
      now({ kind: "connected", session: { ...session, resuming }, account: "operator" });
    const veil = /Mouse and keyboard reach the device again when it is back/;
    await click("Clipboard");
    await user.type(screen.getByRole("textbox", { name: "Text for the device" }), "x");
    expect(screen.queryByText(veil)).toBeNull();
    await lost(true);
    expect(views[0]?.controls).toBe(false);
    expect(screen.getByText(veil)).toBeDefined();
    for (const name of ["Keys", "Control", "Lock local input"])
      expect(screen.getByRole("button", { name })).toHaveProperty("disabled", true);
    await click("Send to the device");
    expect(screen.getAllByText(veil)).toHaveLength(2);
    expect(views[0]?.did).toEqual([]);
    await expectAccessible();
    // what the device had said before it was lost
    await says({ ...STATE });
    expect(views[0]?.controls).toBe(false);
    await lost(false);
    expect(views[0]?.controls).toBe(true);
    expect(screen.getByRole("button", { name: "Keys" })).toHaveProperty("disabled", false);
  });

  it.each([
    ["no-display", "Nobody is signed in to a graphical desktop"],
    ["wayland", "runs under Wayland"],
    ["denied", "did not let the agent in"],
    ["unsupported", "cannot show the desktop of this kind of device"],
    ["failed", "The device could not show its desktop."],
    ["new-in-2030", "The device could not start"],
  ])("is not shown because of %s, with a sentence for it", async (code, sentence) => {
    await shown();
    await act(async () => attempts[0]?.options.onRefusal({ code, text: "What can be done." }));
    await now({ kind: "ended", exit: { kind: "error", error: new SessionError("failed") }, session, account: null });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The desktop of press-1 is not shown");
    expect(alert.textContent).toContain(sentence);
    expect(alert.textContent).toContain("The device says: What can be done.");
    expect(screen.queryByRole("toolbar")).toBeNull();
    expect(views[0]?.did).toContain("disposed");
    await expectAccessible();
    await click("Connect again");
    expect(attempts).toHaveLength(2);
  });

  it.each([
    ["ended-by-server", "not-permitted", "Your permission for the desktop of this device was taken away"],
    ["ended-by-server", "ended-by-administrator", "An administrator ended the session."],
    ["not-permitted", "", "Your permission for the desktop of this device was taken away"],
    ["switched-off", "", "Remote access was switched off at the device."],
  ] as const)("is ended as %s (%s) with the reason", async (code, detail, text) => {
    await shown();
    const error = new SessionError(code, detail);
    await now({ kind: "ended", exit: { kind: "error", error }, session, account: "operator" });
    expect((await screen.findByRole("alert")).textContent).toContain(text);
  });

  it("is missing with a way to ask for it", async () => {
    await shown(["clipboard-to-device", "clipboard-from-device"]);
    expect(attempts[0]?.options.operations).toEqual(["desktop-view"]);
    await now({ kind: "failed", error: new SessionError("forbidden") });
    expect((await screen.findByRole("alert")).textContent).toContain(
      "You do not have the permission to see the desktop of this device.",
    );
    expect(screen.getByRole("button", { name: /Request access/ })).toBeDefined();
  });

  it("is unverified until somebody compared the words, and comes back with a new key that was compared", async () => {
    await shown();
    await now({ kind: "connected", session, account: "operator" });
    await click("Compare");
    const asks = within(await screen.findByRole("dialog", { name: /Is this the key of press-1/ }));
    await user.click(asks.getByRole("checkbox"));
    await user.click(asks.getByRole("button", { name: "I compared these words" }));
    expect(attempts[0]?.compared).toBe(true);
    await now({ kind: "failed", error: changedKey() });
    await acceptChangedKey(user);
    await waitFor(() => expect(attempts).toHaveLength(2));
  });

  it("waits for consent, and asks for the reason", async () => {
    await shown();
    await now({ kind: "connecting", step: "consent", consent: { whom: "device", until: Date.now() + 30_000 } });
    expect(await screen.findByText("Waiting for the person at press-1")).toBeDefined();
    await now({ kind: "failed", error: new SessionError("reason-required") });
    const asks = within(await screen.findByRole("dialog", { name: "Why do you want to use press-1?" }));
    await user.type(asks.getByRole("textbox"), "the belt slips");
    await user.click(asks.getByRole("button", { name: "Connect" }));
    expect(attempts[1]?.options.reason).toBe("the belt slips");
  });

  it("is left at once, and with a comment where the domain wants one", async () => {
    api.on("GET /api/domain/options", { json: domainOptions({ commentRequired: true }) });
    const { router } = await shown();
    await waitFor(() => expect(api.of("GET", "/api/domain/options")).not.toHaveLength(0));
    await user.click(screen.getByRole("link", { name: "Elsewhere" }));
    const asks = within(await screen.findByRole("dialog", { name: /Leave the desktop of press-1\?$/ }));
    await user.type(asks.getByRole("textbox", { name: /What was done/ }), "looked");
    await user.click(asks.getByRole("button", { name: "Leave" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sessions"));
    expect(attempts[0]?.ended).toBe(true);
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ comment: "looked" }]);
  });

  it("is another one's screen when that is chosen, as a session of its own", async () => {
    const { router } = await shown();
    const source = screen.getByRole("combobox", { name: "Whose screen" });
    await within(source).findByRole("option", { name: "<b>panel</b> (VNC, port 5901)" });
    await user.selectOptions(source, "192.168.1.7:5901");
    await waitFor(() => expect(attempts).toHaveLength(2));
    expect(attempts[0]?.ended).toBe(true);
    expect(router.state.location.search).toBe("?vnc=192.168.1.7%3A5901");
    expect(attempts[1]?.options.operations).toContain("vnc:192.168.1.7:5901");
    expect(attempts[1]?.options.server).toMatchObject({ host: "192.168.1.7", port: 5901 });
    expect(screen.getByRole("link", { name: "Open in a new window" }).getAttribute("href")).toContain(
      "vnc=192.168.1.7%3A5901",
    );
    await user.selectOptions(screen.getByRole("combobox", { name: "Whose screen" }), "port");
    const port = screen.getByRole("spinbutton", { name: "Port of the VNC server" });
    await user.clear(port);
    expect(screen.getByRole("button", { name: "Show" })).toHaveProperty("disabled", true);
    await user.type(port, "5902{Enter}");
    await waitFor(() => expect(attempts).toHaveLength(3));
    expect(attempts[2]?.options.operations).toContain("vnc:device:5902");
    expect(attempts[2]?.options.server).toMatchObject({ host: "localhost", port: 5902 });
  });

  it("of a VNC server asks for its password, again when it was wrong, and cannot lock the input there", async () => {
    await shown(ALL, { ...STATE, screens: [], server: "panel" }, "?vnc=192.168.1.7:5901");
    expect(screen.queryByRole("button", { name: "Lock local input" })).toBeNull();
    const ask = (wrong: boolean) => act(async () => attempts[0]?.options.onPassword?.({ wrong, text: "<i>no</i>" }));
    await ask(false);
    const dialog = () => within(screen.getByRole("dialog", { name: "Password for 192.168.1.7:5901" }));
    const field = () => dialog().getByLabelText(/Password of the VNC server/);
    expect(field().getAttribute("type")).toBe("password");
    await expectAccessible();
    await user.type(field(), "guess{Enter}");
    expect(attempts[0]?.asked).toEqual([{ password: "guess" }]);
    expect(screen.queryByRole("dialog")).toBeNull();
    await ask(true);
    expect(dialog().getByText("The VNC server refused this password. Type it again. It says: <i>no</i>")).toBeDefined();
    await user.click(dialog().getByRole("button", { name: "Cancel" }));
    expect(attempts[0]?.ended).toBe(true);
  });

  it.each([
    ["unreachable", "The device does not reach the VNC server."],
    ["bad-server", "is not RFB, or exceeds a bound"],
    ["not-let-in", "The VNC server did not let the device in."],
  ])("of a VNC server is not shown because of %s", async (code, sentence) => {
    await shown(ALL, STATE, "?vnc=device:5900");
    await act(async () => attempts[0]?.options.onRefusal({ code, text: "Nothing listens." }));
    await now({ kind: "ended", exit: { kind: "error", error: new SessionError("failed") }, session, account: null });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain(sentence);
    expect(alert.textContent).toContain("The device says: Nothing listens.");
  });

  it("is given up when what comes cannot be drawn", async () => {
    await shown();
    await act(async () => views[0]?.listener.disconnected(false));
    expect(attempts[0]?.broken).toBe(true);
  });
});
