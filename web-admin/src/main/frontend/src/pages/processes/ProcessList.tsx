// biome-ignore-all lint/a11y/useSemanticElements: a table of HTML cannot leave out the rows that are not in sight
// biome-ignore-all lint/a11y/useFocusableInteractive: what is in the rows has the focus
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled with the keyboard too
import { Button, Radio } from "@patternfly/react-core";
import { type UIEvent, useLayoutEffect, useRef, useState } from "react";
import { Inert, inertText } from "../../app/inert";
import { bytes } from "../../app/time";
import { useTexts } from "../../i18n";
import type { DeviceProcess } from "../../system/client";
import { label, type Row, type Sort, type SortKey } from "../../system/rows";

/** Of a row, in pixels: rows that are not in sight are not drawn, so all have the same. */
const ROW = 40;
const MORE = 10;
/** No window is higher. */
const MOST = 4_000;
const INDENT = 16;
const MAX_DEPTH = 12;

const CLASSES: Readonly<Record<SortKey, string>> = {
  pid: "processes__number",
  user: "processes__wide",
  cpu: "processes__number",
  memory: "processes__number processes__wide",
  command: "processes__command",
};
const KEYS: readonly SortKey[] = ["pid", "user", "cpu", "memory", "command"];

interface ProcessListProps {
  readonly rows: readonly Row[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly selected: DeviceProcess | null;
  readonly onSelect: (process: DeviceProcess) => void;
  readonly label: string;
}

/** Only rows in sight are drawn, so five thousand are as quick as ten. */
export function ProcessList({ rows, sort, onSort, selected, onSelect, label: name }: ProcessListProps) {
  const { t } = useTexts();
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
  const first = Math.max(0, Math.min(Math.floor(top / ROW), rows.length) - MORE);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW) + MORE);
  return (
    <div className="files processes" role="table" aria-label={name} aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div className="files__head" role="row" aria-rowindex={1}>
          <span role="columnheader" className="files__check" />
          {KEYS.map((key) => (
            <span
              key={key}
              role="columnheader"
              className={CLASSES[key]}
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
        className="files__body"
        role="rowgroup"
        tabIndex={0}
        onScroll={(event: UIEvent<HTMLDivElement>) => setTop(event.currentTarget.scrollTop)}
      >
        <div role="presentation" style={{ height: first * ROW }} />
        {rows.slice(first, last).map((row, index) => (
          <ProcessRow
            key={`${row.process.pid}-${row.process.start}`}
            row={row}
            index={first + index}
            isSelected={selected?.pid === row.process.pid && selected.start === row.process.start}
            onSelect={() => onSelect(row.process)}
          />
        ))}
        <div role="presentation" style={{ height: Math.max(0, rows.length - last) * ROW }} />
      </div>
    </div>
  );
}

interface ProcessRowProps {
  readonly row: Row;
  readonly index: number;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

function ProcessRow({ row: { process, depth }, index, isSelected, onSelect }: ProcessRowProps) {
  const { t, locale } = useTexts();
  const text = label(process);
  return (
    <div className="files__row" role="row" aria-rowindex={index + 2} aria-selected={isSelected} style={{ height: ROW }}>
      <span role="cell" className="files__check">
        <Radio
          id={`process-${process.pid}`}
          name="process"
          aria-label={t("processes.select", { pid: String(process.pid), name: inertText(process.name) })}
          isChecked={isSelected}
          onChange={onSelect}
        />
      </span>
      <span role="cell" className={CLASSES.pid}>
        {process.pid}
      </span>
      <span role="cell" className={CLASSES.user}>
        <Inert text={process.user} />
      </span>
      <span role="cell" className={CLASSES.cpu}>
        {process.cpu < 0 ? "–" : (process.cpu / 10).toLocaleString(locale, { minimumFractionDigits: 1 })}
      </span>
      <span role="cell" className={CLASSES.memory}>
        {bytes(process.memory, locale)}
      </span>
      <span
        role="cell"
        className={CLASSES.command}
        title={inertText(text)}
        style={{ paddingInlineStart: Math.min(depth, MAX_DEPTH) * INDENT }}
      >
        <Inert text={text} />
      </span>
    </div>
  );
}
