import { Button, FormSelect, FormSelectOption } from "@patternfly/react-core";
import { AngleLeftIcon, AngleRightIcon } from "@patternfly/react-icons";
import { useLocation, useNavigate } from "react-router";
import { useTexts } from "../i18n";
import { AppLink } from "./links";
import { PAGE_SIZES, type Position, readPosition, withSearch } from "./urlState";

/** The cursors of the pages before this one, the first page being "". `whole` says that they reach back to the first page. */
interface Trail {
  readonly cursors: readonly string[];
  readonly whole: boolean;
}

/** Reads what the history keeps with an address. A link from elsewhere has nothing there, and its way back is not known. */
export function readTrail(state: unknown, cursor: string | null): Trail {
  if (cursor === null) return { cursors: [], whole: true };
  const kept: unknown = typeof state === "object" && state !== null && "trail" in state ? state.trail : undefined;
  const cursors = Array.isArray(kept) ? kept.filter((each): each is string => typeof each === "string") : [];
  return { cursors, whole: cursors[0] === "" };
}

interface CursorPagerProps {
  /** As the list's last answer said it; null at the end of the list. */
  readonly next: string | null;
  /** Rows of this page. */
  readonly count: number;
  /** Rows of the whole list, where somebody counted them. */
  readonly total?: number | undefined;
  readonly label: string;
  readonly onSize: (size: number) => void;
}

/**
 * The way through a list that is read with a cursor: links, so that back, reload and a copied address work. From an address that was
 * opened directly the way back leads to the first page.
 */
export function CursorPager({ next, count, total, label, onSize }: CursorPagerProps) {
  const { t, locale } = useTexts();
  const location = useLocation();
  const search = new URLSearchParams(location.search);
  const { cursor, size }: Position = readPosition(search);
  const trail = readTrail(location.state, cursor);
  const address = (to: string | null) => `${location.pathname}?${withSearch(search, { cursor: to })}`;
  const before = trail.cursors.at(-1);
  const number = (n: number) => n.toLocaleString(locale);
  const first = trail.cursors.length * size + 1;
  const rows =
    !trail.whole || count === 0
      ? t("pager.rows", { count })
      : total === undefined || total < first + count - 1
        ? `${number(first)} – ${number(first + count - 1)}`
        : `${number(first)} – ${number(first + count - 1)} ${t("pager.of")} ${number(total)}`;
  return (
    <nav className="cursor-pager" aria-label={label}>
      <span>{rows}</span>
      <FormSelect
        className="cursor-pager__size"
        aria-label={t("pager.size")}
        value={size}
        onChange={(_event, value) => onSize(Number(value))}
      >
        {PAGE_SIZES.map((each) => (
          <FormSelectOption key={each} value={each} label={`${each} ${t("pager.perPage")}`} />
        ))}
      </FormSelect>
      <Way
        text={t(before === undefined && cursor !== null ? "pager.first" : "pager.previous")}
        href={cursor === null ? null : address(before === undefined || before === "" ? null : before)}
        trail={trail.cursors.slice(0, -1)}
        back
      />
      <Way
        text={t("pager.next")}
        href={next === null ? null : address(next)}
        trail={[...trail.cursors, cursor ?? ""]}
        back={false}
      />
    </nav>
  );
}

/** Goes on to another page of the same list, from which the way leads back to this one. */
export function useStep(): (cursor: string) => void {
  const location = useLocation();
  const navigate = useNavigate();
  return (cursor) => {
    const search = new URLSearchParams(location.search);
    const before = readPosition(search).cursor;
    const trail = [...readTrail(location.state, before).cursors, before ?? ""];
    void navigate(`${location.pathname}?${withSearch(search, { cursor })}`, { state: { trail } });
  };
}

interface WayProps {
  readonly text: string;
  readonly href: string | null;
  readonly trail: readonly string[];
  readonly back: boolean;
}

/** One step through the list; what leads nowhere is shown, and cannot be pressed. */
function Way({ text, href, trail, back }: WayProps) {
  const navigate = useNavigate();
  const icon = back ? <AngleLeftIcon /> : <AngleRightIcon />;
  const look = { variant: "secondary", size: "sm", icon, iconPosition: back ? "start" : "end" } as const;
  if (href === null) {
    return (
      <Button {...look} isDisabled>
        {text}
      </Button>
    );
  }
  return (
    <Button
      {...look}
      component={AppLink}
      href={href}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        void navigate(href, { state: { trail } });
        document.getElementById("main-content")?.scrollTo({ top: 0 });
      }}
    >
      {text}
    </Button>
  );
}
