import { Button, Label, ModalBody, ModalFooter, Skeleton } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type EnrolmentToken, importEnrolmentTokens } from "../../api/enrolment";
import { read, request } from "../../api/http";
import type { Slice } from "../../api/importer";
import { ActionDialog, DialogFrame } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { AbsoluteTime } from "../../app/time";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";

const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  staleTime: 0,
  queryFn: async ({ signal }) => {
    const tokens: EnrolmentToken[] = [];
    let cursor: string | null = null;
    do {
      const page: Slice<EnrolmentToken> = await read("GET", "/api/enrolment-tokens", importEnrolmentTokens, {
        query: { cursor, limit: 200 },
        signal,
      });
      tokens.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return tokens;
  },
});

/** The enrolment tokens that the caller may manage. One that is deleted lets nobody in any more; its devices stay. */
export function TokensDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const tokens = useQuery(tokensQuery);
  const [leaving, setLeaving] = useState<EnrolmentToken | null>(null);
  if (leaving !== null)
    return (
      <ActionDialog
        title={t("tokens.deleteTitle", { folder: inertText(leaving.folderName) })}
        action={t("people.delete")}
        failure={t("tokens.deleteFailure")}
        danger
        onClose={() => setLeaving(null)}
        onAction={async () => {
          try {
            await request("DELETE", `/api/enrolment-tokens/${leaving.id}`);
          } finally {
            await tokens.refetch();
          }
          toasts.say("success", t("tokens.deleted"));
          setLeaving(null);
        }}
      >
        <p>{t("tokens.deleteBody", { count: leaving.used })}</p>
      </ActionDialog>
    );
  return (
    <DialogFrame title={t("tokens.title")} variant="medium" onClose={onClose}>
      <ModalBody tabIndex={0}>
        {tokens.isError ? (
          <ProblemAlert title={t("tokens.failure")} error={tokens.error} retry={() => void tokens.refetch()} />
        ) : tokens.data === undefined ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : tokens.data.length === 0 ? (
          <p>{t("tokens.none")}</p>
        ) : (
          <TokenTable tokens={tokens.data} onDelete={setLeaving} />
        )}
      </ModalBody>
      <ModalFooter>
        <Button variant="secondary" onClick={onClose}>
          {t("action.close")}
        </Button>
      </ModalFooter>
    </DialogFrame>
  );
}

interface TokenTableProps {
  readonly tokens: readonly EnrolmentToken[];
  readonly onDelete: (token: EnrolmentToken) => void;
}

function TokenTable({ tokens, onDelete }: TokenTableProps) {
  const { t } = useTexts();
  const now = Date.now();
  return (
    <Table aria-label={t("tokens.title")} variant="compact">
      <Thead>
        <Tr>
          <Th>{t("devices.folder")}</Th>
          <Th>{t("enrol.expires")}</Th>
          <Th modifier="wrap">{t("tokens.used")}</Th>
          <Th>{t("tokens.createdBy")}</Th>
          <Th screenReaderText={t("people.delete")} />
        </Tr>
      </Thead>
      <Tbody>
        {tokens.map((token) => (
          <Tr key={token.id}>
            <Td dataLabel={t("devices.folder")}>
              <Inert text={token.folderName} />
            </Td>
            <Td dataLabel={t("enrol.expires")}>
              <AbsoluteTime time={token.expires} />{" "}
              {token.expires.getTime() <= now && (
                <Label isCompact color="red">
                  {t("tokens.expired")}
                </Label>
              )}
            </Td>
            <Td dataLabel={t("tokens.used")}>{t("tokens.usedOf", { used: token.used, uses: token.uses })}</Td>
            <Td dataLabel={t("tokens.createdBy")}>
              {token.createdBy === null ? "–" : <Inert text={token.createdBy} />}
            </Td>
            <Td dataLabel={t("people.delete")}>
              <Button
                variant="link"
                isInline
                isDanger
                aria-label={t("tokens.delete", { folder: inertText(token.folderName) })}
                onClick={() => onDelete(token)}
              >
                {t("people.delete")}
              </Button>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
