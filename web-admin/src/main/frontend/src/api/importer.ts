/**
 * Strict importers for JSON that comes from outside. Each takes `unknown` and either returns a value of the stated type or throws an
 * {@link ImportError} that names the place. Unknown members are ignored, missing ones are not invented.
 */
export class ImportError extends Error {
  constructor(
    readonly path: string,
    readonly rule: string,
  ) {
    super(`${path === "" ? "value" : path}: ${rule}`);
    this.name = "ImportError";
  }
}

/** No single text of an answer is longer than this many UTF-16 units. */
const MAX_TEXT = 65_536;
/** No list of an answer is longer than this. */
const MAX_ITEMS = 10_000;

/** One place in an answer: the value and the path to it. */
export class Field {
  constructor(
    readonly value: unknown,
    readonly path: string = "",
  ) {}

  private fail(rule: string): never {
    throw new ImportError(this.path, rule);
  }

  /** True for a member that is missing or null. */
  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The member of an object; the object itself must be one. */
  get(name: string): Field {
    const value = this.value;
    if (typeof value !== "object" || value === null || Array.isArray(value)) this.fail("not an object");
    const member = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    return new Field(member, this.path === "" ? name : `${this.path}.${name}`);
  }

  text(): string {
    if (typeof this.value !== "string") this.fail("not a text");
    if (this.value.length > MAX_TEXT) this.fail("text is too long");
    return this.value;
  }

  textOrNull(): string | null {
    return this.absent ? null : this.text();
  }

  number(): number {
    if (typeof this.value !== "number" || !Number.isFinite(this.value)) this.fail("not a number");
    return this.value;
  }

  numberOrNull(): number | null {
    return this.absent ? null : this.number();
  }

  /** A whole number of at least 0. */
  count(): number {
    const n = this.number();
    if (!Number.isSafeInteger(n) || n < 0) this.fail("not a count");
    return n;
  }

  bool(): boolean {
    if (typeof this.value !== "boolean") this.fail("not true or false");
    return this.value;
  }

  boolOr(missing: boolean): boolean {
    return this.absent ? missing : this.bool();
  }

  /** An RFC 3339 time. */
  time(): Date {
    const text = this.text();
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) this.fail("not a time");
    const time = new Date(text);
    if (Number.isNaN(time.getTime())) this.fail("not a time");
    return time;
  }

  timeOrNull(): Date | null {
    return this.absent ? null : this.time();
  }

  oneOf<T extends string>(...allowed: readonly T[]): T {
    const text = this.text();
    const found = allowed.find((candidate) => candidate === text);
    return found === undefined ? this.fail(`not one of ${allowed.join(", ")}`) : found;
  }

  list<T>(item: (field: Field) => T): T[] {
    if (!Array.isArray(this.value)) this.fail("not a list");
    if (this.value.length > MAX_ITEMS) this.fail("list is too long");
    return this.value.map((value: unknown, index) => item(new Field(value, `${this.path}[${index}]`)));
  }

  listOrEmpty<T>(item: (field: Field) => T): T[] {
    return this.absent ? [] : this.list(item);
  }

  texts(): string[] {
    return this.listOrEmpty((field) => field.text());
  }

  opt<T>(read: (field: Field) => T): T | null {
    return this.absent ? null : read(this);
  }
}

/** A part of a list that is read with a cursor. */
export interface Slice<T> {
  readonly items: readonly T[];
  /** What to ask for next, as the server said it; null at the end. */
  readonly next: string | null;
}

/** No cursor is longer than this. */
const MAX_CURSOR = 2_048;

export function importSlice<T>(value: unknown, item: (value: unknown) => T): Slice<T> {
  const root = new Field(value);
  const next = root.get("next").textOrNull();
  if (next !== null && next.length > MAX_CURSOR) throw new ImportError("next", "text is too long");
  return { items: root.get("items").list((field) => item(field.value)), next };
}

/** An identifier that is safe to put into a path: a UUID in lower-case text form. */
export function importId(field: Field): string {
  const text = field.text();
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : new Field(undefined, field.path).text();
}

/** The version of a thing, as text. */
export function etagOf(field: Field): string {
  return typeof field.value === "number" ? String(field.count()) : field.text();
}
