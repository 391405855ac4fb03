import { Button } from "@patternfly/react-core";
import { FolderIcon, FolderOpenIcon } from "@patternfly/react-icons";
import { useEffect, useId, useState } from "react";
import { Link } from "react-router";
import type { Folder } from "../../api/folder";
import { Inert } from "../../app/inert";
import { useTexts } from "../../i18n";
import { FolderSearch } from "./FolderSearch";

interface FolderPanelProps {
  /** The folder of the address. */
  readonly selected: string | null;
  /** The folder that stands for everything: the one at the top, where there is one alone. */
  readonly all: string | null;
  readonly name: string;
  readonly href: (folder: string | null) => string;
}

/** The folders beside the list: links, so that each can be opened in a tab of its own. On a narrow screen they unfold above the list. */
export function FolderPanel({ selected, all, name, href }: FolderPanelProps) {
  const { t, locale } = useTexts();
  const [open, setOpen] = useState(false);
  const id = useId();
  // biome-ignore lint/correctness/useExhaustiveDependencies: who chose a folder wants to see its devices
  useEffect(() => setOpen(false), [selected]);
  const isCurrent = (folder: Folder) => folder.id === (selected ?? all);
  return (
    <>
      <Button
        className="devices__unfold"
        variant="secondary"
        icon={open ? <FolderOpenIcon /> : <FolderIcon />}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {t("devices.folder")}: <Inert text={name} />
      </Button>
      <nav
        id={id}
        className={open ? "devices__tree devices__tree--open" : "devices__tree"}
        aria-label={t("devices.folders")}
      >
        <FolderSearch
          selected={selected}
          isCurrent={isCurrent}
          row={(folder) => (
            <Link
              to={href(folder.id === all ? null : folder.id)}
              {...(isCurrent(folder) ? { "aria-current": "true" as const } : {})}
            >
              <Inert text={folder.name} />
              <span className="pf-v6-screen-reader"> – {t("devices.title")}: </span>
              <span className="folder-tree__count">{folder.devices.toLocaleString(locale)}</span>
            </Link>
          )}
        />
      </nav>
    </>
  );
}
