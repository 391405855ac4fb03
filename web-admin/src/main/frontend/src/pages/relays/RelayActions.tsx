import { Button, Checkbox } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { request } from "../../api/http";
import { type InstallationRelay, takesSessions } from "../../api/installationRelay";
import { ActionDialog, useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { Words } from "../devices/Words";
import { installationRelaysQuery } from "./queries";
import { Urls } from "./Urls";

const path = (id: string, action = "") => `/api/installation/relays/${id}${action}`;

/** Runs a change of a relay; whatever became of it, the relays are asked for again. */
function useRelayChange(): (work: () => Promise<unknown>) => Promise<void> {
  const client = useQueryClient();
  return async (work) => {
    try {
      await work();
    } finally {
      await client.invalidateQueries({ queryKey: ["relays"] });
    }
  };
}

interface RelayActionsProps {
  readonly relay: InstallationRelay;
  /** All there are, this one too. */
  readonly all: readonly InstallationRelay[];
}

/** What the operator can do with a relay that has made itself known, each with what follows from it. */
export function RelayActions({ relay, all }: RelayActionsProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const change = useRelayChange();
  const { id, configured, state } = relay;
  const name = inertText(id);
  const used = configured || state === "approved";
  const isLast = takesSessions(relay) && !all.some((other) => other.id !== id && takesSessions(other));

  const ask = (action: "refuse" | "remove" | "drain", consequence: string, work: () => Promise<unknown>) =>
    dialogs.confirm({
      title: t(`relays.${action}Title`, { id: name }),
      body: (
        <>
          <p>{consequence}</p>
          {isLast && (action === "drain" || !configured) && (
            <Notice variant="warning" isInline title={t("relays.last")} />
          )}
        </>
      ),
      action: t(`relays.${action}`),
      failure: t("relays.changeFailure"),
      onConfirm: async () => {
        await change(work);
        toasts.say("success", t(`relays.${action}Done`, { id: name }));
      },
    });

  const takeBack = async () => {
    try {
      await change(() => request("PUT", path(id, "/drain"), { body: { drain: false } }));
      toasts.say("success", t("relays.takeBackDone", { id: name }));
    } catch (error) {
      toasts.fail(t("relays.changeFailure"), error);
    }
  };

  const refuseHelp = t(configured ? "relays.refuseConfigured" : used ? "relays.refuseUsed" : "relays.refuseHelp");
  const removeHelp = t(configured ? "relays.removeConfigured" : used ? "relays.removeUsed" : "relays.removeHelp");
  return (
    <ul className="relay-actions">
      {state !== "approved" && (
        <Action
          label={t("relays.approve")}
          of={name}
          help={t(configured ? "relays.approveConfigured" : "relays.approveHelp")}
          variant="primary"
          onClick={() => dialogs.open((close) => <ApproveDialog id={id} onClose={close} />)}
        />
      )}
      {relay.drain ? (
        <Action
          label={t("relays.takeBack")}
          of={name}
          help={t("relays.takeBackHelp")}
          onClick={() => void takeBack()}
        />
      ) : (
        used && (
          <Action
            label={t("relays.drain")}
            of={name}
            help={t("relays.drainHelp")}
            onClick={() =>
              ask("drain", t("relays.drainHelp"), () => request("PUT", path(id, "/drain"), { body: { drain: true } }))
            }
          />
        )
      )}
      {state !== "refused" && (
        <Action
          label={t("relays.refuse")}
          of={name}
          help={refuseHelp}
          danger
          onClick={() => ask("refuse", refuseHelp, () => request("POST", path(id, "/refuse")))}
        />
      )}
      <Action
        label={t("relays.remove")}
        of={name}
        help={removeHelp}
        danger
        onClick={() => ask("remove", removeHelp, () => request("DELETE", path(id)))}
      />
    </ul>
  );
}

interface ActionProps {
  readonly label: string;
  /** The id of the relay. */
  readonly of: string;
  /** What follows from it. */
  readonly help: string;
  readonly variant?: "primary" | "secondary";
  readonly danger?: boolean;
  readonly onClick: () => void;
}

function Action({ label, of, help, variant = "secondary", danger = false, onClick }: ActionProps) {
  const id = useId();
  return (
    <li>
      <Button
        variant={variant}
        isDanger={danger}
        size="sm"
        aria-label={`${label}: ${of}`}
        aria-describedby={id}
        onClick={onClick}
      >
        {label}
      </Button>
      <span id={id} className="secondary">
        {help}
      </span>
    </li>
  );
}

/** What a person compares before a relay is approved. */
const identityOf = ({ url, nativeUrl, report }: InstallationRelay) =>
  JSON.stringify([url, nativeUrl, report?.words ?? []]);

/** Approves a relay after a person has compared the words of its key with those in its log. What was compared must still be so when it is sent. */
function ApproveDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRelayChange();
  const relay = useQuery(installationRelaysQuery).data?.find((each) => each.id === id);
  const [compared, setCompared] = useState<string | null>(null);
  const checkId = useId();
  const present = relay === undefined ? null : identityOf(relay);
  return (
    <ActionDialog
      title={t("relays.approveTitle", { id: inertText(id) })}
      action={t("relays.approve")}
      failure={t("relays.changeFailure")}
      ready={present !== null && compared === present}
      onClose={onClose}
      onAction={async () => {
        const words = (relay?.report?.words ?? []).join(" ");
        await change(() => request("POST", path(id, "/approve"), { body: { words } }));
        toasts.say("success", t("relays.approveDone", { id: inertText(id) }));
        onClose();
      }}
    >
      {relay === undefined || relay.report === null ? (
        <Notice variant="warning" isInline title={t("problem.not-found")} />
      ) : (
        <>
          <p>{t("relays.approveBody")}</p>
          <div className="any-length">
            <strong>
              <Inert text={relay.report.name} />
            </strong>
            , {t("relays.from", { address: inertText(relay.report.address) })}
            <br />
            <Urls relay={relay} />
          </div>
          <Words words={relay.report.words} />
          {compared !== null && compared !== present && (
            <Notice variant="warning" isInline title={t("relays.changedMeanwhile")} />
          )}
          <Checkbox
            id={checkId}
            label={t("relays.compared")}
            isChecked={compared === present}
            onChange={(_event, checked) => setCompared(checked ? present : null)}
          />
        </>
      )}
    </ActionDialog>
  );
}
