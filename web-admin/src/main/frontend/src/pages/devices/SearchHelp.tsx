import { Button, Popover } from "@patternfly/react-core";
import { QuestionCircleIcon } from "@patternfly/react-icons";
import { type TextKey, useTexts } from "../../i18n";

const EXAMPLES: readonly (readonly [string, TextKey])[] = [
  ["press 01", "search.words"],
  ['"line 1"', "search.quoted"],
  ["tag:spindle", "search.tag"],
  ["os:debian", "search.os"],
  ["ip:192.0.2", "search.ip"],
  ["version:1.4", "search.version"],
  ["online", "search.online"],
  ["offline", "search.offline"],
  ["quarantined", "search.quarantined"],
  ["assistance", "search.assistance"],
  ["alarm", "search.alarm"],
  ["revoked", "search.revoked"],
  ["-tag:spare", "search.not"],
];

/** What can be searched for, by examples. */
export function SearchHelp() {
  const { t } = useTexts();
  return (
    <Popover
      headerContent={t("search.help")}
      headerComponent="h2"
      closeBtnAriaLabel={t("action.close")}
      aria-label={t("search.help")}
      position="bottom"
      bodyContent={
        <dl className="search-help">
          {EXAMPLES.map(([example, meaning]) => (
            <div key={example}>
              <dt>
                <code>{example}</code>
              </dt>
              <dd>{t(meaning)}</dd>
            </div>
          ))}
        </dl>
      }
    >
      <Button variant="link" size="sm" icon={<QuestionCircleIcon />}>
        {t("search.help")}
      </Button>
    </Popover>
  );
}
