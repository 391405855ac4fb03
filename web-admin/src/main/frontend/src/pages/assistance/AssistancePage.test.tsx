// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi, problem, type Sent } from "../../app/testing/api";
import { expectAccessible, renderPage, says } from "../../app/testing/page";
import { deviceId } from "../testing/directory";
import { AssistancePage } from "./AssistancePage";

const user = userEvent.setup();
const call = {
  id: deviceId(9),
  device: { uid: deviceId(1), name: "press-1" },
  text: "It hums",
  contact: { name: "Shift lead", phone: null, email: null },
  state: "open",
  raised: "2026-01-02T03:04:05Z",
  takenBy: null,
  closedBy: null,
  expires: null,
  etag: "1",
};

let api: FakeApi;
let calls: readonly (typeof call)[];

beforeEach(() => {
  calls = [call];
  api = new FakeApi().on("GET /api/assistance", ({ query }: Sent) => ({
    json: { items: calls.filter((each) => each.state === query.state), next: null },
  }));
});

const open = (language: "en" | "de" = "en") =>
  renderPage("/assistance", "/assistance", <AssistancePage />, { language });

describe("calls for help", () => {
  it("appear as they are raised, with who asks and what for", async () => {
    calls = [];
    open();
    expect(await screen.findByRole("heading", { name: "Nobody asks for help" })).toBeDefined();
    calls = [call];
    says({ type: "assistance", id: call.id, device: call.device.uid, state: "open" });
    expect(await screen.findByText("It hums")).toBeDefined();
    expect(screen.getByText("Shift lead")).toBeDefined();
    await expectAccessible();
  });

  it("are taken, and lead to those that are looked after", async () => {
    api.on("POST /api/assistance/*/take", () => {
      calls = [{ ...call, state: "taken" }];
      return { json: calls[0] };
    });
    open();
    await user.click(await screen.findByRole("button", { name: "Take the request of press-1" }));
    expect(await screen.findByText("You look after press-1 now")).toBeDefined();
    expect(await screen.findByRole("heading", { name: "Nobody asks for help" })).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Taken" }));
    expect(await screen.findByText("It hums")).toBeDefined();
  });

  it("that nobody answered in time are found too", async () => {
    calls = [];
    open();
    await user.click(await screen.findByRole("button", { name: "Expired" }));
    expect(await screen.findByRole("heading", { name: "No request has expired" })).toBeDefined();
    calls = [{ ...call, state: "expired" }];
    says({ type: "assistance", id: call.id, device: call.device.uid, state: "expired" });
    const row = within(await screen.findByRole("row", { name: /It hums/ }));
    expect(row.getByText("Expired")).toBeDefined();
    expect(row.queryByRole("button")).toBeNull();
    await expectAccessible();
  });

  it("that somebody else took first are not taken twice", async () => {
    api.on("POST /api/assistance/*/take", problem(409, "conflict", "Somebody else looks after it."));
    open();
    await user.click(await screen.findByRole("button", { name: "Take the request of press-1" }));
    expect(await screen.findByText(/Somebody else looks after it\. Reference: ref-1/)).toBeDefined();
  });

  it("are closed with what was done", async () => {
    api.on("POST /api/assistance/*/close", { json: { ...call, state: "closed" } });
    open();
    await user.click(await screen.findByRole("button", { name: "Close request of press-1" }));
    const form = within(await screen.findByRole("dialog", { name: /Close the request of press-1/ }));
    await user.type(form.getByRole("textbox", { name: "Comment" }), " Fuse replaced ");
    await user.click(form.getByRole("button", { name: "Close request" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST")[0]).toMatchObject({ body: { comment: "Fuse replaced" }, ifMatch: '"1"' });
  });

  it("are in German too", async () => {
    open("de");
    expect(await screen.findByRole("button", { name: "Übernehmen: Hilferuf von press-1" })).toBeDefined();
    await expectAccessible();
  });
});
