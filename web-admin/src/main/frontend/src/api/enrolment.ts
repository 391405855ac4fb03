import { Field, importId, importSlice, type Slice } from "./importer";

/** A token that was just made. `token` and `command` are shown once and kept nowhere. */
export interface NewEnrolmentToken {
  readonly id: string;
  readonly folder: string;
  readonly token: string;
  /** What agents connect to. */
  readonly server: string;
  readonly expires: Date;
  readonly uses: number;
  readonly command: string;
}

export function importNewEnrolmentToken(value: unknown): NewEnrolmentToken {
  const root = new Field(value);
  return {
    id: root.get("id").text(),
    folder: root.get("folder").text(),
    token: root.get("token").text(),
    server: root.get("server").text(),
    expires: root.get("expires").time(),
    uses: root.get("uses").count(),
    command: root.get("command").text(),
  };
}

/** How a device without the agent gets it from this server. */
export interface AgentInstaller {
  /** One line for a shell at the device; its script asks for a token. */
  readonly command: string;
  /** The same for a device that shows a pairing code. */
  readonly pairCommand: string;
}

/** Null where this server hands out no agent. */
export function importAgentInstaller(value: unknown): AgentInstaller | null {
  const root = new Field(value);
  const command = root.get("command").textOrNull();
  const pairCommand = root.get("pairCommand").textOrNull();
  return command === null || pairCommand === null ? null : { command, pairCommand };
}

/** What `bascule-agent enrol --file` takes, version 1 (docs/agent.md): a secret. `ca` is PEM; empty if the server's certificate is trusted anyway. */
export function enrolmentFile(token: NewEnrolmentToken, ca: string): string {
  const content = {
    format: "bascule-enrolment",
    version: 1,
    server: token.server,
    token: token.token,
    expires: token.expires.toISOString(),
  };
  return `${JSON.stringify(ca.trim() === "" ? content : { ...content, ca: `${ca.trim()}\n` }, null, 2)}\n`;
}

/** Whether a text can be the certificates of an authority; private keys do not belong there. */
export function isCertificates(text: string): boolean {
  return (
    text.length <= 40_000 &&
    /^(\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*$/.test(text)
  );
}

/** A token that was made once: how much of it is left. Expired ones are told for a while. */
export interface EnrolmentToken {
  readonly id: string;
  readonly folderName: string;
  readonly expires: Date;
  /** How many devices it lets in, and how many came. */
  readonly uses: number;
  readonly used: number;
  readonly createdBy: string | null;
}

export function importEnrolmentTokens(value: unknown): Slice<EnrolmentToken> {
  return importSlice(value, (each) => {
    const item = new Field(each);
    return {
      id: importId(item.get("id")),
      folderName: item.get("folderName").text(),
      expires: item.get("expires").time(),
      uses: item.get("uses").count(),
      used: item.get("used").count(),
      createdBy: item.get("createdBy").textOrNull(),
    };
  });
}
