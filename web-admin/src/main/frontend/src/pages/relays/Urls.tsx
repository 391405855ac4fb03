import type { InstallationRelay } from "../../api/installationRelay";
import { Inert } from "../../app/inert";
import { useTexts } from "../../i18n";

/** Where browsers go, and where agents and native clients do if that is another place. */
export function Urls({ relay: { url, nativeUrl } }: { readonly relay: InstallationRelay }) {
  const { t } = useTexts();
  return (
    <>
      <code>
        <Inert text={url} />
      </code>
      {nativeUrl !== url && (
        <div>
          <code>
            <Inert text={nativeUrl} />
          </code>{" "}
          <span className="secondary">{t("relays.native")}</span>
        </div>
      )}
    </>
  );
}
