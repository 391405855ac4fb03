// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { useConsentNotices } from "../../app/consentNotices";
import { useRequestNotices } from "../../app/requestNotices";
import { FakeApi } from "../../app/testing/api";
import { expectAccessible, renderPage, says } from "../../app/testing/page";
import { ANNA, accessRequest, BEN, domain, id, list, PRESS } from "../access/testing/samples";
import { RequestAccess } from "./RequestAccess";
import { RequestsPage } from "./RequestsPage";

const open = (address = "/requests") => renderPage("/requests", address, <RequestsPage />);

describe("requests", () => {
  it("that wait are approved for a shorter time, after it is shown what that does", async () => {
    const api = domain(new FakeApi())
      .on("GET /api/access/requests", list(accessRequest()))
      .on("POST /api/access/requests/*/approve", { json: accessRequest({ state: "approved" }) });
    open();
    expect(await screen.findByText("ben asks for access to press-01")).toBeDefined();
    expect(api.of("GET", "/api/access/requests")[0]?.query).toEqual({ state: "open", mine: "false", limit: "50" });
    await expectAccessible();
    await userEvent.click(screen.getByRole("button", { name: "Approve: ben on press-01" }));
    const dialog = await screen.findByRole("dialog");
    await waitFor(() =>
      expect(api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({
        add: [{ principal: BEN, resource: PRESS, permissions: ["control-desktop"], effect: "allow" }],
      }),
    );
    const until = within(dialog).getByLabelText(/Until/);
    await userEvent.clear(until);
    await userEvent.type(until, "2098-01-01T10:00");
    await userEvent.click(within(dialog).getByRole("button", { name: "Approve" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const sent = api.of("POST", `/api/access/requests/${id(300)}/approve`)[0];
    expect(sent?.body).toEqual({ until: `${new Date("2098-01-01T10:00").toISOString().slice(0, 19)}Z` });
    expect(sent?.ifMatch).toBe('"r1"');
  });

  it("are rejected with a reason", async () => {
    const api = domain(new FakeApi())
      .on("GET /api/access/requests", list(accessRequest()))
      .on("POST /api/access/requests/*/reject", { json: accessRequest({ state: "rejected" }) });
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Reject: ben on press-01" }));
    const dialog = await screen.findByRole("dialog");
    await userEvent.type(within(dialog).getByRole("textbox"), "Not today");
    await userEvent.click(within(dialog).getByRole("button", { name: "Reject" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST", `/api/access/requests/${id(300)}/reject`)[0]?.body).toEqual({ reason: "Not today" });
  });

  it("of one's own can be withdrawn, and not approved", async () => {
    const own = { user: { id: ANNA, name: "anna" } };
    const api = domain(new FakeApi())
      .on(
        "GET /api/access/requests",
        list(
          accessRequest(own),
          accessRequest({ ...own, id: id(301), state: "rejected", decidedBy: "carl", decision: "Not today" }),
        ),
      )
      .on("POST /api/access/requests/*/withdraw", { json: accessRequest({ ...own, state: "withdrawn" }) });
    open("/requests?view=mine");
    await userEvent.click(await screen.findByRole("button", { name: "Withdraw the request for press-01" }));
    expect(screen.getByText("Not today")).toBeDefined();
    expect(screen.queryByRole("button", { name: /Approve/ })).toBeNull();
    const dialog = await screen.findByRole("dialog");
    await userEvent.click(within(dialog).getByRole("button", { name: "Withdraw" }));
    await waitFor(() => expect(api.of("POST", `/api/access/requests/${id(300)}/withdraw`).length).toBe(1));
  });

  it("of one's own about what is hidden now tell neither its name nor lead there", async () => {
    const hidden = { id: PRESS, name: null, kind: "device", path: [] };
    domain(new FakeApi()).on(
      "GET /api/access/requests",
      list(accessRequest({ user: { id: ANNA, name: "anna" }, resource: hidden })),
    );
    open("/requests?view=mine");
    expect(await screen.findByRole("button", { name: "Withdraw the request for (not visible to you)" })).toBeDefined();
    expect(screen.getByText("(not visible to you)")).toBeDefined();
    expect(screen.queryByRole("link", { name: /not visible/ })).toBeNull();
    await expectAccessible();
  });

  it("of sessions that wait are granted in part, or refused with a reason", async () => {
    const sid = "a".repeat(32);
    const question = {
      sid,
      device: { uid: PRESS, name: "press-01" },
      user: { id: BEN, name: "ben" },
      from: "192.0.2.7",
      reason: "the belt <b>slips</b>",
      operations: ["exec", "terminal"],
      until: "2098-01-01T10:00:00Z",
    };
    let waiting: readonly unknown[] = [question];
    const api = domain(new FakeApi(), ["approve-access"])
      .on("GET /api/access/requests", list())
      .on("GET /api/consents", () => ({ json: { items: waiting } }))
      .on("POST /api/sessions/*/consent/grant", () => {
        waiting = [{ ...question, sid: "b".repeat(32) }];
        return { json: {} };
      })
      .on("POST /api/sessions/*/consent/refuse", () => {
        waiting = [];
        return { json: {} };
      });
    open();
    expect(await screen.findByText("ben wants a session on press-01")).toBeDefined();
    expect(screen.getByText("the belt <b>slips</b>")).toBeDefined();
    await expectAccessible();
    await userEvent.click(screen.getByRole("checkbox", { name: "Command" }));
    await userEvent.click(screen.getByRole("button", { name: "Let it start: the session of ben on press-01" }));
    await waitFor(() =>
      expect(api.of("POST", `/api/sessions/${sid}/consent/grant`)[0]?.body).toEqual({ operations: ["terminal"] }),
    );
    await userEvent.click(await screen.findByRole("button", { name: "Refuse the session of ben on press-01" }));
    const dialog = await screen.findByRole("dialog");
    await userEvent.type(within(dialog).getByRole("textbox"), "Not today");
    await userEvent.click(within(dialog).getByRole("button", { name: "Refuse" }));
    await waitFor(() => expect(screen.queryByText("ben wants a session on press-01")).toBeNull());
    expect(api.of("POST", `/api/sessions/${"b".repeat(32)}/consent/refuse`)[0]?.body).toEqual({ reason: "Not today" });
  });

  it("say what to do when there are none", async () => {
    domain(new FakeApi());
    open("/requests?view=mine");
    expect(await screen.findByText("You have not asked for anything")).toBeDefined();
    await expectAccessible();
  });

  it("are made from where something is missing", async () => {
    const api = domain(new FakeApi()).on("POST /api/access/requests", { status: 201, json: accessRequest() });
    const press = { id: PRESS, name: "press-01", kind: "device" } as const;
    renderPage("/x", "/x", <RequestAccess resource={press} permissions={["terminal"]} />);
    await userEvent.click(await screen.findByRole("button", { name: "Request access to press-01" }));
    const dialog = await screen.findByRole("dialog");
    const send = within(dialog).getByRole("button", { name: "Send request" });
    expect(((await within(dialog).findByRole("checkbox", { name: "Terminal" })) as HTMLInputElement).checked).toBe(
      true,
    );
    expect(send).toHaveProperty("disabled", true);
    await userEvent.type(within(dialog).getByRole("textbox", { name: /Reason/ }), "Valve stuck");
    await expectAccessible();
    await userEvent.click(send);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST", "/api/access/requests")[0]?.body).toMatchObject({
      resource: PRESS,
      permissions: ["terminal"],
      reason: "Valve stuck",
    });
  });
});

function Counter() {
  return <p>waiting: {useRequestNotices()}</p>;
}

describe("notices of requests", () => {
  it("count what waits for the caller, and say when something comes", async () => {
    const items: unknown[] = [];
    domain(new FakeApi()).on("GET /api/access/requests", () => list(...items));
    renderPage("/x", "/x", <Counter />);
    await screen.findByText("waiting: 0");
    items.push(accessRequest(), accessRequest({ id: id(301), user: { id: ANNA, name: "anna" } }));
    says({ type: "access-request", id: id(300), state: "open" });
    expect(await screen.findByText("ben asks for access to press-01")).toBeDefined();
    expect(await screen.findByText("waiting: 1")).toBeDefined();
  });

  it("tell the one who asked", async () => {
    domain(new FakeApi()).on("GET /api/access/requests", ({ query }) =>
      query.mine === "true" ? list(accessRequest({ user: { id: ANNA, name: "anna" }, state: "approved" })) : list(),
    );
    renderPage("/x", "/x", <Counter />);
    await screen.findByText("waiting: 0");
    says({ type: "access-request", id: id(300), state: "approved" });
    expect(await screen.findByText("Your request for press-01 was approved")).toBeDefined();
  });
});

function Waiting() {
  return <p>sessions: {useConsentNotices()}</p>;
}

describe("notices of sessions that wait", () => {
  const question = {
    sid: "a".repeat(32),
    device: { uid: PRESS, name: "press-01" },
    user: { id: BEN, name: "ben" },
    from: "192.0.2.7",
    reason: null,
    operations: ["terminal"],
    until: "2098-01-01T10:00:00Z",
  };

  it("come to who may decide", async () => {
    const items: unknown[] = [];
    const api = domain(new FakeApi(), ["approve-access"]).on("GET /api/consents", () => ({ json: { items } }));
    renderPage("/x", "/x", <Waiting />);
    await waitFor(() => expect(api.of("GET", "/api/consents")).toHaveLength(1));
    items.push(question);
    says({ type: "consent", sid: question.sid, state: "asking" });
    expect(await screen.findByText("ben waits for your approval of a session on press-01")).toBeDefined();
    expect(await screen.findByText("sessions: 1")).toBeDefined();
  });

  it("count those of all pages", async () => {
    const other = { ...question, sid: "b".repeat(32), user: { id: BEN, name: "bill" } };
    domain(new FakeApi(), ["approve-access"]).on("GET /api/consents", ({ query }) => ({
      json: query.cursor === "abc" ? { items: [other], next: null } : { items: [question], next: "abc" },
    }));
    renderPage("/x", "/x", <Waiting />);
    expect(await screen.findByText("sessions: 2")).toBeDefined();
    says({ type: "consent", sid: other.sid, state: "asking" });
    expect(await screen.findByText("bill waits for your approval of a session on press-01")).toBeDefined();
  });

  it("ask nothing for anybody else", async () => {
    const api = domain(new FakeApi(), ["see-resources"]);
    renderPage("/x", "/x", <Waiting />);
    await waitFor(() => expect(api.of("GET", "/api/me")).toHaveLength(1));
    says({ type: "consent", sid: question.sid, state: "asking" });
    await screen.findByText("sessions: 0");
    expect(api.of("GET", "/api/consents")).toHaveLength(0);
  });
});
