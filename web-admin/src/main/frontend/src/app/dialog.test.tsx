// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { DialogFrame } from "./dialog";
import { renderPage } from "./testing/page";

/** The style sheets that decide about the title, in the order in which the application has them. */
function withStyles(): void {
  const patternfly = createRequire(import.meta.url).resolve(
    "@patternfly/react-styles/css/components/ModalBox/modal-box.css",
  );
  for (const file of [patternfly, join(import.meta.dirname, "app.css")]) {
    const style = document.createElement("style");
    style.textContent = readFileSync(file, "utf8");
    document.head.append(style);
  }
}

describe("a dialog", () => {
  it("shows the whole of a long title on as many lines as it needs", async () => {
    withStyles();
    const title = `Delete the folder ${"x".repeat(180)} and all that is in it?`;
    renderPage(
      "/",
      "/",
      <DialogFrame title={title} onClose={() => undefined}>
        …
      </DialogFrame>,
    );
    expect(await screen.findByRole("dialog", { name: title })).toBeDefined();
    const { whiteSpace, overflow, overflowWrap } = getComputedStyle(screen.getByText(title));
    expect({ whiteSpace, overflow, overflowWrap }).toEqual({
      whiteSpace: "normal",
      overflow: "visible",
      overflowWrap: "anywhere",
    });
  });
});
