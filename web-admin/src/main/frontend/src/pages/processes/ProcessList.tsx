// biome-ignore-all lint/a11y/useSemanticElements: a table of HTML cannot leave out the rows that are not in sight
// biome-ignore-all lint/a11y/useFocusableInteractive: what is in the rows has the focus
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled with the keyboard too
import { Button } from "@patternfly/react-core";
import { type UIEvent, useLayoutEffect, useRef, useState } from "react";
import { Inert, inertText } from "../../app/inert";
import { bytes } from "../../app/time";
import { useTexts } from "../../i18n";
import type { ProcessRow } from "../../system";
import type { Shown, Sort, SortKey } from "./view";

/** Of a row, in pixels: rows that are not in sight are not drawn, so all have the same. */
const ROW = 32;
const MORE = 10;
/** No window is higher. */
const MOST = 4_000;
const COLUMNS: readonly SortKey[] = ["pid", "user", "cpu", "memory", "command"];

interface ProcessListProps {
  readonly rows: readonly Shown[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  /** Null: only looked at. */
  readonly onOpen: ((row: ProcessRow) => void) | null;
}

/** Processes: only those in sight are drawn. */
export function ProcessList({ rows, sort, onSort, onOpen }: ProcessListProps) {
  const { t, locale } = useTexts();
  const place = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = () => setHeight(Math.min(element.clientHeight || 600, MOST));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.min(Math.max(0, Math.floor(top / ROW) - MORE), rows.length);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW) + MORE);
  const percent = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1 });
  return (
    <div className="processes" role="table" aria-label={t("processes.list")} aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div className="processes__head" role="row" aria-rowindex={1}>
          {COLUMNS.map((key) => (
            <span
              key={key}
              role="columnheader"
              className={`processes__${key}`}
              aria-sort={sort.key === key ? (sort.descending ? "descending" : "ascending") : "none"}
            >
              <Button
                variant="plain"
                size="sm"
                onClick={() =>
                  onSort({
                    key,
                    descending: sort.key === key ? !sort.descending : key === "cpu" || key === "memory",
                  })
                }
              >
                {t(`processes.column.${key}`)} {sort.key === key ? (sort.descending ? "▾" : "▴") : ""}
              </Button>
            </span>
          ))}
        </div>
      </div>
      <div
        ref={place}
        className="processes__body"
        role="rowgroup"
        tabIndex={0}
        onScroll={(event: UIEvent<HTMLDivElement>) => setTop(event.currentTarget.scrollTop)}
      >
        <div role="presentation" style={{ height: first * ROW }} />
        {rows.slice(first, last).map(({ row, depth }, index) => (
          <div
            key={`${row.pid}-${row.start}`}
            className="processes__row"
            role="row"
            aria-rowindex={first + index + 2}
            style={{ height: ROW }}
          >
            <span role="cell" className="processes__pid">
              {onOpen === null ? (
                row.pid
              ) : (
                <button
                  type="button"
                  className="files__open"
                  onClick={() => onOpen(row)}
                  aria-label={t("processes.open", { pid: String(row.pid), name: inertText(row.name) })}
                >
                  {row.pid}
                </button>
              )}
            </span>
            <span role="cell" className="processes__user">
              <Inert text={row.user} />
            </span>
            <span role="cell" className="processes__cpu">
              {row.cpu < 0 ? "–" : percent.format(row.cpu / 1_000)}
            </span>
            <span role="cell" className="processes__memory">
              {bytes(row.memory, locale)}
            </span>
            <span
              role="cell"
              className="processes__command"
              title={inertText(row.command || row.name)}
              style={{ paddingInlineStart: `${depth}rem` }}
            >
              {row.command === "" ? (
                <span className="secondary">
                  [<Inert text={row.name} />]
                </span>
              ) : (
                <Inert text={row.command} />
              )}
            </span>
          </div>
        ))}
        <div role="presentation" style={{ height: (rows.length - last) * ROW }} />
      </div>
    </div>
  );
}
