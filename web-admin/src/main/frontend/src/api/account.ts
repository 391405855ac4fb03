import { importNamed } from "./folder";
import { Field, importId, importSlice, type Slice } from "./importer";
import type { Named } from "./session";

/** Something by which a person shows that he is himself: a password, an authenticator app, a passkey, recovery codes. */
export interface Factor {
  /** Null where it cannot be taken away by itself. */
  readonly id: string | null;
  /** A code; a newer server may know more than the texts here. */
  readonly kind: string;
  /** What the person called it. */
  readonly label: string | null;
  readonly created: Date | null;
}

function importFactor(field: Field): Factor {
  return {
    id: field.get("id").textOrNull(),
    kind: field.get("kind").text(),
    label: field.get("label").textOrNull(),
    created: field.get("created").timeOrNull(),
  };
}

/** How one signs in oneself. */
export interface Factors {
  /** Whether the domain requires a second factor of this person. */
  readonly required: boolean;
  /** When a second factor was shown in this sign-in. */
  readonly provedAt: Date | null;
  readonly items: readonly Factor[];
}

export function importFactors(value: unknown): Factors {
  const root = new Field(value);
  return {
    required: root.get("required").boolOr(false),
    provedAt: root.get("provedAt").timeOrNull(),
    items: root.get("items").list(importFactor),
  };
}

/** Somebody being signed in somewhere. */
export interface SignIn {
  readonly id: string;
  readonly since: Date;
  readonly lastUsed: Date | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  /** True for the one that asks. */
  readonly current: boolean;
}

export function importSignIns(value: unknown): Slice<SignIn> {
  return importSlice(value, (each) => {
    const item = new Field(each);
    return {
      id: importId(item.get("id")),
      since: item.get("since").time(),
      lastUsed: item.get("lastUsed").timeOrNull(),
      address: item.get("address").textOrNull(),
      userAgent: item.get("userAgent").textOrNull(),
      current: item.get("current").boolOr(false),
    };
  });
}

/** A key for programs: acts as its owner, within its permissions, in its folders and below, until it expires. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  /** Where it counts; nowhere any more when all of them were deleted. */
  readonly folders: readonly Named[];
  readonly expires: Date;
  readonly lastUsed: Date | null;
  readonly lastAddress: string | null;
}

function importApiToken(root: Field): ApiToken {
  return {
    id: importId(root.get("id")),
    name: root.get("name").text(),
    permissions: root.get("permissions").texts(),
    folders: root.get("folders").listOrEmpty(importNamed),
    expires: root.get("expires").time(),
    lastUsed: root.get("lastUsed").timeOrNull(),
    lastAddress: root.get("lastAddress").textOrNull(),
  };
}

/** All of somebody's: they have no pages. */
export function importApiTokens(value: unknown): readonly ApiToken[] {
  return new Field(value).get("items").list(importApiToken);
}

/** The text of a token that was just made; it is told once. */
export function importNewApiToken(value: unknown): string {
  return new Field(value).get("token").text();
}

/** What an administrator sees of somebody's account. */
export interface UserAccount {
  /** False for somebody who is only known by name. */
  readonly exists: boolean;
  readonly enabled: boolean;
  readonly expires: Date | null;
  /** False while the identity provider cannot be asked: what follows is not known then. */
  readonly available: boolean;
  readonly email: string | null;
  /** Whether the password must be changed at the next sign-in. */
  readonly passwordChange: boolean;
  readonly factors: readonly Factor[];
}

export function importUserAccount(value: unknown): UserAccount {
  const root = new Field(value);
  return {
    exists: root.get("exists").bool(),
    enabled: root.get("enabled").boolOr(true),
    expires: root.get("expires").timeOrNull(),
    available: root.get("available").boolOr(true),
    email: root.get("email").textOrNull(),
    passwordChange: root.get("passwordChange").boolOr(false),
    factors: root.get("factors").listOrEmpty(importFactor),
  };
}

/** The first password of an account that was made, or made anew; null where the person was invited. It is told once. */
export function importFirstPassword(value: unknown): string | null {
  return new Field(value).get("firstPassword").textOrNull();
}
