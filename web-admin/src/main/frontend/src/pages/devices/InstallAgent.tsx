import { ClipboardCopy, Skeleton } from "@patternfly/react-core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { type AgentInstaller, importAgentInstaller } from "../../api/enrolment";
import { read } from "../../api/http";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { useTexts } from "../../i18n";

/** Asked each time: the hash in the line is that of the files that the server has now. */
const installerQuery = queryOptions({
  queryKey: ["agent-installer"],
  staleTime: 0,
  gcTime: 0,
  queryFn: ({ signal }): Promise<AgentInstaller | null> =>
    read("GET", "/api/agent-installer", importAgentInstaller, { signal }),
});

interface InstallAgentProps {
  /** The token that the script asks for; null where the device shows a pairing code instead. */
  readonly token: string | null;
}

/** The one line that brings the agent to a device that does not have it. */
export function InstallAgent({ token }: InstallAgentProps) {
  const { t } = useTexts();
  const installer = useQuery(installerQuery);
  if (installer.isError)
    return <ProblemAlert title={t("install.failure")} error={installer.error} retry={() => void installer.refetch()} />;
  if (installer.data === undefined) return <Skeleton screenreaderText={t("loading")} />;
  if (installer.data === null) return <p>{t("install.none")}</p>;
  return (
    <>
      <p>{t(token === null ? "install.pairIntro" : "install.intro")}</p>
      <CopiedLine
        label={t("install.command")}
        text={inertText(token === null ? installer.data.pairCommand : installer.data.command)}
      />
      {token !== null && (
        <>
          <p>{t("install.token")}</p>
          <CopiedLine label={t("install.tokenLabel")} text={token} />
        </>
      )}
    </>
  );
}

/** A line to copy. */
export function CopiedLine({ label, text }: { readonly label: string; readonly text: string }) {
  const { t } = useTexts();
  const id = useId();
  return (
    <ClipboardCopy
      id={id}
      isReadOnly
      isCode
      hoverTip={t("action.copy")}
      clickTip={t("action.copied")}
      textAriaLabel={label}
      copyAriaLabel={`${t("action.copy")}: ${label}`}
      className="enrol-command"
    >
      {text}
    </ClipboardCopy>
  );
}
