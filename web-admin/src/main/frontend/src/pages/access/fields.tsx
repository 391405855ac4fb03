import {
  Button,
  Checkbox,
  FormFieldGroup,
  FormFieldGroupHeader,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  TextInput,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useId, useMemo } from "react";
import { PERMISSION_KINDS, type Validity, WEEKDAYS, type WeeklyWindow } from "../../api/access";
import { inertText } from "../../app/inert";
import { ofLocalInput, toLocalInput } from "../../app/localTime";
import { ProblemAlert } from "../../app/problems";
import { useTexts } from "../../i18n";
import { usePermissionHelp, usePermissionName } from "./names";
import { catalogueQuery } from "./queries";

interface PermissionFieldsProps {
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  /** Which permissions are offered; all of them without it. */
  readonly offered?: (code: string) => boolean;
  readonly withPresets?: boolean;
  /** Whether access to devices stands before administration. */
  readonly deviceFirst?: boolean;
}

/** The catalogue to choose from, by kind, with the presets as a quick way. */
export function PermissionFields({
  chosen,
  onChoose,
  offered,
  withPresets = true,
  deviceFirst = false,
}: PermissionFieldsProps) {
  const { t, code } = useTexts();
  const id = useId();
  const name = usePermissionName();
  const helpOf = usePermissionHelp();
  const catalogue = useQuery(catalogueQuery);
  if (catalogue.isError)
    return (
      <ProblemAlert title={t("permission.failure")} error={catalogue.error} retry={() => void catalogue.refetch()} />
    );
  const all = (catalogue.data?.permissions ?? []).filter((each) => offered?.(each.code) ?? true);
  const presets = withPresets ? (catalogue.data?.presets ?? []) : [];
  const set = (codes: readonly string[], on: boolean) => {
    const next = new Set(chosen);
    for (const each of codes) on ? next.add(each) : next.delete(each);
    onChoose(next);
  };
  return (
    <>
      {presets.length > 0 && (
        <FormGroup role="group" label={t("permission.presets")} fieldId={`${id}-presets`}>
          <div className="button-row">
            {presets.map((preset) => {
              const known = code("preset", preset.code);
              return (
                <Button
                  key={preset.code}
                  size="sm"
                  variant="secondary"
                  onClick={() => onChoose(new Set(preset.permissions))}
                >
                  {known === preset.code ? inertText(preset.name) : known}
                </Button>
              );
            })}
            <Button size="sm" variant="link" isInline onClick={() => onChoose(new Set())}>
              {t("permission.none")}
            </Button>
          </div>
        </FormGroup>
      )}
      {(deviceFirst ? PERMISSION_KINDS.toReversed() : PERMISSION_KINDS).map((kind) => {
        const ofKind = all.filter((each) => each.kind === kind);
        const codes = ofKind.map((each) => each.code);
        if (codes.length === 0) return null;
        const on = codes.filter((each) => chosen.has(each)).length;
        return (
          <FormGroup key={kind} role="group" label={t(`permission.kind.${kind}`)} fieldId={`${id}-${kind}`}>
            <div className="permission-fields">
              {codes.length > 3 && (
                <Checkbox
                  id={`${id}-${kind}-all`}
                  className="permission-fields__all"
                  label={t("permission.everything", { chosen: on, all: codes.length })}
                  isChecked={on === codes.length}
                  onChange={(_event, checked) => set(codes, checked)}
                />
              )}
              {ofKind.map((each) => {
                const help = helpOf(each);
                return (
                  <Checkbox
                    key={each.code}
                    id={`${id}-${each.code}`}
                    label={name(each.code)}
                    {...(help === null ? {} : { description: help })}
                    isChecked={chosen.has(each.code)}
                    onChange={(_event, checked) => set([each.code], checked)}
                  />
                );
              })}
            </div>
          </FormGroup>
        );
      })}
    </>
  );
}

interface ValidityFieldsProps {
  readonly validity: Validity;
  readonly onChange: (validity: Validity) => void;
}

/** What is wrong with a validity; null when nothing is. */
export function faultOf({ from, until, window }: Validity): "period" | "days" | "hours" | null {
  if (from !== null && until !== null && until <= from) return "period";
  if (window !== null && window.days.length === 0) return "days";
  if (window !== null && (window.start === "" || window.end === "" || window.start === window.end)) return "hours";
  return null;
}

interface PeriodFieldsProps<T> {
  readonly period: T;
  readonly onChange: (period: T) => void;
  /** Whether the end is not after the beginning. */
  readonly fault: boolean;
}

/** From when, until when. */
export function PeriodFields<T extends Pick<Validity, "from" | "until">>({
  period,
  onChange,
  fault,
}: PeriodFieldsProps<T>) {
  const { t } = useTexts();
  const id = useId();
  return (
    <>
      <div className="validity__period">
        <FormGroup label={t("validity.fromLabel")} fieldId={`${id}-from`}>
          <TextInput
            id={`${id}-from`}
            type="datetime-local"
            value={toLocalInput(period.from)}
            onChange={(_event, value) => onChange({ ...period, from: ofLocalInput(value) })}
          />
        </FormGroup>
        <FormGroup label={t("validity.untilLabel")} fieldId={`${id}-until`}>
          <TextInput
            id={`${id}-until`}
            type="datetime-local"
            value={toLocalInput(period.until)}
            onChange={(_event, value) => onChange({ ...period, until: ofLocalInput(value) })}
            validated={fault ? "error" : "default"}
            {...(fault ? { "aria-describedby": `${id}-fault` } : {})}
          />
        </FormGroup>
      </div>
      {fault && <Fault id={`${id}-fault`} text={t("validity.fault.period")} />}
    </>
  );
}

function Fault({ id, text }: { readonly id: string; readonly text: string }) {
  return (
    <FormHelperText>
      <HelperText id={id} isLiveRegion>
        <HelperTextItem variant="error">{text}</HelperTextItem>
      </HelperText>
    </FormHelperText>
  );
}

/** From when, until when, and at which hours of the week. */
export function ValidityFields({ validity, onChange }: ValidityFieldsProps) {
  const { t } = useTexts();
  const id = useId();
  const { window } = validity;
  const fault = faultOf(validity);
  return (
    <FormFieldGroup
      header={
        <FormFieldGroupHeader
          titleText={{ text: t("validity.title"), id: `${id}-title` }}
          titleDescription={t("validity.help")}
        />
      }
    >
      <PeriodFields period={validity} onChange={onChange} fault={fault === "period"} />
      <Checkbox
        id={`${id}-window`}
        label={t("validity.window")}
        isChecked={window !== null}
        onChange={(_event, checked) => onChange({ ...validity, window: checked ? officeHours() : null })}
      />
      {window !== null && <WindowFields window={window} onChange={(next) => onChange({ ...validity, window: next })} />}
      {fault !== null && fault !== "period" && <Fault id={`${id}-fault`} text={t(`validity.fault.${fault}`)} />}
    </FormFieldGroup>
  );
}

interface WindowFieldsProps {
  readonly window: WeeklyWindow;
  readonly onChange: (window: WeeklyWindow) => void;
}

function WindowFields({ window, onChange }: WindowFieldsProps) {
  const { t } = useTexts();
  const id = useId();
  const zones = useMemo(
    () => [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), window.zone])].sort(),
    [window.zone],
  );
  const nextDay = window.end < window.start;
  return (
    <>
      <FormGroup role="group" label={t("validity.days")} fieldId={`${id}-days`}>
        <div className="validity__days">
          {WEEKDAYS.map((day) => (
            <Checkbox
              key={day}
              id={`${id}-${day}`}
              label={t(`weekday.short.${day}`)}
              aria-label={t(`weekday.${day}`)}
              isChecked={window.days.includes(day)}
              onChange={(_event, checked) =>
                onChange({
                  ...window,
                  days: WEEKDAYS.filter((each) => (each === day ? checked : window.days.includes(each))),
                })
              }
            />
          ))}
        </div>
      </FormGroup>
      <div className="validity__period">
        <FormGroup label={t("validity.start")} fieldId={`${id}-start`}>
          <TextInput
            id={`${id}-start`}
            type="time"
            value={window.start}
            onChange={(_event, value) => onChange({ ...window, start: value.slice(0, 5) })}
          />
        </FormGroup>
        <FormGroup label={t("validity.end")} fieldId={`${id}-end`}>
          <TextInput
            id={`${id}-end`}
            type="time"
            value={window.end === "24:00" ? "00:00" : window.end}
            onChange={(_event, value) => onChange({ ...window, end: endOfDay(value.slice(0, 5)) })}
            {...(nextDay ? { "aria-describedby": `${id}-next` } : {})}
          />
          {nextDay && (
            <FormHelperText>
              <HelperText>
                <HelperTextItem id={`${id}-next`}>{t("validity.nextDay")}</HelperTextItem>
              </HelperText>
            </FormHelperText>
          )}
        </FormGroup>
        <FormGroup label={t("validity.zone")} fieldId={`${id}-zone`}>
          <FormSelect
            id={`${id}-zone`}
            value={window.zone}
            onChange={(_event, value) => onChange({ ...window, zone: value })}
          >
            {zones.map((zone) => (
              <FormSelectOption key={zone} value={zone} label={zone} />
            ))}
          </FormSelect>
        </FormGroup>
      </div>
    </>
  );
}

/** Midnight as an end is that of the day's end. */
export function endOfDay(text: string): string {
  return text === "00:00" ? "24:00" : text;
}

function officeHours(): WeeklyWindow {
  return {
    days: ["mon", "tue", "wed", "thu", "fri"],
    start: "08:00",
    end: "17:00",
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
  };
}
