import {
  Button,
  Content,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  PageSection,
  SearchInput,
  Skeleton,
  Title,
  ToggleGroup,
  ToggleGroupItem,
} from "@patternfly/react-core";
import { PlusCircleIcon, SearchIcon, ServerIcon } from "@patternfly/react-icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useSearchParams } from "react-router";
import { DEVICE_STATES, type DeviceCounts } from "../../api/device";
import type { Folder } from "../../api/folder";
import { useTypedSearch } from "../../app/debounce";
import { useDialogs } from "../../app/dialog";
import { Inert } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { deviceCountsQuery, devicesQuery, foldersQuery } from "../../app/queries";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { AddDeviceDialog } from "./AddDeviceDialog";
import { DeviceTable } from "./DeviceTable";
import { FolderSelect, FolderTree } from "./FolderPanel";
import {
  countsQueryOf,
  type DeviceFilter,
  deviceQueryOf,
  isNarrowed,
  LONGEST_SEARCH,
  readDeviceFilter,
} from "./filter";

const NO_FOLDERS: readonly Folder[] = [];

/** The folders, and the devices in them and below. */
export function DevicesPage() {
  const { t } = useTexts();
  const [search, setSearch] = useSearchParams();
  const filter = readDeviceFilter(search);
  const folders = useQuery(foldersQuery);
  const devices = useInfiniteQuery(devicesQuery(deviceQueryOf(filter)));
  const counts = useQuery(deviceCountsQuery(countsQueryOf(filter))).data;
  const all = folders.data ?? NO_FOLDERS;
  const folder = all.find((each) => each.id === filter.folder) ?? null;
  usePageTitle(folder === null ? t("devices.title") : `${folder.name} · ${t("devices.title")}`);
  const change = useCallback(
    (changes: Record<string, string | number | null>, replace = false) =>
      setSearch((before) => withSearch(before, changes), { replace }),
    [setSearch],
  );
  const dialogs = useDialogs();
  const target = all.find((each) => each.permissions.includes("install-devices")) ?? null;
  const mayInstall = folder === null ? target !== null : folder.permissions.includes("install-devices");
  const addDevice = () =>
    dialogs.open((close) => (
      <AddDeviceDialog folders={all} folder={mayInstall ? (folder ?? target) : target} onClose={close} />
    ));
  const shown = devices.data?.pages.flatMap((page) => page.items) ?? [];
  const none = devices.data !== undefined && shown.length === 0;

  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{folder === null ? t("devices.title") : <Inert text={folder.name} />}</Title>
        {mayInstall && (
          <Button variant="primary" icon={<PlusCircleIcon />} onClick={addDevice}>
            {t("devices.add")}
          </Button>
        )}
      </PageSection>
      <PageSection className="devices" isFilled>
        {all.length > 0 && (
          <>
            <nav className="devices__tree" aria-label={t("devices.folders")}>
              <FolderTree
                folders={all}
                selected={filter.folder}
                href={(id) => `/devices?${withSearch(search, { folder: id })}`}
              />
            </nav>
            <div className="devices__select">
              <FolderSelect
                id="folder-select"
                folders={all}
                selected={filter.folder}
                onSelect={(id) => change({ folder: id })}
              />
            </div>
          </>
        )}
        <div className="devices__list">
          {folders.isError && (
            <ProblemAlert
              title={t("devices.foldersFailure")}
              error={folders.error}
              retry={() => void folders.refetch()}
            />
          )}
          {none && !isNarrowed(filter) && filter.folder === null ? (
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
                <>
                  <DeviceTable
                    devices={shown}
                    sort={filter.sort}
                    onSort={(sort) => change({ sort: sort === "name" ? null : sort })}
                    busy={devices.isPlaceholderData}
                    showFolder={all.length > 1}
                  />
                  {devices.hasNextPage && (
                    <Button
                      variant="link"
                      isLoading={devices.isFetchingNextPage}
                      isDisabled={devices.isFetchingNextPage}
                      onClick={() => void devices.fetchNextPage()}
                    >
                      {t("devices.more")}
                    </Button>
                  )}
                </>
              )}
            </>
          )}
        </div>
      </PageSection>
    </>
  );
}

interface FiltersProps {
  readonly filter: DeviceFilter;
  readonly counts: DeviceCounts | undefined;
  readonly change: (changes: Record<string, string | null>, replace?: boolean) => void;
}

function Filters({ filter, counts, change }: FiltersProps) {
  const { t, locale } = useTexts();
  const [typed, setTyped] = useTypedSearch(filter.q, (q) => change({ q }, true));
  const number = (n: number | undefined) => (n === undefined ? "" : ` (${n.toLocaleString(locale)})`);
  return (
    <search className="filters">
      <SearchInput
        className="filters__search"
        aria-label={t("devices.search")}
        placeholder={t("devices.search")}
        value={typed}
        onChange={(_event, value) => setTyped(value.slice(0, LONGEST_SEARCH))}
        onClear={() => setTyped("")}
        resetButtonLabel={t("action.clear")}
      />
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
    <Content aria-busy="true">
      {[0, 1, 2, 3].map((row) => (
        <p key={row}>
          <Skeleton screenreaderText={t("loading")} />
        </p>
      ))}
    </Content>
  );
}
