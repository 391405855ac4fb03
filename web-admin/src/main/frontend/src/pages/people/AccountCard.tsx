import { Button, Card, CardBody, CardTitle, DescriptionList, Label, Spinner } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { UserAccount } from "../../api/account";
import type { User } from "../../api/people";
import { useDialogs } from "../../app/dialog";
import { Inert } from "../../app/inert";
import { Notice } from "../../app/notice";
import { ProblemAlert } from "../../app/problems";
import { AbsoluteTime } from "../../app/time";
import { useTexts } from "../../i18n";
import { FactorList } from "../account/FactorsCard";
import { userAccountQuery } from "../account/queries";
import {
  EditAccountDialog,
  EnableDialog,
  InviteDialog,
  ResetFactorDialog,
  ResetPasswordDialog,
} from "./accountDialogs";
import { Line } from "./Line";

/** The account of a person at the identity provider, for who manages him. */
export function AccountCard({ user }: { readonly user: User }) {
  const { t } = useTexts();
  const account = useQuery(userAccountQuery(user.id));
  return (
    <Card>
      <CardTitle component="h2">{t("userAccount.title")}</CardTitle>
      <CardBody>
        {account.data !== undefined ? (
          account.data.exists ? (
            <Details user={user} account={account.data} />
          ) : (
            <p className="secondary">{t("userAccount.none")}</p>
          )
        ) : account.isError ? (
          <ProblemAlert title={t("userAccount.failure")} error={account.error} retry={() => void account.refetch()} />
        ) : (
          <Spinner size="md" aria-label={t("loading")} />
        )}
      </CardBody>
    </Card>
  );
}

function Details({ user, account }: { readonly user: User; readonly account: UserAccount }) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const button = (label: string, dialog: (close: () => void) => ReactNode, isDanger = false) => (
    <Button variant="secondary" size="sm" isDanger={isDanger} onClick={() => dialogs.open(dialog)}>
      {label}
    </Button>
  );
  return (
    <>
      <DescriptionList isHorizontal isCompact>
        <Line term={t("user.state")}>
          <State account={account} />
        </Line>
        {account.available && (
          <Line term={t("userAccount.email")}>{account.email === null ? "–" : <Inert text={account.email} />}</Line>
        )}
        <Line term={t("userAccount.expires")}>
          {account.expires === null ? t("userAccount.neverExpires") : <AbsoluteTime time={account.expires} />}
        </Line>
        {account.available && (
          <Line term={t("userAccount.factors")}>
            <FactorList factors={account.factors} />
          </Line>
        )}
      </DescriptionList>
      {!account.available && <Notice variant="warning" isInline isPlain title={t("userAccount.unavailable")} />}
      {account.passwordChange && <p className="secondary">{t("userAccount.passwordChange")}</p>}
      <div className="button-row">
        {account.available &&
          button(t("userAccount.edit"), (close) => <EditAccountDialog user={user} account={account} onClose={close} />)}
        {account.passwordChange &&
          account.email !== null &&
          button(t("userAccount.invite"), (close) => (
            <InviteDialog user={user} email={account.email} onClose={close} />
          ))}
        {button(t("userAccount.resetPassword"), (close) => (
          <ResetPasswordDialog user={user} onClose={close} />
        ))}
        {account.factors.some((each) => each.kind !== "password") &&
          button(t("userAccount.resetFactor"), (close) => <ResetFactorDialog user={user} onClose={close} />)}
        {button(
          t(account.enabled ? "userAccount.disable" : "userAccount.enable"),
          (close) => (
            <EnableDialog user={user} enabled={!account.enabled} onClose={close} />
          ),
          account.enabled,
        )}
      </div>
    </>
  );
}

/** Whether the person gets in. */
function State({ account }: { readonly account: UserAccount }) {
  const { t } = useTexts();
  if (!account.enabled)
    return (
      <Label isCompact color="red">
        {t("userAccount.disabled")}
      </Label>
    );
  if (account.expires !== null && account.expires.getTime() <= Date.now())
    return (
      <Label isCompact color="red">
        {t("userAccount.expired")}
      </Label>
    );
  return (
    <Label isCompact color="green" variant="outline">
      {t("userAccount.enabled")}
    </Label>
  );
}
