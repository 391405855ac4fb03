import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { AUDIT_CODES, OUTCOMES } from "../pages/audit/filter";
import de from "./de.json";
import en from "./en.json";
import { LANGUAGES, loadTexts, lookUp, preferred, regional, translate } from "./translate";

beforeAll(() => Promise.all(LANGUAGES.map(loadTexts)));

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("the texts", () => {
  it("have the same keys in both languages, in the same order", () => {
    expect(Object.keys(de)).toEqual(Object.keys(en));
  });

  it("have the same placeholders in both languages", () => {
    for (const [key, text] of Object.entries(en)) {
      expect([key, placeholders(de[key as keyof typeof de])]).toEqual([key, placeholders(text)]);
    }
  });

  it("are all said and none is empty", () => {
    for (const texts of [en, de]) {
      for (const [key, text] of Object.entries(texts))
        expect([key, text.trim() === text && text !== ""]).toEqual([key, true]);
    }
  });

  it("are all used, and every key that the source names is there", () => {
    const source = sources(join(import.meta.dirname, "..")).join("\n");
    const named = [...source.matchAll(/\bt\(\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((key) => !Object.hasOwn(en, key))).toEqual([]);
    const built =
      /^(problem|notice|permission|permissionHelp|preset|principal|resource|effect|entry\.sentence|effective\.(entry|reason|lost)|inherit|weekday|validity\.fault|people\.(tab|lost)|access\.tab|requests\.(view|none|noneBody|state)|audit\.code|audit\.field|audit\.outcome|operation|session\.reason|login\.error|language|theme|state|device\.(tab|lost)|enrol\.(lifetime|way|wayHelp)|folder\.lost|bulk\.done|assistance\.(state|none)|terminal\.(error|step|exit|why)|watch\.(error|kind)|files\.(error|state|column|open|download|upload)|desktop\.(error|quality)|processes\.(error|column|signal|exit)|chat\.(place|refused)|settings\.contact|settings\.tab|stepUp\.(title|body|go)|factors\.do|factor|account\.action|signIn\.(mode|modeHelp)|users\.(way|wayHelp)|domains\.(state|step)|relays\.state|blocked\.kind|providers\.(kind|kindHelp|state|test|works|connectionHelp|groupsHelp|registrationHelp|redirectUri|logoutUri)|transfer\.(export|format|phase|count|action|kind))\.|^bulk\.(un)?tag(Title|Action)$|^relays\.(refuse|remove|drain)(Title|Done)?$|^sessionPolicy\.consent\.(never|device|approver)$|^fixedRelay\.(device|folder|user)Help$|^userAccount\.(en|dis)able(Title|Body)?$|^files\.(up|down)loading$/;
    const unused = Object.keys(en).filter((key) => !built.test(key) && !source.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });

  it("name every operation code and outcome that the audit page offers", () => {
    for (const code of AUDIT_CODES) expect([code, lookUp("en", "audit.code", code) !== null]).toEqual([code, true]);
    for (const outcome of OUTCOMES) expect(lookUp("de", "audit.outcome", outcome)).not.toBeNull();
  });

  it("name every reason for which the access server ends a session", () => {
    const reasons = readFileSync(
      join(import.meta.dirname, "../../../../../../ejb-domain/src/main/java/org/bascule/domain/session/EndReason.java"),
      "utf8",
    );
    const codes = [...reasons.matchAll(/^ {4}[A-Z_]+\("([a-z-]+)"\)/gm)].map((match) => match[1] ?? "");
    expect(codes).toContain("contract-required");
    for (const code of codes) expect([code, lookUp("en", "session.reason", code) !== null]).toEqual([code, true]);
  });

  it("have a sentence for every error of a session", () => {
    const errors = readFileSync(join(import.meta.dirname, "../session/errors.ts"), "utf8");
    const codes = [...errors.matchAll(/^ {2}\| "([a-z-]+)"/gm)].map((match) => match[1] ?? "");
    expect(codes.length).toBeGreaterThan(30);
    for (const code of codes) expect([code, lookUp("en", "terminal.error", code) !== null]).toEqual([code, true]);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.includes(".test."))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

describe("translate", () => {
  it("puts values in without reading them again", () => {
    expect(translate("en", "problem.reference", { reference: "{reference}" })).toBe("Reference: {reference}");
    expect(translate("en", "problem.reference", { reference: "$& $1" })).toBe("Reference: $& $1");
  });

  it("writes numbers as the language does", () => {
    expect(translate("de", "enrol.forDevices", { count: 10_000 })).toContain("10.000");
  });
});

describe("the language", () => {
  it("is the first of the browser's that there are texts for", () => {
    expect(preferred(["fr-CH", "de-CH", "en"])).toBe("de");
    expect(preferred(["fr"])).toBe("en");
    expect(preferred([])).toBe("en");
  });

  it("keeps the region of the browser for dates", () => {
    expect(regional("en", ["de-DE", "en-GB"])).toBe("en-GB");
    expect(regional("de", ["en-US"])).toBe("de");
  });
});

it("does not look codes up in the prototype", () => {
  expect(lookUp("en", "problem", "toString")).toBeNull();
});
