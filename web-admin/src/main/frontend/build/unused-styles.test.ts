import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withoutUnusedClasses, withoutUnusedTokens } from "./unused-styles";

describe("styles that no page uses", () => {
  it.each([
    ["an unused theme", ":root:where(.pf-v6-theme-dark.pf-v6-theme-glass) { --x: 1 }", ""],
    [
      "a theme that is offered",
      ":root:where(.pf-v6-theme-dark) { --x: 1 }",
      ":root:where(.pf-v6-theme-dark) { --x: 1 }",
    ],
    ["one of two selectors", ".a, .pf-v6-theme-felt .a{b:c}", ".a{b:c}"],
    ["what is for all but such a theme", ".a:not(.pf-v6-theme-felt){b:c}", ".a:not(.pf-v6-theme-felt){b:c}"],
    ["a selector with a list in it", ".a:is(.b, .c),.pf-v6-pficon-close{d:e}", ".a:is(.b, .c){d:e}"],
    ["in a condition", "@media print{.pf-v6-pficon-x{a:b}.c{d:e}}", "@media print{.c{d:e}}"],
  ])("leaves out or keeps %s", (_what, css, left) => {
    expect(withoutUnusedClasses(css).trim()).toBe(left);
  });

  it("keep tokens that are used by way of others", () => {
    const css = ":root{--pf-t--a:var(--pf-t--b);--pf-t--b:1px;--pf-t--c:2px;--pf-t--d:3px}p{margin:var(--pf-t--d)}";
    expect(withoutUnusedTokens(css, [".x{top:var(--pf-t--a)}"])).toBe(
      ":root{--pf-t--a:var(--pf-t--b);--pf-t--b:1px;--pf-t--d:3px}p{margin:var(--pf-t--d)}",
    );
  });

  it("go by names that PatternFly still has", () => {
    const base = readFileSync(join("node_modules", "@patternfly", "react-core", "dist", "styles", "base.css"), "utf8");
    const left = withoutUnusedClasses(base);
    expect(left.length).toBeLessThan(base.length / 2);
    expect(left).toContain(":root:where(.pf-v6-theme-dark) {");
    expect(left).not.toMatch(/\.pf-v6-(?:theme-glass|pficon)/);
  });
});
