/** The end of an id, for lines whose name another id has as well; null for the others. */
export function idBeside<Line>(lines: readonly Line[], named: (line: Line) => readonly [name: string, id: string]) {
  const first = new Map<string, string>();
  const shared = new Set<string>();
  for (const line of lines) {
    const [name, id] = named(line);
    const known = first.get(name) ?? id;
    first.set(name, known);
    if (known !== id) shared.add(name);
  }
  return (line: Line): string | null => {
    const [name, id] = named(line);
    return shared.has(name) ? `…${id.slice(-8)}` : null;
  };
}
