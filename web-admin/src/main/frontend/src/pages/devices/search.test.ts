import { expect, it } from "vitest";
import { hasTerm, tagTerm, termsOf, withoutTerm, withTerm } from "./search";

it.each([
  ["press 01", ["press", "01"]],
  ['tag:"line 1" "a b" -os:debian', ['tag:"line 1"', '"a b"', "-os:debian"]],
  ['"not closed', ['"not closed']],
  ["   ", []],
])("takes %j apart", (q, terms) => expect(termsOf(q)).toEqual(terms));

it("adds a part once and takes it away again", () => {
  expect(withTerm("press", "tag:spare")).toBe("press tag:spare");
  expect(withTerm(" press Tag:Spare ", "tag:spare")).toBe("press Tag:Spare");
  expect(withoutTerm('"a b" assistance x', "assistance")).toBe('"a b" x');
  expect(hasTerm("-assistance", "assistance")).toBe(false);
});

it("quotes a tag only where it must", () => {
  expect(tagTerm("größe-1/a")).toBe("tag:größe-1/a");
  expect(tagTerm('a "b"')).toBe('tag:"a b"');
});
