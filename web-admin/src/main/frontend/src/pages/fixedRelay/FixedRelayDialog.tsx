import { Button, FormSelect, FormSelectOption, ModalBody, ModalFooter, Skeleton } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type FixedRelay, importFixedRelay, type RelayChoice } from "../../api/fixedRelay";
import { read } from "../../api/http";
import type { Named } from "../../api/session";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog, DialogFrame } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { FixedRelayText } from "./FixedRelayText";
import { fixedRelayQuery, relayChoicesQuery } from "./queries";

export type FixedRelayKind = "device" | "folder" | "user";

interface FixedRelayDialogProps {
  readonly kind: FixedRelayKind;
  readonly of: Named;
  /** Whether the caller may change it; the server decides in any case. */
  readonly may: boolean;
  readonly onClose: () => void;
}

/** The relay that sessions on a device, below a folder or of a user must use. Whoever sees the thing reads it. */
export function FixedRelayDialog({ kind, of, may, onClose }: FixedRelayDialogProps) {
  const { t } = useTexts();
  const fixed = useQuery(fixedRelayQuery(of.id));
  const choices = useQuery({ ...relayChoicesQuery, enabled: may });
  // not from memory: any other change of the thing has made the version in it old
  if (may && fixed.isFetchedAfterMount && fixed.data !== undefined && choices.data !== undefined)
    return <FixedRelayForm kind={kind} of={of} fixed={fixed.data} choices={choices.data} onClose={onClose} />;
  const failed = fixed.isError ? fixed : choices.isError ? choices : null;
  return (
    <DialogFrame title={t("fixedRelay.title", { name: inertText(of.name) })} onClose={onClose}>
      <ModalBody>
        {failed !== null ? (
          <ProblemAlert title={t("fixedRelay.failure")} error={failed.error} retry={() => void failed.refetch()} />
        ) : may || fixed.data === undefined ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : (
          <p>
            <FixedRelayText fixed={fixed.data} />
          </p>
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

/** What a change of a relay makes old: the versions of what it is set for. */
const CONCERNED = { device: ["device", "devices"], folder: ["folders"], user: ["people"] } as const;

interface FixedRelayFormProps extends Omit<FixedRelayDialogProps, "may"> {
  readonly fixed: FixedRelay;
  readonly choices: readonly RelayChoice[];
}

function FixedRelayForm({ kind, of, fixed, choices, onClose }: FixedRelayFormProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const query = fixedRelayQuery(of.id);
  const { base, conflict, wrong, save } = useEdit(fixed, () => client.fetchQuery(query));
  const ownOf = ({ own, relay }: FixedRelay) => (own && relay !== null ? relay : "");
  const [relay, setRelay] = useState(ownOf(fixed));
  // what is set may not be there now, and stays a choice
  const gone = [...new Set([ownOf(fixed), ownOf(base)])].filter(
    (id) => id !== "" && !choices.some((choice) => choice.id === id),
  );
  const unset =
    kind === "user" || base.relay === null
      ? t("fixedRelay.unset")
      : base.own
        ? t("fixedRelay.unsetOwn")
        : t("fixedRelay.unsetAbove", { relay: inertText(base.relay) });
  return (
    <ActionDialog
      title={t("fixedRelay.title", { name: inertText(of.name) })}
      action={t(conflict ? "device.overwrite" : "action.save")}
      failure={t("fixedRelay.saveFailure")}
      ready={relay !== ownOf(base)}
      onClose={onClose}
      onAction={async () => {
        await save(async (ifMatch) => {
          const body = { relay: relay === "" ? null : relay };
          const saved = await read("PUT", `/api/fixed-relays/${of.id}`, importFixedRelay, { body, ifMatch });
          client.setQueryData(query.queryKey, saved);
        });
        for (const key of ["fixed-relay", ...CONCERNED[kind]]) void client.invalidateQueries({ queryKey: [key] });
        toasts.say("success", t("fixedRelay.saved"));
        onClose();
      }}
    >
      {conflict && <Conflict now={[[t("fixedRelay.label"), <FixedRelayText key="now" fixed={base} />]]} />}
      <TextField label={t("fixedRelay.label")} help={t(`fixedRelay.${kind}Help`)} error={wrong("relay")}>
        {({ isRequired: _, ...field }) => (
          <FormSelect {...field} value={relay} onChange={(_event, value) => setRelay(value)}>
            <FormSelectOption value="" label={unset} />
            {choices.map((choice) => (
              <FormSelectOption key={choice.id} value={choice.id} label={labelOf(choice)} />
            ))}
            {gone.map((id) => (
              <FormSelectOption key={id} value={id} label={t("fixedRelay.notThere", { relay: inertText(id) })} />
            ))}
          </FormSelect>
        )}
      </TextField>
    </ActionDialog>
  );
}

/** "Relay North (relay-2), Hamburg" */
function labelOf({ id, name, region }: RelayChoice): string {
  const said = name === "" || name === id ? id : `${name} (${id})`;
  return inertText(region === "" ? said : `${said}, ${region}`);
}
