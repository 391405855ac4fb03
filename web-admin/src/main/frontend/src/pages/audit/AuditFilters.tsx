import { FormGroup, FormSelect, FormSelectOption, SearchInput, TextInput } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { Named } from "../../api/session";
import { Chosen } from "../../app/chosen";
import { useTypedSearch } from "../../app/debounce";
import { Inert, inertText } from "../../app/inert";
import { toLocalInput, toUtc } from "../../app/localTime";
import { useTexts } from "../../i18n";
import { PlacePicker, PrincipalPicker, ResourcePicker } from "../access/pickers";
import { placeQuery } from "../access/place";
import { principalQuery, userQuery } from "../people/queries";
import { AUDIT_CODES, type AuditFilter, OUTCOMES } from "./filter";

export type Change = (changes: Record<string, string | number | null>, replace?: boolean) => void;

export interface LogProps {
  readonly filter: AuditFilter;
  readonly change: Change;
}

interface FiltersProps {
  readonly filter: AuditFilter;
  readonly change: Change;
  /** Who and what stands in the rows: names for what the address says by its id. */
  readonly users: readonly (Named | null)[];
  readonly resources: readonly (Named | null)[];
  /** Whether it is about operations, which have a code and an outcome. */
  readonly operations: boolean;
}

/** Which rows of a log are shown: all of it is in the address. */
export function Filters({ filter, change, users, resources, operations }: FiltersProps) {
  const { t, code, locale } = useTexts();
  const [typed, setTyped] = useTypedSearch(filter.q, (q) => change({ q }, true));
  const offered: readonly string[] =
    filter.code === null || AUDIT_CODES.some((known) => known === filter.code)
      ? AUDIT_CODES
      : [...AUDIT_CODES, filter.code];
  const codes = offered
    .map((each) => ({ each, text: code("audit.code", each) }))
    .sort((one, other) => one.text.localeCompare(other.text, locale));
  return (
    <search className="filters filters--audit">
      <FormGroup label={t("audit.text")} fieldId="audit-text">
        <SearchInput
          searchInputId="audit-text"
          aria-label={t("audit.text")}
          value={typed}
          onChange={(_event, value) => setTyped(value.slice(0, 200))}
          onClear={() => setTyped("")}
          resetButtonLabel={t("action.clear")}
        />
      </FormGroup>
      {operations && (
        <>
          <FormGroup label={t("audit.code")} fieldId="audit-code">
            <FormSelect
              id="audit-code"
              value={filter.code ?? ""}
              onChange={(_event, value) => change({ code: value === "" ? null : value })}
            >
              <FormSelectOption value="" label={t("audit.any")} />
              {codes.map(({ each, text }) => (
                <FormSelectOption key={each} value={each} label={text} />
              ))}
            </FormSelect>
          </FormGroup>
          <FormGroup label={t("audit.outcome")} fieldId="audit-outcome">
            <FormSelect
              id="audit-outcome"
              value={filter.outcome ?? ""}
              onChange={(_event, value) => change({ outcome: value === "" ? null : value })}
            >
              <FormSelectOption value="" label={t("audit.any")} />
              {OUTCOMES.map((each) => (
                <FormSelectOption key={each} value={each} label={t(`audit.outcome.${each}`)} />
              ))}
            </FormSelect>
          </FormGroup>
        </>
      )}
      {operations && filter.session !== null && (
        <Chosen label={t("audit.session")} onClear={() => change({ session: null })}>
          <code>{inertText(filter.session)}</code>
        </Chosen>
      )}
      <TimeFilter label={t("audit.from")} id="audit-from" time={filter.from} onTime={(from) => change({ from })} />
      <TimeFilter label={t("audit.to")} id="audit-to" time={filter.to} onTime={(to) => change({ to })} />
      {filter.user === null ? (
        <PrincipalPicker
          label={t("audit.user")}
          kinds={["user"]}
          chosen={null}
          onChoose={(user) => change({ user: user.id })}
        />
      ) : (
        <Chosen label={t("audit.user")} onClear={() => change({ user: null })}>
          <UserName id={filter.user} known={users} />
        </Chosen>
      )}
      {operations ? (
        <ResourceFilter filter={filter} change={change} known={resources} />
      ) : filter.device === null ? (
        <PlacePicker
          label={t("report.device")}
          kinds={["device"]}
          chosen={null}
          onChoose={(place) => change({ device: place.id })}
        />
      ) : (
        <Chosen label={t("report.device")} onClear={() => change({ device: null })}>
          <PlaceName id={filter.device} known={resources} />
        </Chosen>
      )}
    </search>
  );
}

interface ResourceFilterProps extends LogProps {
  readonly known: readonly (Named | null)[];
}

/** What records are about: a folder or a device, or a person or a group that something was done to. */
function ResourceFilter({ filter, change, known }: ResourceFilterProps) {
  const { t } = useTexts();
  const label = t("audit.resource");
  if (filter.device === null && filter.principal === null) {
    return (
      <ResourcePicker
        label={label}
        onChoose={({ id, kind }) => change(kind === "user" || kind === "group" ? { principal: id } : { device: id })}
      />
    );
  }
  return (
    <Chosen label={label} onClear={() => change({ device: null, principal: null })}>
      {filter.device !== null ? (
        <PlaceName id={filter.device} known={known} />
      ) : (
        <PersonOrGroupName id={filter.principal ?? ""} known={known} />
      )}
    </Chosen>
  );
}

interface NameProps {
  readonly id: string;
  readonly known: readonly (Named | null)[];
}

/** A name for an id out of an address; the id itself where nothing is known of it. */
function UserName({ id, known }: NameProps) {
  const name = known.find((each) => each?.id === id)?.name;
  const user = useQuery({ ...userQuery(id), enabled: name === undefined }).data;
  return <Inert text={name ?? user?.name ?? id} />;
}

function PlaceName({ id, known }: NameProps) {
  const name = known.find((each) => each?.id === id)?.name;
  const place = useQuery({ ...placeQuery(id), enabled: name === undefined }).data;
  return <Inert text={name ?? place?.name ?? id} />;
}

function PersonOrGroupName({ id, known }: NameProps) {
  const name = known.find((each) => each?.id === id)?.name;
  const found = useQuery({ ...principalQuery(id), enabled: name === undefined }).data;
  return <Inert text={name ?? found?.name ?? id} />;
}

export interface TimeFilterProps {
  readonly label: string;
  readonly id: string;
  readonly time: Date | null;
  readonly onTime: (time: string | null) => void;
}

export function TimeFilter({ label, id, time, onTime }: TimeFilterProps) {
  return (
    <FormGroup label={label} fieldId={id}>
      <TextInput
        id={id}
        type="datetime-local"
        value={toLocalInput(time)}
        onChange={(_event, value) => {
          const parsed = value === "" ? null : new Date(value);
          if (parsed === null) onTime(null);
          else if (!Number.isNaN(parsed.getTime())) onTime(toUtc(parsed));
        }}
      />
    </FormGroup>
  );
}
