import { Button, Card, CardBody, CardTitle, Label } from "@patternfly/react-core";
import { PlusCircleIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ApiToken } from "../../api/account";
import { request } from "../../api/http";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { AbsoluteTime, RelativeTime } from "../../app/time";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { PermissionLabels } from "../access/names";
import { CreateTokenDialog } from "./CreateTokenDialog";
import { Loaded } from "./Loaded";
import { type Owner, pathOf, tokensQuery } from "./queries";

/** The keys that somebody made for programs. He alone makes them; an administrator sees and revokes them too. */
export function TokensCard({ owner }: { readonly owner: Owner }) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const tokens = useQuery(tokensQuery(owner));
  return (
    <Card>
      <CardTitle component="h2">{t("apiTokens.title")}</CardTitle>
      <CardBody>
        {owner === "me" && <p className="secondary">{t("apiTokens.intro")}</p>}
        <Loaded query={tokens} failure={t("apiTokens.failure")}>
          {(items) =>
            items.length === 0 ? (
              <p className="secondary">{t("apiTokens.none")}</p>
            ) : (
              <TokenTable items={items} owner={owner} />
            )
          }
        </Loaded>
        {owner === "me" && (
          <Button
            variant="link"
            isInline
            icon={<PlusCircleIcon />}
            onClick={() => dialogs.open((close) => <CreateTokenDialog onClose={close} />)}
          >
            {t("apiTokens.create")}
          </Button>
        )}
      </CardBody>
    </Card>
  );
}

function TokenTable({ items, owner }: { readonly items: readonly ApiToken[]; readonly owner: Owner }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const dialogs = useDialogs();
  const client = useQueryClient();
  const now = Date.now();
  const revoke = (token: ApiToken) =>
    dialogs.confirm({
      title: t("apiTokens.revokeTitle", { name: inertText(token.name) }),
      body: <p>{t("apiTokens.revokeBody")}</p>,
      action: t("apiTokens.revoke"),
      failure: t("apiTokens.revokeFailure"),
      onConfirm: async () => {
        try {
          await request("DELETE", `${pathOf(owner)}/tokens/${token.id}`);
        } finally {
          await client.invalidateQueries({ queryKey: tokensQuery(owner).queryKey });
        }
        toasts.say("success", t("apiTokens.revoked", { name: inertText(token.name) }));
      },
    });
  return (
    <Table
      aria-label={t("apiTokens.title")}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table device-table"
    >
      <Thead>
        <Tr>
          <Th>{t("apiTokens.name")}</Th>
          <Th style={{ width: "34%" }}>{t("apiTokens.permissions")}</Th>
          <Th>{t("apiTokens.expires")}</Th>
          <Th>{t("apiTokens.lastUsed")}</Th>
          <Th screenReaderText={t("apiTokens.revoke")} style={{ width: "8rem" }} />
        </Tr>
      </Thead>
      <Tbody>
        {items.map((token) => (
          <Tr key={token.id}>
            <Td dataLabel={t("apiTokens.name")} className="device-table__name">
              <div>
                <Inert text={token.name} />
                <div className="secondary">
                  {token.folders.length === 0
                    ? t("apiTokens.nowhere")
                    : t("apiTokens.below", {
                        folders: token.folders.map((folder) => inertText(folder.name)).join(", "),
                      })}
                </div>
              </div>
            </Td>
            <Td dataLabel={t("apiTokens.permissions")}>
              <PermissionLabels permissions={token.permissions} label={inertText(token.name)} />
            </Td>
            <Td dataLabel={t("apiTokens.expires")}>
              <div>
                <AbsoluteTime time={token.expires} />{" "}
                {token.expires.getTime() <= now && (
                  <Label isCompact color="red">
                    {t("tokens.expired")}
                  </Label>
                )}
              </div>
            </Td>
            <Td dataLabel={t("apiTokens.lastUsed")}>
              <div>
                {token.lastUsed === null ? t("user.never") : <RelativeTime time={token.lastUsed} />}
                {token.lastAddress !== null && (
                  <div className="secondary">
                    <Inert text={token.lastAddress} />
                  </div>
                )}
              </div>
            </Td>
            <Td>
              <Button
                variant="secondary"
                isDanger
                size="sm"
                aria-label={t("apiTokens.revokeOf", { name: inertText(token.name) })}
                onClick={() => revoke(token)}
              >
                {t("apiTokens.revoke")}
              </Button>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
