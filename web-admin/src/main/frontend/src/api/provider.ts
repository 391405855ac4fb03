import { etagOf, Field, importId } from "./importer";

/** Something of the domain by its id; without a name where the caller does not see it. */
export interface MaybeNamed {
  readonly id: string;
  readonly name: string | null;
}

export const PROVIDER_KINDS = ["oidc", "saml", "ldap"] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** How a provider is spoken to, without its secret. What is not said is empty. */
export type Way =
  | { readonly kind: "oidc"; readonly issuer: string; readonly clientId: string; readonly groupsClaim: string }
  | {
      readonly kind: "saml";
      /** This or the document itself. */
      readonly metadataUrl: string;
      readonly metadata: string;
      readonly userNameAttribute: string;
      readonly groupsAttribute: string;
    }
  | {
      readonly kind: "ldap";
      readonly url: string;
      readonly bindDn: string;
      readonly usersDn: string;
      readonly groupsDn: string;
      readonly userNameAttribute: string;
      readonly startTls: boolean;
    };

/** Who is in their group becomes a member of ours. */
export interface GroupMapping {
  readonly theirs: string;
  readonly ours: MaybeNamed;
}

/** How far an outside organisation's people reach, and until when. */
export interface Partner {
  readonly folders: readonly MaybeNamed[];
  readonly ends: Date;
}

/** A company's identity provider or directory. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly way: Way;
  /** Whether a client secret or the password of an account is stored. */
  readonly secretSet: boolean;
  readonly groups: readonly GroupMapping[];
  readonly partner: Partner | null;
  /** What has to be registered there; null for a directory. */
  readonly redirectUri: string | null;
  readonly logoutUri: string | null;
  readonly spMetadataUri: string | null;
  /** How many came with it. */
  readonly users: number;
  readonly etag: string;
}

/** What the server accepts at most. */
export const PROVIDER_LIMITS = {
  name: 100,
  text: 500,
  short: 200,
  attribute: 100,
  theirs: 300,
  metadata: 50_000,
} as const;
export const MOST_MAPPINGS = 200;
export const MOST_PARTNER_FOLDERS = 100;

/** What came of trying a provider. */
export interface TestResult {
  readonly ok: boolean;
  readonly code: string;
  /** A sentence of the server. */
  readonly detail: string;
}

function importWay(kind: ProviderKind, of: Field): Way {
  const text = (name: string) => of.get(name).textOrNull() ?? "";
  switch (kind) {
    case "oidc":
      return { kind, issuer: text("issuer"), clientId: text("clientId"), groupsClaim: text("groupsClaim") };
    case "saml":
      return {
        kind,
        metadataUrl: text("metadataUrl"),
        metadata: text("metadata"),
        userNameAttribute: text("userNameAttribute"),
        groupsAttribute: text("groupsAttribute"),
      };
    case "ldap":
      return {
        kind,
        url: text("url"),
        bindDn: text("bindDn"),
        usersDn: text("usersDn"),
        groupsDn: text("groupsDn"),
        userNameAttribute: text("userNameAttribute"),
        startTls: of.get("startTls").boolOr(false),
      };
  }
}

function importMaybeNamed(field: Field): MaybeNamed {
  return { id: importId(field.get("id")), name: field.get("name").textOrNull() };
}

export function importProvider(value: unknown): Provider {
  const root = new Field(value);
  const kind = root.get("kind").oneOf(...PROVIDER_KINDS);
  const named = (list: string) => {
    const names = new Map(
      root
        .get(list)
        .listOrEmpty(importMaybeNamed)
        .map((each) => [each.id, each]),
    );
    return (id: string): MaybeNamed => names.get(id) ?? { id, name: null };
  };
  const group = named("groupNames");
  const folder = named("folderNames");
  return {
    id: importId(root.get("id")),
    name: root.get("name").text(),
    enabled: root.get("enabled").bool(),
    way: importWay(kind, root.get(kind)),
    secretSet: root.get("secretSet").boolOr(false),
    groups: root.get("groups").listOrEmpty((mapping) => ({
      theirs: mapping.get("theirs").text(),
      ours: group(importId(mapping.get("ours"))),
    })),
    partner: root.get("partner").opt((partner) => ({
      folders: partner.get("folders").list((id) => folder(importId(id))),
      ends: partner.get("ends").time(),
    })),
    redirectUri: root.get("redirectUri").textOrNull(),
    logoutUri: root.get("logoutUri").textOrNull(),
    spMetadataUri: root.get("spMetadataUri").textOrNull(),
    users: root.get("users").count(),
    etag: etagOf(root.get("etag")),
  };
}

export function importProviders(value: unknown): readonly Provider[] {
  return new Field(value).get("items").list((item) => importProvider(item.value));
}

export function importTestResult(value: unknown): TestResult {
  const root = new Field(value);
  return { ok: root.get("ok").bool(), code: root.get("code").text(), detail: root.get("detail").textOrNull() ?? "" };
}

/** Whether its people get in no more, because their organisation's time is over. */
export function hasEnded({ partner }: Pick<Provider, "partner">, now: Date): boolean {
  return partner !== null && partner.ends <= now;
}

/** Whether a secret that is stored for one way would be kept for the other: it goes nowhere but where it was given for. */
export function keepsSecret(before: Way, after: Way): boolean {
  if (before.kind === "oidc" && after.kind === "oidc")
    return before.issuer === after.issuer && before.clientId === after.clientId;
  if (before.kind === "ldap" && after.kind === "ldap")
    return before.url === after.url && before.bindDn === after.bindDn && before.startTls === after.startTls;
  return false;
}

/** What a provider is to be; an empty secret leaves the one that is stored. */
export type ProviderChange = Pick<Provider, "name" | "enabled" | "way" | "groups" | "partner"> & {
  readonly secret: string;
};

/** The same as the server takes it. */
export function providerBody({ name, enabled, way, secret, groups, partner }: ProviderChange) {
  const { kind, ...settings } = way;
  return {
    kind,
    name,
    enabled,
    [kind]: {
      ...settings,
      ...(kind === "oidc" ? { clientSecret: secret } : kind === "ldap" ? { bindPassword: secret } : {}),
    },
    groups: groups.map(({ theirs, ours }) => ({ theirs, ours: ours.id })),
    partner:
      partner === null ? null : { folders: partner.folders.map(({ id }) => id), ends: partner.ends.toISOString() },
  };
}
