// @vitest-environment happy-dom
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useSearchParams } from "react-router";
import { describe, expect, it } from "vitest";
import { CursorPager, readTrail } from "./paging";
import { FakeApi } from "./testing/api";
import { expectAccessible, renderPage } from "./testing/page";
import { readPosition, withSearch } from "./urlState";

const CURSORS = ["", "bbb", "ccc"];

/** A list of three pages of 20 rows. */
function List() {
  const [search, setSearch] = useSearchParams();
  const { cursor } = readPosition(search);
  const at = CURSORS.indexOf(cursor ?? "");
  return (
    <>
      <p>page {at}</p>
      <CursorPager
        next={CURSORS[at + 1] ?? null}
        count={20}
        total={60}
        label="Pages"
        onSize={(size) => setSearch(withSearch(search, { size }))}
      />
    </>
  );
}

const open = (address: string) => {
  new FakeApi();
  return renderPage("/list", address, <List />);
};
const press = async (name: string) => userEvent.click(screen.getByRole("link", { name }));

describe("the way through a list", () => {
  it("goes on and back, and the browser's own back does too", async () => {
    const { router } = open("/list?q=a&size=20");
    expect(screen.getByText("1 – 20 of 60")).toBeDefined();
    expect(screen.getByRole("button", { name: "Previous page" })).toHaveProperty("disabled", true);
    await press("Next page");
    expect(router.state.location.search).toBe("?cursor=bbb&q=a&size=20");
    expect(screen.getByText("21 – 40 of 60")).toBeDefined();
    await press("Next page");
    expect(screen.getByText("page 2")).toBeDefined();
    expect(screen.getByRole("button", { name: "Next page" })).toHaveProperty("disabled", true);
    await press("Previous page");
    expect(screen.getByText("page 1")).toBeDefined();
    await press("Previous page");
    expect(router.state.location.search).toBe("?q=a&size=20");
    await router.navigate(-1);
    expect(await screen.findByText("page 1")).toBeDefined();
    expect(screen.getByText("21 – 40 of 60")).toBeDefined();
    await expectAccessible();
  });

  it("leads from an address that was opened directly to the first page", async () => {
    open("/list?cursor=ccc&size=20");
    expect(screen.getByText("Rows: 20")).toBeDefined();
    await press("First page");
    expect(screen.getByText("1 – 20 of 60")).toBeDefined();
  });

  it("goes on from an address that was opened directly, and back to it", async () => {
    open("/list?cursor=bbb&size=20");
    await press("Next page");
    await press("Previous page");
    expect(screen.getByText("page 1")).toBeDefined();
    await press("First page");
    expect(screen.getByText("page 0")).toBeDefined();
  });

  it("begins anew with another number of rows", async () => {
    const { router } = open("/list?cursor=bbb&size=20");
    await userEvent.selectOptions(screen.getByRole("combobox"), "100");
    expect(router.state.location.search).toBe("?size=100");
  });
});

it.each([
  ["nothing", undefined, "bbb", [], false],
  ["no list", { trail: "x" }, "bbb", [], false],
  ["other things", { trail: ["", 1, null, "aaa"] }, "bbb", ["", "aaa"], true],
  ["a first page", { trail: ["x"] }, null, [], true],
])("reads a trail of %s", (_name, state, cursor, cursors, whole) => {
  expect(readTrail(state, cursor)).toEqual({ cursors, whole });
});
