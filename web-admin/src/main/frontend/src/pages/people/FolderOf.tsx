import type { Group, User } from "../../api/people";
import { Inert } from "../../app/inert";
import { useTexts } from "../../i18n";

/** The folder of a person or a group, as far as the caller sees it. */
export function FolderOf({ what: { folder } }: { readonly what: User | Group }) {
  const { t } = useTexts();
  return folder === null ? <span className="secondary">{t("principal.unseen")}</span> : <Inert text={folder.name} />;
}
