// PatternFly's styles carry themes that this application does not offer, an icon font, and the tokens of every component there is. They are left out
// when a style sheet is read, so that the name of the built file still follows from what is in it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** Classes of which no page has one. */
const UNUSED =
  /\.pf-v6-(?:theme-(?:felt|glass|high-contrast)|pficon|icon-set-rh-ui|m-(?:ai-indicator|thinking|legacy-font))\b/;

/** A rule without rules in it. */
const RULE = /([^{};]+)\{([^{}]*)\}/g;

const DECLARATION = /(--pf-t--[\w-]+)\s*:\s*([^;{}]*);?/g;

const mentioned = (text: string): readonly string[] => text.match(/--pf-[\w-]+/g) ?? [];

/** `a, b:is(c, d)` as its two selectors. */
function selectors(list: string): readonly string[] {
  let depth = 0;
  let found = "";
  for (const character of list) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    found += character === "," && depth === 0 ? "\n" : character.replace("\n", " ");
  }
  return found.split("\n");
}

/** The style sheet without the rules for unused classes. */
export function withoutUnusedClasses(css: string): string {
  return css.replace(/\/\*[\s\S]*?\*\//g, "").replace(RULE, (rule: string, list: string, body: string) => {
    if (!UNUSED.test(list)) return rule;
    const left = selectors(list).filter((each) => !UNUSED.test(each.replace(/:not\([^()]*\)/g, "")));
    return left.length === 0 ? "" : `${left.join(",")}{${body}}`;
  });
}

/** The style sheet without tokens that neither it nor any of the other texts mentions, directly or by other tokens. */
export function withoutUnusedTokens(css: string, others: readonly string[]): string {
  const values = new Map<string, string>();
  for (const [, name = "", value] of css.matchAll(DECLARATION)) values.set(name, `${values.get(name) ?? ""} ${value}`);
  const next = [css.replace(DECLARATION, ""), ...others].flatMap(mentioned);
  const used = new Set<string>();
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    next.push(...mentioned(values.get(name) ?? ""));
  }
  return css.replace(DECLARATION, (declaration, name: string) => (used.has(name) ? declaration : ""));
}

function texts(folder: string, wanted: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

export function unusedStyles(frontend: string): Plugin {
  const patternfly = join(frontend, "node_modules", "@patternfly");
  return {
    name: "unused-styles",
    enforce: "pre",
    transform(code, id) {
      const [path = ""] = id.split("?");
      if (!/@patternfly[\\/].*\.css$/.test(path)) return null;
      const css = withoutUnusedClasses(code);
      if (!/[\\/]base\.css$/.test(path)) return { code: css, map: null };
      const others = [
        ...texts(join(patternfly, "react-styles", "css"), /\.css$/).map(withoutUnusedClasses),
        ...texts(join(patternfly, "react-core", "dist", "esm"), /\.js$/),
        ...texts(join(patternfly, "react-table", "dist", "esm"), /\.js$/),
        ...texts(join(frontend, "src"), /\.(?:css|tsx?)$/),
      ];
      return { code: withoutUnusedTokens(css, others), map: null };
    },
  };
}
