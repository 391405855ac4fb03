import { Button, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useDialogs } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { useTexts } from "../../i18n";
import { InheritanceDialog } from "./dialogs";
import { ResourceName } from "./names";
import { cutOffQuery } from "./queries";

/** What in a folder is cut off from the rights set here and above, with the way to join it again: one may not see it otherwise. */
export function CutOff({ folder }: { readonly folder: string }) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const found = useQuery(cutOffQuery(folder));
  if (found.isError) {
    return <ProblemAlert title={t("cutOff.failure")} error={found.error} retry={() => void found.refetch()} />;
  }
  if (found.data === undefined || found.data.items.length === 0) return null;
  return (
    <section aria-labelledby="cut-off">
      <Title headingLevel="h3" id="cut-off">
        {t("cutOff.title")}
      </Title>
      <p className="secondary">{t("cutOff.body")}</p>
      <ul className="rows">
        {found.data.items.map((one) => (
          <li key={one.id} className="section-head">
            <ResourceName resource={{ ...one, path: [] }} />
            <Button
              variant="secondary"
              size="sm"
              aria-label={t("cutOff.againFor", { resource: inertText(one.name) })}
              onClick={() =>
                dialogs.open((close) => <InheritanceDialog place={{ ...one, inherit: false }} onClose={close} />)
              }
            >
              {t("inherit.again")}
            </Button>
          </li>
        ))}
      </ul>
      {found.data.more && <p className="secondary">{t("cutOff.more")}</p>}
    </section>
  );
}
