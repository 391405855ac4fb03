/** A part of a search: a word, a quoted text, or `field:value`, each possibly with "-" before it. */
const TERM = /-?(?:[a-z]+:)?"[^"]*"?|\S+/gi;

/** The parts of a search as they were typed. */
export function termsOf(q: string): readonly string[] {
  return q.match(TERM) ?? [];
}

export function hasTerm(q: string, term: string): boolean {
  return termsOf(q).some((each) => same(each, term));
}

/** The search with one part more; one that has it already stays as it is. */
export function withTerm(q: string, term: string): string {
  return hasTerm(q, term) ? q.trim() : [...termsOf(q), term].join(" ");
}

export function withoutTerm(q: string, term: string): string {
  return termsOf(q)
    .filter((each) => !same(each, term))
    .join(" ");
}

/** What finds the devices with this tag. */
export function tagTerm(tag: string): string {
  return /^[^\s"]+$/.test(tag) ? `tag:${tag}` : `tag:"${tag.replaceAll('"', "")}"`;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
