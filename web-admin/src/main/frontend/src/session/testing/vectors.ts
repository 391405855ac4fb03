import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../../../../../..");

/** Our own vectors, which Java and TypeScript share; always there. */
export function ownVectors(name: string): unknown {
  return JSON.parse(readFileSync(join(root, "docs/protocol/vectors", `${name}.json`), "utf8"));
}

/** Published vectors of which the agent's session library keeps a few; always there. */
export function sessionVectors(name: string): unknown {
  const folder = "agent-client/session/src/test/resources/vectors";
  return JSON.parse(readFileSync(join(root, folder, `${name}.json`), "utf8"));
}

/** A set of published vectors kept beside the project, or undefined where that folder does not exist; the test then is skipped and says so. */
export function publishedVectors(path: string): unknown {
  const file = join(root, "../shared/vectors", path);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** Wycheproof: the groups with their tests. */
export interface Wycheproof<T> {
  readonly testGroups: readonly ({
    readonly tests: readonly (T & { readonly tcId: number; readonly result: string })[];
  } & {
    readonly [name: string]: unknown;
  })[];
}

export function wycheproof<T>(name: string): Wycheproof<T> | undefined {
  return publishedVectors(`wycheproof/${name}.json`) as Wycheproof<T> | undefined;
}
