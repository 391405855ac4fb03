import { Button, Card, CardBody, CardTitle, Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { SignIn } from "../../api/account";
import { request } from "../../api/http";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { RelativeTime } from "../../app/time";
import { useToasts } from "../../app/toasts";
import { programOf } from "../../app/userAgent";
import { useTexts } from "../../i18n";
import { Loaded } from "./Loaded";
import { type Owner, pathOf, signInsQuery } from "./queries";

/** Where somebody is signed in, each with its end. What ends takes its remote sessions with it. */
export function SignInsCard({ owner }: { readonly owner: Owner }) {
  const { t } = useTexts();
  const signIns = useQuery(signInsQuery(owner));
  return (
    <Card>
      <CardTitle component="h2">{t("signIns.title")}</CardTitle>
      <CardBody>
        <Loaded query={signIns} failure={t("signIns.failure")}>
          {(items) =>
            items.length === 0 ? (
              <p className="secondary">{t("signIns.none")}</p>
            ) : (
              <SignInTable items={items} owner={owner} />
            )
          }
        </Loaded>
      </CardBody>
    </Card>
  );
}

function SignInTable({ items, owner }: { readonly items: readonly SignIn[]; readonly owner: Owner }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const dialogs = useDialogs();
  const client = useQueryClient();
  const end = (signIn: SignIn, program: string) =>
    dialogs.confirm({
      title: t("signIns.endTitle"),
      body: <p>{t("signIns.endBody", { program, address: inertText(signIn.address ?? "–") })}</p>,
      action: t("signIns.end"),
      failure: t("signIns.endFailure"),
      onConfirm: async () => {
        try {
          await request("DELETE", `${pathOf(owner)}/sign-ins/${signIn.id}`);
        } finally {
          await client.invalidateQueries({ queryKey: signInsQuery(owner).queryKey });
        }
        toasts.say("success", t("signIns.ended"));
      },
    });
  return (
    <Table aria-label={t("signIns.title")} variant="compact" gridBreakPoint="grid-lg" className="fixed-table">
      <Thead>
        <Tr>
          <Th>{t("signIns.program")}</Th>
          <Th>{t("signIns.address")}</Th>
          <Th>{t("signIns.since")}</Th>
          <Th>{t("signIns.lastUsed")}</Th>
          <Th screenReaderText={t("signIns.end")} style={{ width: "7rem" }} />
        </Tr>
      </Thead>
      <Tbody>
        {items.map((signIn) => {
          const program = signIn.userAgent === null ? "–" : inertText(programOf(signIn.userAgent));
          return (
            <Tr key={signIn.id}>
              <Td dataLabel={t("signIns.program")}>
                <span className="marked">
                  <bdi title={signIn.userAgent === null ? "" : inertText(signIn.userAgent)}>{program}</bdi>
                  {signIn.current && (
                    <Label isCompact color="green" variant="outline">
                      {t("signIns.current")}
                    </Label>
                  )}
                </span>
              </Td>
              <Td dataLabel={t("signIns.address")}>
                {signIn.address === null ? "–" : <Inert text={signIn.address} />}
              </Td>
              <Td dataLabel={t("signIns.since")}>
                <RelativeTime time={signIn.since} />
              </Td>
              <Td dataLabel={t("signIns.lastUsed")}>
                {signIn.lastUsed === null ? "–" : <RelativeTime time={signIn.lastUsed} />}
              </Td>
              <Td>
                {!signIn.current && (
                  <Button
                    variant="secondary"
                    isDanger
                    size="sm"
                    aria-label={t("signIns.endOf", { program })}
                    onClick={() => end(signIn, program)}
                  >
                    {t("signIns.end")}
                  </Button>
                )}
              </Td>
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}
