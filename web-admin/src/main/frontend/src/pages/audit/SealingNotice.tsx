import { useQuery } from "@tanstack/react-query";
import { isBehind, type Sealing, type SealingStop } from "../../api/audit";
import { Notice } from "../../app/notice";
import { sealingQuery } from "../../app/queries";
import { AbsoluteTime } from "../../app/time";
import { useTexts } from "../../i18n";

const STOPPED = {
  "tree-changed": "audit.sealing.treeChanged",
  "no-key-set": "audit.sealing.noKeySet",
  failing: "audit.sealing.failing",
} as const satisfies Record<SealingStop, string>;

/** Warns while the log is not sealed as it should be; otherwise nothing. */
export function SealingNotice() {
  const { t } = useTexts();
  const sealing = useQuery(sealingQuery).data;
  if (sealing === undefined) return null;
  return (
    <>
      <TreeNotice tree={sealing} of={t("audit.sealing.domain")} />
      <TreeNotice tree={sealing.installation} of={t("audit.sealing.installation")} />
    </>
  );
}

function TreeNotice({ tree, of }: { readonly tree: Sealing; readonly of: string }) {
  const { t, locale } = useTexts();
  const { stopped, missing, waitingSince } = tree;
  if (stopped === null && !isBehind(tree) && missing === 0) return null;
  const title = t(
    stopped !== null ? "audit.sealing.stopped" : isBehind(tree) ? "audit.sealing.behind" : "audit.sealing.missingTitle",
    { of },
  );
  return (
    <Notice
      variant={stopped === "tree-changed" ? "danger" : "warning"}
      isInline
      title={title}
      className="audit-sealing"
    >
      {stopped !== null && <p>{t(STOPPED[stopped])}</p>}
      {isBehind(tree) && waitingSince !== null && (
        <p>
          {t("audit.sealing.since")} <AbsoluteTime time={waitingSince} />.
        </p>
      )}
      {missing > 0 && <p>{t("audit.sealing.missing", { missing: missing.toLocaleString(locale) })}</p>}
    </Notice>
  );
}
