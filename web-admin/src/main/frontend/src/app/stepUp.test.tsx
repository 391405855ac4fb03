// @vitest-environment happy-dom
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FactorAsk, read, request, sessionFetch, setDomainName } from "../api/http";
import { TextProvider } from "../i18n";
import { ActionDialog } from "./dialog";
import { factorAddress } from "./signIn";
import { FakeApi, problem } from "./testing/api";
import { expectAccessible, renderPage } from "./testing/page";

const user = userEvent.setup();
const HERE = { pathname: "/devices", search: "?q=press&tag=a b" };

afterEach(() => setDomainName(""));

/** A dialog whose action is refused for want of a second factor. */
function Renaming() {
  const [name, setName] = useState("");
  return (
    <TextProvider>
      <ActionDialog
        title="Rename"
        action="Rename"
        failure="Not renamed"
        onAction={() => request("POST", "/api/x").then(() => undefined)}
        onClose={() => undefined}
      >
        <input aria-label="Name" value={name} onChange={(event) => setName(event.target.value)} />
      </ActionDialog>
    </TextProvider>
  );
}

describe("the way to a second factor", () => {
  it.each<readonly [FactorAsk, string, string]>([
    ["factor-not-fresh", "works", "/login?domain=works&factor=fresh&next="],
    ["second-factor-required", "", "/login?factor=required&next="],
  ])("of %s comes back to where one was", (why, domain, start) => {
    const address = factorAddress(why, domain, HERE);
    expect(address.startsWith(start)).toBe(true);
    expect(new URL(address, "http://localhost").searchParams.get("next")).toBe("/devices?q=press&tag=a b");
  });
});

describe("what is refused for want of a second factor", () => {
  let assign: ReturnType<typeof vi.fn>;

  beforeEach(() => {
    assign = vi.fn();
    vi.spyOn(window.location, "assign").mockImplementation(assign as unknown as (url: string | URL) => void);
    setDomainName("works");
    renderPage("/devices", "/devices", <h1>Devices</h1>);
  });

  it.each([
    ["a change", "factor-not-fresh", () => request("POST", "/api/x")],
    ["a question", "factor-not-fresh", () => read("GET", "/api/x", () => null)],
    ["a session", "factor-not-fresh", () => sessionFetch("/api/x", { method: "POST" })],
    ["anything", "second-factor-required", () => request("GET", "/api/x")],
  ])("leads from %s to a dialog about %s, and on", async (_what, code, ask) => {
    new FakeApi().on("GET /api/x", problem(403, code)).on("POST /api/x", problem(403, code));
    await Promise.all([ask(), ask()].map((each) => (each as Promise<unknown>).catch(() => undefined)));
    const fresh = code === "factor-not-fresh";
    const title = fresh ? "Show your second factor again" : "A second factor is required";
    expect(await screen.findByRole("dialog", { name: title })).toBeDefined();
    expect(screen.getAllByRole("dialog")).toHaveLength(1);
    await expectAccessible();
    await user.click(screen.getByRole("button", { name: fresh ? "Show the second factor" : "Continue" }));
    expect(assign.mock.calls).toEqual([
      [expect.stringMatching(/^\/login\?domain=works&factor=(fresh|required)&next=/)],
    ]);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("is asked for before a dialog that is open, which comes back as it was", async () => {
    new FakeApi().on("POST /api/x", problem(403, "factor-not-fresh"));
    render(<Renaming />);
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "press");
    await user.click(screen.getByRole("button", { name: "Rename" }));
    expect(await screen.findByRole("dialog", { name: "Show your second factor again" })).toBeDefined();
    expect(screen.getAllByRole("dialog")).toHaveLength(1);
    await expectAccessible();
    await user.click(screen.getByRole("button", { name: "Not now" }));
    const back = await screen.findByRole<HTMLInputElement>("textbox", { name: "Name" });
    expect(back.value).toBe("press");
  });

  it("can be left for later", async () => {
    new FakeApi().on("POST /api/x", problem(403, "factor-not-fresh"));
    await request("POST", "/api/x").catch(() => undefined);
    await user.click(await screen.findByRole("button", { name: "Not now" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(assign).not.toHaveBeenCalled();
  });

  it("is not what another refusal is, whose answer stays readable", async () => {
    new FakeApi().on("POST /api/x", problem(403, "forbidden"));
    await request("POST", "/api/x").catch(() => undefined);
    const response = await sessionFetch("/api/x", { method: "POST" });
    expect(await response.json()).toMatchObject({ type: "urn:bascule:problem:forbidden" });
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});
