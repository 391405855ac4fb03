import { type ReactNode, useLayoutEffect, useRef } from "react";
import { Link } from "react-router";

export interface PageTab {
  readonly to: string;
  readonly text: ReactNode;
  readonly current: boolean;
}

interface PageTabsProps {
  readonly label: string;
  readonly tabs: readonly PageTab[];
}

/** The ways between the views of a page, each under an address of its own. Where they need more room than there is, the strip scrolls, and begins with the present one in sight. */
export function PageTabs({ label, tabs }: PageTabsProps) {
  const strip = useRef<HTMLUListElement>(null);
  const current = tabs.find((tab) => tab.current)?.to;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the strip moves when another one is the present one, or where there are more of them
  useLayoutEffect(() => {
    if (strip.current !== null) showCurrent(strip.current);
  }, [current, tabs.length]);
  return (
    <nav className="page-tabs" aria-label={label}>
      <ul ref={strip}>
        {tabs.map((tab) => (
          <li key={tab.to}>
            <Link to={tab.to} {...(tab.current ? { "aria-current": "page" as const } : {})}>
              {tab.text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Scrolls the strip, and nothing around it, so that the present one is in its middle. */
function showCurrent(strip: HTMLElement): void {
  const tab = strip.querySelector("[aria-current]");
  if (tab === null) return;
  const inner = tab.getBoundingClientRect();
  const outer = strip.getBoundingClientRect();
  strip.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}
