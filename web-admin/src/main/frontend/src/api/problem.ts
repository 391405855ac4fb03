import { Field } from "./importer";

/** What went wrong with one field of a form. */
export interface FieldProblem {
  readonly field: string;
  readonly detail: string;
}

/**
 * A failed request. `code` is the last part of `urn:bascule:problem:<code>`, or `offline` when no answer came, or `bad-answer` when
 * the answer was not understood. `detail` is a sentence for people where the server gave one.
 */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly detail: string | null,
    readonly reference: string | null,
    readonly errors: readonly FieldProblem[] = [],
  ) {
    super(detail ?? code);
    this.name = "Problem";
  }
}

const URN = "urn:bascule:problem:";
const CODE = /^[a-z0-9-]{1,64}$/;

/** The codes that stand for a status when the answer carries none (a proxy in between, for example). */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: "malformed",
  401: "not-signed-in",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  412: "precondition-failed",
  413: "too-large",
  415: "unsupported-media-type",
  422: "invalid",
  428: "precondition-required",
  429: "too-many-requests",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

/** Reads a problem+json body. A body that is none still gives a problem, from the status alone: an error never hides an error. */
export function importProblem(status: number, value: unknown): Problem {
  const fallback = new Problem(BY_STATUS[status] ?? "internal", status, null, null);
  try {
    const root = new Field(value);
    const type = root.get("type").textOrNull() ?? "";
    const code = type.startsWith(URN) ? type.slice(URN.length) : "";
    return new Problem(
      CODE.test(code) ? code : fallback.code,
      status,
      bounded(root.get("detail").textOrNull()),
      bounded(root.get("reference").textOrNull()),
      root.get("errors").listOrEmpty((error) => ({
        field: error.get("field").text(),
        detail: error.get("detail").text(),
      })),
    );
  } catch {
    return fallback;
  }
}

function bounded(text: string | null): string | null {
  return text === null || text === "" ? null : text.slice(0, 2000);
}

/** Whatever was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const name = error instanceof Error ? error.name : "";
  return new Problem(name === "ImportError" ? "bad-answer" : "internal", 0, null, null);
}
