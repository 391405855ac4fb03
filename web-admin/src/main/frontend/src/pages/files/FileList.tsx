// biome-ignore-all lint/a11y/useSemanticElements: a table of HTML cannot leave out the rows that are not in sight
// biome-ignore-all lint/a11y/useFocusableInteractive: what is in the rows has the focus
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled with the keyboard too
import { Button, Checkbox } from "@patternfly/react-core";
import { FileIcon, FolderIcon, LinkIcon, OutlinedQuestionCircleIcon } from "@patternfly/react-icons";
import { type UIEvent, useLayoutEffect, useRef, useState } from "react";
import { Inert, inertText } from "../../app/inert";
import { NARROW, useMedia } from "../../app/media";
import { absoluteTime, bytes } from "../../app/time";
import { type Entry, modeText, type RawPath, textOf } from "../../files";
import { useTexts } from "../../i18n";

export type SortKey = "name" | "size" | "modified";

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** Of a row, in pixels: rows that are not in sight are not drawn, so all have the same. */
const ROW = 40;
/** With a second line, where there is no room beside the name. */
const ROW_OF_TWO = 60;
const MORE = 10;
/** No window is higher; a list that grew with its rows would draw all of them. */
const MOST = 4_000;

interface FileListProps {
  readonly entries: readonly Entry[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly selected: ReadonlySet<RawPath>;
  readonly onSelect: (selected: ReadonlySet<RawPath>) => void;
  readonly onOpen: (entry: Entry) => void;
  readonly label: string;
}

/** Entries of a folder: only those in sight are drawn, so a hundred thousand are as quick as ten. */
export function FileList({ entries, sort, onSort, selected, onSelect, onOpen, label }: FileListProps) {
  const { t } = useTexts();
  const place = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const row = useMedia(NARROW) ? ROW_OF_TWO : ROW;
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = () => setHeight(Math.min(element.clientHeight || 600, MOST));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(top / row) - MORE);
  const last = Math.min(entries.length, Math.ceil((top + height) / row) + MORE);
  const all = entries.length > 0 && entries.every(({ name }) => selected.has(name));
  const head = (key: SortKey) => (
    <span
      role="columnheader"
      className={`files__${key}`}
      aria-sort={sort.key === key ? (sort.descending ? "descending" : "ascending") : "none"}
    >
      <Button
        variant="plain"
        size="sm"
        onClick={() => onSort({ key, descending: sort.key === key ? !sort.descending : key !== "name" })}
      >
        {t(`files.column.${key}`)} {sort.key === key ? (sort.descending ? "▾" : "▴") : ""}
      </Button>
    </span>
  );
  const toggle = (name: RawPath) => {
    const next = new Set(selected);
    if (!next.delete(name)) next.add(name);
    onSelect(next);
  };
  return (
    <div className="files" role="table" aria-label={label} aria-rowcount={entries.length + 1}>
      <div role="rowgroup">
        <div className="files__head" role="row" aria-rowindex={1}>
          <span role="columnheader" className="files__check">
            <Checkbox
              id="files-all"
              aria-label={t("files.selectAll")}
              isChecked={all}
              onChange={() => onSelect(new Set(all ? [] : entries.map(({ name }) => name)))}
            />
          </span>
          {head("name")}
          {head("size")}
          {head("modified")}
          <span role="columnheader" className="files__mode">
            {t("files.column.mode")}
          </span>
        </div>
      </div>
      <div
        ref={place}
        className="files__body"
        role="rowgroup"
        tabIndex={0}
        onScroll={(event: UIEvent<HTMLDivElement>) => setTop(event.currentTarget.scrollTop)}
      >
        <div role="presentation" style={{ height: first * row }} />
        {entries.slice(first, last).map((entry, index) => (
          <Row
            key={entry.name}
            index={first + index}
            entry={entry}
            height={row}
            isSelected={selected.has(entry.name)}
            onToggle={() => toggle(entry.name)}
            onOpen={() => onOpen(entry)}
          />
        ))}
        <div role="presentation" style={{ height: (entries.length - last) * row }} />
      </div>
    </div>
  );
}

interface RowProps {
  readonly entry: Entry;
  readonly index: number;
  readonly height: number;
  readonly isSelected: boolean;
  readonly onToggle: () => void;
  readonly onOpen: () => void;
}

const ICONS = { file: FileIcon, folder: FolderIcon, link: LinkIcon, other: OutlinedQuestionCircleIcon };

function Row({ entry, index, height, isSelected, onToggle, onOpen }: RowProps) {
  const { t, locale } = useTexts();
  const name = textOf(entry.name);
  const Icon = ICONS[entry.kind];
  const opens = entry.kind !== "other";
  return (
    <div className="files__row" role="row" aria-rowindex={index + 2} aria-selected={isSelected} style={{ height }}>
      <span role="cell" className="files__check">
        <Checkbox
          id={`files-row-${index}`}
          aria-label={t("files.select", { name: inertText(name) })}
          isChecked={isSelected}
          onChange={onToggle}
        />
      </span>
      <span role="cell" className="files__name" title={inertText(name)}>
        <Icon aria-hidden />{" "}
        {opens ? (
          <button
            type="button"
            className="files__open"
            onClick={onOpen}
            aria-label={t(`files.open.${entry.kind}`, { name: inertText(name) })}
          >
            <Inert text={name} />
          </button>
        ) : (
          <Inert text={name} />
        )}
        {entry.kind === "link" && (
          <span className="secondary">
            {" → "}
            <Inert text={textOf(entry.target)} />
          </span>
        )}
      </span>
      <span role="cell" className="files__size">
        {entry.kind === "file" ? bytes(entry.size, locale) : ""}
      </span>
      <span role="cell" className="files__modified">
        {absoluteTime(new Date(entry.modified), locale)}
      </span>
      <span role="cell" className="files__mode">
        <code>{modeText(entry.mode)}</code>
      </span>
    </div>
  );
}
