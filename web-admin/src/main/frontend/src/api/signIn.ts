import { etagOf, Field, importId } from "./importer";
import { type EntryPrincipal, importEntryPrincipal } from "./principal";

export const FACTOR_MODES = ["voluntary", "everybody", "chosen"] as const;
export type FactorMode = (typeof FACTOR_MODES)[number];

/** What the numbers of the settings may be; the server decides in any case. */
export const SIGN_IN_BOUNDS = {
  minLength: { least: 8, most: 64 },
  history: { least: 0, most: 24 },
  idleMinutes: { least: 5, most: 1_440 },
  maxHours: { least: 1, most: 720 },
  freshMinutes: { least: 1, most: 60 },
} as const;

/** Of how many persons and groups one can ask a second factor, short of everybody. */
export const MOST_PRINCIPALS = 200;

/** Of how many classes (upper, lower, digits, others) a password has characters. */
export const MOST_CLASSES = 4;

/** How people of the domain sign in. */
export interface SignInSettings {
  readonly password: {
    readonly minLength: number;
    readonly classes: number;
    readonly history: number;
    readonly notUserName: boolean;
  };
  readonly secondFactor: { readonly mode: FactorMode; readonly principals: readonly EntryPrincipal[] };
  /** Whether a passkey alone is enough. */
  readonly passwordless: boolean;
  readonly session: { readonly idleMinutes: number; readonly maxHours: number };
  readonly freshFactor: { readonly permissions: readonly string[]; readonly minutes: number };
  /** Whether nobody but `breakGlass` signs in without a company's provider. */
  readonly corporateOnly: boolean;
  /** The owner who may, by the id of his account. */
  readonly breakGlass: string | null;
  /** Whether the installation can send letters. */
  readonly mail: boolean;
  /** Whether the identity provider works by these settings yet. */
  readonly state: { readonly applied: boolean; readonly error: string | null };
  readonly etag: string;
}

export function importSignInSettings(value: unknown): SignInSettings {
  const root = new Field(value);
  const password = root.get("password");
  const secondFactor = root.get("secondFactor");
  const session = root.get("session");
  const freshFactor = root.get("freshFactor");
  const state = root.get("state");
  return {
    password: {
      minLength: password.get("minLength").count(),
      classes: password.get("classes").count(),
      history: password.get("history").count(),
      notUserName: password.get("notUserName").bool(),
    },
    secondFactor: {
      mode: secondFactor.get("mode").oneOf(...FACTOR_MODES),
      // with the names beside them
      principals: root.get("principals").listOrEmpty((field) => importEntryPrincipal(field.value)),
    },
    passwordless: root.get("passwordless").bool(),
    session: { idleMinutes: session.get("idleMinutes").count(), maxHours: session.get("maxHours").count() },
    freshFactor: { permissions: freshFactor.get("permissions").texts(), minutes: freshFactor.get("minutes").count() },
    corporateOnly: root.get("corporateOnly").boolOr(false),
    breakGlass: root.get("breakGlass").opt(importId),
    mail: root.get("mail").boolOr(true),
    state: { applied: state.get("applied").bool(), error: state.get("error").textOrNull() },
    etag: etagOf(root.get("etag")),
  };
}
