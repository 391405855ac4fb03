import { useLayoutEffect, useRef } from "react";
import type { WatchStream } from "../../session/api";
import { TerminalView } from "../../terminal";

interface WatchedTerminalProps {
  readonly stream: WatchStream;
  readonly tool: number;
  readonly label: string;
}

/** A terminal of somebody else: as large as it is there, so it may be wider than the page and is scrolled then. */
export function WatchedTerminal({ stream, tool, label }: WatchedTerminalProps) {
  const place = useRef<HTMLDivElement>(null);
  const named = useRef(label);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const isDark = () => document.documentElement.classList.contains("pf-v6-theme-dark");
    const view = new TerminalView(element, { dark: isDark(), label: named.current, watching: true });
    const themes = new MutationObserver(() => view.setDark(isDark()));
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
    const shown = stream.openTerminal(tool, (size) => view.show(size));
    view.attach(shown);
    return () => {
      themes.disconnect();
      shown.close();
      view.dispose();
    };
  }, [stream, tool]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page is scrolled with the keyboard
    <section className="watched" aria-label={label} tabIndex={0}>
      <div ref={place} className="watched__screen" />
    </section>
  );
}
