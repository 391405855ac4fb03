import { useEffect } from "react";
import { inertText } from "./inert";

/** The title of the page in the tab and in the history; names in it come from outside and are made inert. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${inertText(title)} · Bascule`;
  }, [title]);
}
