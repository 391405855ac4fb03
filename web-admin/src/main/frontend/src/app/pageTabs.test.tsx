// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import { PageTabs } from "./pageTabs";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const NAMES = ["one", "two", "three", "four"];

const strip = (current: string) => (
  <MemoryRouter>
    <PageTabs label="Views" tabs={NAMES.map((name) => ({ to: `/${name}`, text: name, current: name === current }))} />
  </MemoryRouter>
);

it("scrolls the present tab into the middle of a strip that is too narrow, and the next one too", () => {
  // each is 100 wide in a strip of 150
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    const list = this.closest("ul") as HTMLElement;
    const at = this === list ? 0 : NAMES.indexOf(this.textContent ?? "") * 100 - list.scrollLeft;
    return new DOMRect(at, 0, this === list ? 150 : 100, 40);
  });
  const { rerender } = render(strip("three"));
  const list = screen.getByRole("list");
  expect(list.scrollLeft).toBe(175);
  expect(screen.getByRole("link", { name: "three" }).getAttribute("aria-current")).toBe("page");
  rerender(strip("four"));
  expect(list.scrollLeft).toBe(275);
});
