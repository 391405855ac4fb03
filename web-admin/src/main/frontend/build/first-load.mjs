// What a browser loads before the first page is there, compressed: index.html, its scripts and styles with all that they import, the page of
// devices, and the texts of one language. Fails above the budget, so that a tool does not slip into it unseen.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET = 350 * 1024;

/** @returns bytes of the first load of the built application in `folder` */
export function firstLoad(folder) {
  const seen = new Map();
  const visit = (name) => {
    if (seen.has(name) || !existsSync(join(folder, name))) return;
    const content = readFileSync(join(folder, name));
    seen.set(name, gzipSync(content, { level: 9 }).length);
    const text = content.toString("utf8");
    if (name.endsWith(".html"))
      for (const [, path] of text.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)) visit(path);
    if (!name.endsWith(".js")) return;
    // static imports; dynamic ones, import("./x.js"), are what loads later
    for (const [, path] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g)) visit(`assets/${path}`);
  };
  visit("index.html");
  // of the languages one is loaded: the largest counts
  const languages = readdirSync(join(folder, "assets")).filter((name) => /^(en|de)-[\w-]+\.js$/.test(name));
  if (languages.length < 2) throw new Error("the texts of the languages are not found");
  languages.sort((a, b) => statSync(join(folder, "assets", b)).size - statSync(join(folder, "assets", a)).size);
  visit(`assets/${languages[0]}`);
  return seen;
}

export function checkFirstLoad(folder) {
  const parts = firstLoad(folder);
  const total = [...parts.values()].reduce((sum, size) => sum + size, 0);
  const tools = [...parts.keys()].filter((name) => /Terminal|xterm|ml-kem|Desktop|novnc/.test(name));
  console.log(`first load: ${Math.round(total / 1024)} KiB compressed of ${BUDGET / 1024}, ${parts.size} files`);
  if (total <= BUDGET && tools.length === 0) return;
  for (const [name, size] of parts) console.error(`${Math.round(size / 1024)} KiB ${name}`);
  console.error("the first load is above its budget or carries a tool");
  process.exit(1);
}
