import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  PageSection,
  SearchInput,
  Skeleton,
  ToggleGroup,
  ToggleGroupItem,
} from "@patternfly/react-core";
import { PlusCircleIcon, SearchIcon, ServerIcon, TagIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { DEVICE_STATES, type Device, type DeviceCounts } from "../../api/device";
import { asProblem } from "../../api/problem";
import { useTypedSearch } from "../../app/debounce";
import { useDialogs } from "../../app/dialog";
import { useTopFolders } from "../../app/folders";
import { useMay } from "../../app/may";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { deviceCountsQuery, devicesQuery, folderQuery } from "../../app/queries";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { BulkBar } from "./BulkBar";
import { DeviceTable } from "./DeviceTable";
import { AddDevice, ManageTags } from "./dialogs";
import { FolderHead } from "./FolderHead";
import { FolderPanel } from "./FolderPanel";
import {
  countsQueryOf,
  type DeviceFilter,
  deviceQueryOf,
  isNarrowed,
  LONGEST_SEARCH,
  readDeviceFilter,
} from "./filter";
import { SearchHelp } from "./SearchHelp";
import { hasTerm, tagTerm, withoutTerm, withTerm } from "./search";

/** The most devices that one action takes. */
const MOST_CHOSEN = 500;

/** The folders, and the devices in them and below. */
export function DevicesPage() {
  const { t } = useTexts();
  const [search, setSearch] = useSearchParams();
  const filter = readDeviceFilter(search);
  const tops = useTopFolders();
  const named = useQuery({ ...folderQuery(filter.folder ?? ""), enabled: filter.folder !== null });
  const only = tops.length === 1 ? (tops[0] ?? null) : null;
  const folder = filter.folder === null ? only : (named.data ?? null);
  const devices = useQuery(devicesQuery(deviceQueryOf(filter)));
  const counts = useQuery(deviceCountsQuery(countsQueryOf(filter))).data;
  usePageTitle(
    filter.folder === null || folder === null ? t("devices.title") : `${folder.name} · ${t("devices.title")}`,
  );
  const change = useCallback(
    (changes: Record<string, string | number | null>, replace = false) =>
      setSearch((before) => withSearch(before, changes), { replace }),
    [setSearch],
  );
  const dialogs = useDialogs();
  const mayInstall = folder === null ? tops.some(installs) : installs(folder);
  const addDevice = () =>
    dialogs.open((close) => <AddDevice folder={folder ?? tops.find(installs) ?? null} onClose={close} />);
  const none = devices.data !== undefined && devices.data.items.length === 0 && filter.cursor === null;
  const first = none && counts?.total === 0 && !isNarrowed(filter) && filter.folder === null;
  const gone = filter.folder !== null && named.isError && asProblem(named.error).code === "not-found";

  return (
    <>
      <PageSection className="page-head">
        <FolderHead folder={folder} named={filter.folder !== null} onAdd={mayInstall ? addDevice : null} />
      </PageSection>
      <PageSection className="devices" isFilled>
        {tops.length > 0 && (
          <FolderPanel
            selected={filter.folder}
            all={only?.id ?? null}
            name={folder?.name ?? t("devices.everywhere")}
            href={(id) => `/devices?${withSearch(search, { folder: id })}`}
          />
        )}
        <div className="devices__list">
          {gone ? (
            <EmptyState headingLevel="h2" icon={SearchIcon} titleText={t("folder.gone")} variant="sm">
              <EmptyStateBody>{t("problem.not-found")}</EmptyStateBody>
            </EmptyState>
          ) : first ? (
            <FirstDevice may={mayInstall} onAdd={addDevice} />
          ) : (
            <>
              <Filters filter={filter} counts={counts} change={change} />
              {devices.isError ? (
                <ProblemAlert title={t("devices.failure")} error={devices.error} retry={() => void devices.refetch()} />
              ) : devices.isPending ? (
                <Waiting />
              ) : none ? (
                <EmptyState headingLevel="h2" icon={SearchIcon} titleText={t("devices.none")} variant="sm">
                  <EmptyStateBody>{t(isNarrowed(filter) ? "devices.noneMatch" : "devices.noneHere")}</EmptyStateBody>
                  {isNarrowed(filter) && (
                    <EmptyStateFooter>
                      <EmptyStateActions>
                        <Button variant="link" onClick={() => change({ q: null, state: null })}>
                          {t("devices.clearFilters")}
                        </Button>
                      </EmptyStateActions>
                    </EmptyStateFooter>
                  )}
                </EmptyState>
              ) : (
                <Rows
                  key={JSON.stringify(countsQueryOf(filter))}
                  filter={filter}
                  devices={devices.data.items}
                  busy={devices.isPlaceholderData}
                  showFolder={folder === null || folder.children > 0}
                  search={search}
                  change={change}
                />
              )}
              {devices.data !== undefined && !none && (
                <CursorPager
                  next={devices.data.next}
                  count={devices.data.items.length}
                  total={filter.state === null ? counts?.total : counts?.[filter.state]}
                  label={t("devices.pages")}
                  onSize={(size) => change({ size })}
                />
              )}
            </>
          )}
        </div>
      </PageSection>
    </>
  );
}

function installs(folder: { readonly permissions: readonly string[] }): boolean {
  return folder.permissions.includes("install-devices");
}

type Change = (changes: Record<string, string | number | null>, replace?: boolean) => void;

interface RowsProps {
  readonly filter: DeviceFilter;
  readonly devices: readonly Device[];
  readonly busy: boolean;
  readonly showFolder: boolean;
  readonly search: URLSearchParams;
  readonly change: Change;
}

/** One page of the list, and what of this and other pages is chosen. */
function Rows({ filter, devices, busy, showFolder, search, change }: RowsProps) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Device>>(new Map());
  // What is chosen is as new as the list: an action names the version that is seen.
  useEffect(() => {
    setChosen((before) => {
      const newer = devices.filter((device) => before.has(device.uid) && before.get(device.uid) !== device);
      if (newer.length === 0) return before;
      return new Map([...before, ...newer.map((device) => [device.uid, device] as const)]);
    });
  }, [devices]);
  const uids = useMemo(() => new Set(chosen.keys()), [chosen]);
  const can = devices.some(({ permissions }) =>
    permissions.some((each) => each === "configure-devices" || each === "remove-devices"),
  );
  const choose = (some: readonly Device[], on: boolean) =>
    setChosen((before) => {
      const next = new Map(before);
      for (const device of some) {
        if (!on) next.delete(device.uid);
        else if (next.size < MOST_CHOSEN) next.set(device.uid, device);
      }
      return next;
    });
  return (
    <>
      <BulkBar
        devices={[...chosen.values()]}
        onChosen={(left) =>
          setChosen(
            (before) => new Map(left.flatMap((uid) => (before.has(uid) ? [[uid, before.get(uid) as Device]] : []))),
          )
        }
      />
      <DeviceTable
        devices={devices}
        sort={filter.sort}
        onSort={(sort) => change({ sort: sort === "name" ? null : sort })}
        busy={busy}
        showFolder={showFolder}
        tagHref={(tag) => `/devices?${withSearch(search, { q: withTerm(filter.q, tagTerm(tag)) })}`}
        chosen={can || chosen.size > 0 ? uids : null}
        onChoose={choose}
      />
    </>
  );
}

interface FiltersProps {
  readonly filter: DeviceFilter;
  readonly counts: DeviceCounts | undefined;
  readonly change: Change;
}

/** What a person must see to, as terms of the search; offered where there is some. */
const ATTENTION = [
  { term: "assistance", text: "assistance.mark" },
  { term: "alarm", text: "devices.alarm" },
] as const;

function Filters({ filter, counts, change }: FiltersProps) {
  const { t, locale } = useTexts();
  const dialogs = useDialogs();
  const mayConfigure = useMay("configure-devices");
  const [typed, setTyped] = useTypedSearch(filter.q, (q) => change({ q }, true));
  const number = (n: number | undefined) => (n === undefined ? "" : ` (${n.toLocaleString(locale)})`);
  return (
    <search className="filters">
      <div className="filters__search">
        <SearchInput
          aria-label={t("devices.search")}
          placeholder={t("devices.search")}
          value={typed}
          onChange={(_event, value) => setTyped(value.slice(0, LONGEST_SEARCH))}
          onClear={() => setTyped("")}
          resetButtonLabel={t("action.clear")}
        />
        <SearchHelp />
        {mayConfigure && (
          <Button
            variant="link"
            icon={<TagIcon />}
            onClick={() => dialogs.open((close) => <ManageTags onClose={close} />)}
          >
            {t("tags.manage")}
          </Button>
        )}
      </div>
      <ToggleGroup aria-label={t("devices.stateFilter")} isCompact className="filters__states">
        <ToggleGroupItem
          text={`${t("state.all")}${number(counts?.total)}`}
          isSelected={filter.state === null}
          onChange={() => change({ state: null })}
        />
        {DEVICE_STATES.map((state) => (
          <ToggleGroupItem
            key={state}
            text={`${t(`state.${state}`)}${number(counts?.[state])}`}
            isSelected={filter.state === state}
            onChange={() => change({ state: filter.state === state ? null : state })}
          />
        ))}
        {ATTENTION.map(({ term, text }) => {
          const on = hasTerm(filter.q, term);
          return (
            (on || (counts?.[term] ?? 0) > 0) && (
              <ToggleGroupItem
                key={term}
                text={`${t(text)}${number(counts?.[term])}`}
                isSelected={on}
                onChange={() => change({ q: on ? withoutTerm(filter.q, term) : withTerm(filter.q, term) })}
              />
            )
          );
        })}
      </ToggleGroup>
    </search>
  );
}

function FirstDevice({ may, onAdd }: { readonly may: boolean; readonly onAdd: () => void }) {
  const { t } = useTexts();
  return (
    <EmptyState
      headingLevel="h2"
      icon={ServerIcon}
      titleText={t(may ? "devices.first.title" : "devices.first.noneSeen")}
    >
      <EmptyStateBody>{t(may ? "devices.first.body" : "devices.first.ask")}</EmptyStateBody>
      {may && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button variant="primary" icon={<PlusCircleIcon />} onClick={onAdd}>
              {t("devices.first.action")}
            </Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}

function Waiting() {
  const { t } = useTexts();
  return (
    <div aria-busy="true" className="waiting">
      {[0, 1, 2, 3].map((row) => (
        <Skeleton key={row} screenreaderText={t("loading")} />
      ))}
    </div>
  );
}
