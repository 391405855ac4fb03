// What Maven calls: `node build/maven.mjs install|build|check|test`. Installing and building are skipped when nothing they read has changed, so that
// a build without changes costs milliseconds and needs no network.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkFirstLoad } from "./first-load.mjs";

const frontend = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(frontend, "..", "..", "..", "target");

function run(...args) {
  const windows = process.platform === "win32";
  const result = spawnSync(windows ? "npm.cmd" : "npm", args, { cwd: frontend, stdio: "inherit", shell: windows });
  if (result.error)
    console.error(
      `npm cannot be started: ${result.error.message}. Node 20.19 or newer with npm is needed to build the web application.`,
    );
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** What no build reads. */
const TESTS = /\.test\.tsx?$|[\\/]testing[\\/]/;

/** Hash of the names and contents of `paths` (files and whole folders) but tests, and of the Node version. */
function fingerprint(paths) {
  const hash = createHash("sha256").update(process.version);
  const visit = (path) => {
    const full = join(frontend, path);
    for (const entry of readdirSync(full, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory()) visit(join(path, entry.name));
      else add(join(path, entry.name));
    }
  };
  const add = (path) => TESTS.test(path) || hash.update(`\0${path}\0`).update(readFileSync(join(frontend, path)));
  for (const path of paths) (path.includes(".") ? add : visit)(path);
  return hash.digest("hex");
}

/** Runs `work` unless `stamp` says that it was done for the same input; the stamp is written last. */
function unlessDone(stamp, value, produced, work) {
  if (existsSync(produced) && existsSync(stamp) && readFileSync(stamp, "utf8") === value) return;
  rmSync(stamp, { force: true });
  work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, value);
}

const goals = {
  install: () =>
    unlessDone(
      join(frontend, "node_modules", ".installed"),
      fingerprint(["package-lock.json", "package.json"]),
      join(frontend, "node_modules", ".bin"),
      () => run("ci", "--prefer-offline"),
    ),
  build: () =>
    unlessDone(
      join(target, "frontend.stamp"),
      fingerprint([
        "package-lock.json",
        "package.json",
        "tsconfig.json",
        "vite.config.ts",
        "build",
        "index.html",
        "public",
        "src",
      ]),
      join(target, "frontend", "index.html"),
      () => {
        run("run", "--silent", "build");
        checkFirstLoad(join(target, "frontend"));
      },
    ),
  check: () => run("run", "--silent", "check"),
  test: () => run("run", "--silent", "test"),
};

const goal = goals[process.argv[2] ?? ""];
if (goal === undefined) {
  console.error(`usage: node build/maven.mjs ${Object.keys(goals).join("|")}`);
  process.exit(2);
}
goal();
