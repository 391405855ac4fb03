import { Label } from "@patternfly/react-core";
import { EyeIcon } from "@patternfly/react-icons";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";

/** Who watches the session, for the one who works in it. */
export function WatchersLabel({ names }: { readonly names: readonly string[] }) {
  const { t } = useTexts();
  return (
    <span role="status">
      {names.length > 0 && (
        <Label color="orange" icon={<EyeIcon />} isCompact variant="outline">
          {t(names.length === 1 ? "watch.watchers" : "watch.watchersMany", {
            names: names.map((name) => inertText(name)).join(", "),
          })}
        </Label>
      )}
    </span>
  );
}
