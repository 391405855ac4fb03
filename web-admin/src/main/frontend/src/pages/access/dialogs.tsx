import { Checkbox, FormGroup, Radio } from "@patternfly/react-core";
import { useId, useRef, useState } from "react";
import type { Effect, Entry, Validity } from "../../api/access";
import { request } from "../../api/http";
import type { Principal } from "../../api/principal";
import { useRightsChange } from "../../app/change";
import { ActionDialog } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { useConsequences } from "./Consequences";
import { faultOf, PermissionFields, ValidityFields } from "./fields";
import { usePermissionName, usePrincipalText } from "./names";
import { PrincipalPicker } from "./pickers";
import type { PlaceDetail } from "./place";
import { type Grant, type NewEntries, validityBody } from "./queries";

const ALWAYS: Validity = { from: null, until: null, window: null };

interface AddEntryProps {
  readonly place: PlaceDetail;
  readonly onClose: () => void;
}

/** Allows or denies something to somebody, after showing what that does. */
export function AddEntryDialog({ place, onClose }: AddEntryProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const id = useId();
  const [principal, setPrincipal] = useState<Principal | null>(null);
  const [effect, setEffect] = useState<Effect>("allow");
  const [permissions, setPermissions] = useState<ReadonlySet<string>>(new Set());
  const [validity, setValidity] = useState(ALWAYS);
  const [delegable, setDelegable] = useState(false);
  const whole = principal !== null && permissions.size > 0 && faultOf(validity) === null;
  const entries: NewEntries | null = whole
    ? {
        resource: place.id,
        principal: principal.id,
        permissions: [...permissions].sort(),
        effect,
        delegable: delegable && effect === "allow",
        ...validity,
      }
    : null;
  const consequences = useConsequences(entries === null ? null : { add: [entries] });
  return (
    <ActionDialog
      title={t("entry.addTitle", { resource: inertText(place.name) })}
      action={t("entry.addAction")}
      failure={t("entry.addFailure")}
      variant="medium"
      ready={consequences.known}
      summary={consequences.shown ?? <p className="secondary">{t("entry.incomplete")}</p>}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          if (entries === null) return;
          await request("POST", "/api/access/entries", { body: { ...entries, ...validityBody(entries) } });
          toasts.say("success", t("entry.added"));
          onClose();
        })
      }
    >
      <PrincipalPicker
        label={t("entry.who")}
        kinds={["user", "group"]}
        chosen={principal}
        onChoose={setPrincipal}
        isRequired
      />
      <FormGroup role="radiogroup" label={t("entry.effect")} fieldId={`${id}-effect`}>
        <div className="choices">
          {(["allow", "deny"] as const).map((each) => (
            <Radio
              key={each}
              id={`${id}-${each}`}
              name={`${id}-effect`}
              label={t(`effect.choice.${each}`)}
              description={t(`effect.help.${each}`)}
              isChecked={effect === each}
              onChange={() => setEffect(each)}
            />
          ))}
        </div>
      </FormGroup>
      <PermissionFields chosen={permissions} onChoose={setPermissions} />
      <ValidityFields validity={validity} onChange={setValidity} />
      {effect === "allow" && (
        <Checkbox
          id={`${id}-delegable`}
          label={t("entry.delegableLabel")}
          description={t("entry.delegableHelp")}
          isChecked={delegable}
          onChange={(_event, checked) => setDelegable(checked)}
        />
      )}
    </ActionDialog>
  );
}

interface GrantDialogProps {
  readonly grant: Grant;
  readonly onClose: () => void;
}

/** Does something to each entry, one after the other; what was done is not done again when a later one failed. */
function useEach(): (entries: readonly Entry[], work: (entry: Entry) => Promise<unknown>) => Promise<void> {
  const done = useRef(new Set<string>());
  return async (entries, work) => {
    for (const entry of entries) {
      if (done.current.has(entry.id)) continue;
      await work(entry);
      done.current.add(entry.id);
    }
  };
}

/** Changes when the entries of a row count, and whether they may be passed on. */
export function ChangeGrantDialog({ grant, onClose }: GrantDialogProps) {
  const { t } = useTexts();
  const principalText = usePrincipalText();
  const toasts = useToasts();
  const change = useRightsChange();
  const each = useEach();
  const id = useId();
  const [validity, setValidity] = useState<Validity>({ from: grant.from, until: grant.until, window: grant.window });
  const [delegable, setDelegable] = useState(grant.delegable);
  const isChanged =
    delegable !== grant.delegable || JSON.stringify(validityBody(validity)) !== JSON.stringify(validityBody(grant));
  const consequences = useConsequences(
    faultOf(validity) !== null || !isChanged
      ? null
      : {
          remove: grant.entries.map((entry) => entry.id),
          add: [
            {
              resource: grant.resource.id,
              principal: grant.principal.id,
              permissions: grant.entries.map((entry) => entry.permission),
              effect: grant.effect,
              delegable,
              ...validity,
            },
          ],
        },
  );
  return (
    <ActionDialog
      title={t("entry.changeTitle", { principal: principalText(grant.principal) })}
      action={t("action.save")}
      failure={t("entry.changeFailure")}
      variant="medium"
      ready={consequences.known}
      summary={consequences.shown}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          const body = { ...validityBody(validity), delegable };
          await each(grant.entries, (entry) =>
            request("PATCH", `/api/access/entries/${entry.id}`, { body, ifMatch: entry.etag }),
          );
          toasts.say("success", t("entry.changed"));
          onClose();
        })
      }
    >
      <GrantSentence grant={grant} />
      <ValidityFields validity={validity} onChange={setValidity} />
      {grant.effect === "allow" && (
        <Checkbox
          id={`${id}-delegable`}
          label={t("entry.delegableLabel")}
          description={t("entry.delegableHelp")}
          isChecked={delegable}
          onChange={(_event, checked) => setDelegable(checked)}
        />
      )}
    </ActionDialog>
  );
}

/** Takes entries of a row away: all of them, or those that are chosen. */
export function RemoveGrantDialog({ grant, onClose }: GrantDialogProps) {
  const { t } = useTexts();
  const principalText = usePrincipalText();
  const toasts = useToasts();
  const change = useRightsChange();
  const each = useEach();
  const all = grant.entries.map((entry) => entry.permission);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(all));
  const removed = grant.entries.filter((entry) => chosen.has(entry.permission));
  const consequences = useConsequences(removed.length === 0 ? null : { remove: removed.map((entry) => entry.id) });
  return (
    <ActionDialog
      title={t("entry.removeTitle", { principal: principalText(grant.principal) })}
      action={t("entry.remove")}
      failure={t("entry.removeFailure")}
      danger
      variant="medium"
      ready={consequences.known}
      summary={consequences.shown}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await each(removed, (entry) => request("DELETE", `/api/access/entries/${entry.id}`, { ifMatch: entry.etag }));
          toasts.say("success", t("entry.removed"));
          onClose();
        })
      }
    >
      {all.length === 1 ? (
        <GrantSentence grant={grant} />
      ) : (
        <>
          <p>{t("entry.removeIntro")}</p>
          <PermissionFields
            chosen={chosen}
            onChoose={setChosen}
            offered={(code) => all.includes(code)}
            withPresets={false}
          />
        </>
      )}
    </ActionDialog>
  );
}

function GrantSentence({ grant }: { readonly grant: Grant }) {
  const { t } = useTexts();
  const name = usePermissionName();
  const principalText = usePrincipalText();
  return (
    <p className="any-length">
      {t(`entry.sentence.${grant.effect}`, {
        principal: principalText(grant.principal),
        resource: inertText(grant.resource.name),
        permissions: grant.entries.map((entry) => `“${name(entry.permission)}”`).join(", "),
      })}
    </p>
  );
}

interface InheritanceProps {
  readonly place: Pick<PlaceDetail, "id" | "name" | "inherit" | "etag">;
  readonly onClose: () => void;
}

/** Lets rights from above count here, or ends them here. */
export function InheritanceDialog({ place, onClose }: InheritanceProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const inherit = !place.inherit;
  const consequences = useConsequences({ inherit: [{ resource: place.id, inherit }] });
  return (
    <ActionDialog
      title={t(inherit ? "inherit.againTitle" : "inherit.stopTitle", { resource: inertText(place.name) })}
      action={t(inherit ? "inherit.again" : "inherit.stop")}
      failure={t("inherit.failure")}
      danger={!inherit}
      variant="medium"
      ready={consequences.known}
      summary={consequences.shown}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("PUT", `/api/access/inheritance/${place.id}`, { body: { inherit }, ifMatch: place.etag });
          toasts.say("success", t(inherit ? "inherit.begun" : "inherit.stopped"));
          onClose();
        })
      }
    >
      <p>{t(inherit ? "inherit.againBody" : "inherit.stopBody")}</p>
    </ActionDialog>
  );
}
