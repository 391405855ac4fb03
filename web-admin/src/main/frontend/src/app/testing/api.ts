import { vi } from "vitest";

/** One request as it was sent. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly ifMatch: string | null;
  readonly idempotencyKey: string | null;
}

/** The request arrives, and the answer does not. */
export const LOST = "lost";

/** What is answered: a status with a body, or a body alone for 200. */
export type Answered = { readonly status: number; readonly json?: unknown } | { readonly json: unknown } | typeof LOST;

type Handler = (sent: Sent, ...parts: string[]) => Answered;

/**
 * A server in memory behind `fetch`. Handlers are named as "GET /api/folders/*", each `*` standing for one part of the path; a request
 * that has none is a fault of the test and says so.
 */
export class FakeApi {
  readonly sent: Sent[] = [];
  private readonly handlers: (readonly [string, RegExp, Handler])[] = [];

  constructor() {
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.answer(url, init));
  }

  /** The handler that was named last wins. */
  on(route: string, handler: Handler | Answered): this {
    const [method = "", path = ""] = route.split(" ");
    const pattern = new RegExp(`^${path.replaceAll("*", "([^/]+)")}$`);
    this.handlers.unshift([method, pattern, typeof handler === "function" ? handler : () => handler]);
    return this;
  }

  /** The requests of a method, oldest first. */
  of(method: string, path?: string): Sent[] {
    return this.sent.filter((each) => each.method === method && (path === undefined || each.path === path));
  }

  private async answer(url: string, init: RequestInit): Promise<Response> {
    const at = new URL(url, "http://localhost");
    const headers = new Headers(init.headers);
    const sent: Sent = {
      method: init.method ?? "GET",
      path: at.pathname,
      query: Object.fromEntries(at.searchParams),
      body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
      ifMatch: headers.get("If-Match"),
      idempotencyKey: headers.get("Idempotency-Key"),
    };
    this.sent.push(sent);
    for (const [method, pattern, handler] of this.handlers) {
      const found = method === sent.method ? pattern.exec(sent.path) : null;
      if (found === null) continue;
      const answered = handler(sent, ...found.slice(1));
      if (answered === LOST) throw new TypeError("Failed to fetch");
      const status = "status" in answered ? answered.status : 200;
      const text = answered.json === undefined ? null : JSON.stringify(answered.json);
      return new Response(text, { status, headers: { "Content-Type": "application/json" } });
    }
    throw new Error(`nothing answers ${sent.method} ${sent.path}`);
  }
}

/** A problem as the server writes it. */
export function problem(status: number, code: string, detail?: string): Answered {
  return { status, json: { type: `urn:bascule:problem:${code}`, status, title: code, detail, reference: "ref-1" } };
}
