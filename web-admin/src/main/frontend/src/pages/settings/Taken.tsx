import type { SignInSettings } from "../../api/signIn";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { useTexts } from "../../i18n";

/** Whether the identity provider works by what is set here. */
export function Taken({ state }: { readonly state: SignInSettings["state"] }) {
  const { t } = useTexts();
  return (
    <div role="status" className="settings">
      {state.error !== null ? (
        <Notice variant="danger" isInline title={t("signIn.notTaken")}>
          <p>{inertText(state.error)}</p>
          <p>{t("signIn.triedAgain")}</p>
        </Notice>
      ) : state.applied ? (
        <Notice variant="success" isInline isPlain title={t("signIn.taken")} />
      ) : (
        <Notice variant="info" isInline isPlain title={t("signIn.taking")} />
      )}
    </div>
  );
}
