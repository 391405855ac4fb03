import { Breadcrumb, BreadcrumbItem, PageSection, Spinner, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Outlet, useLocation, useOutletContext, useParams, useRouteLoaderData } from "react-router";
import type { DeviceDetail } from "../../api/device";
import { asProblem } from "../../api/problem";
import { Inert } from "../../app/inert";
import { AppLink } from "../../app/links";
import { PageTabs } from "../../app/pageTabs";
import { NotFoundPage, ProblemAlert } from "../../app/problems";
import { deviceQuery, folderQuery } from "../../app/queries";
import { TERMINAL_ROUTE } from "../../app/routes";
import { usePageTitle } from "../../app/titles";
import { useTexts } from "../../i18n";
import { Marks } from "../devices/DeviceTable";
import { StateLabel } from "../devices/StateLabel";
import { ToolButtons } from "../devices/tools";
import { RequestAccess } from "../requests/RequestAccess";
import { Notices } from "./Notices";

type TerminalModule = typeof import("../terminal/TerminalTool");

export interface DeviceContext {
  readonly device: DeviceDetail;
  readonly reload: () => Promise<DeviceDetail | null>;
}

/** The device that the page around a tab is about. */
export function useDevice(): DeviceContext {
  return useOutletContext<DeviceContext>();
}

/** One device: what it is, and what can be done with it, each under an address of its own. */
export function DevicePage() {
  const { t } = useTexts();
  const { uid = "" } = useParams();
  const device = useQuery(deviceQuery(uid));
  const unknown = device.isError && asProblem(device.error).code === "not-found";
  if (unknown) return <NotFoundPage>{t("device.notFound")}</NotFoundPage>;
  if (device.isPending) {
    return (
      <PageSection isFilled>
        <Spinner aria-label={t("loading")} />
      </PageSection>
    );
  }
  if (device.data === undefined) {
    return (
      <PageSection isFilled>
        <ProblemAlert title={t("device.failure")} error={device.error} retry={() => void device.refetch()} />
      </PageSection>
    );
  }
  return (
    <Loaded
      key={uid}
      device={device.data}
      reload={async () => {
        const result = await device.refetch();
        return result.data ?? null;
      }}
    />
  );
}

/** Tabs that are tools: there for who may use them. */
const TOOLS: readonly string[] = ["desktop", "terminal", "files", "processes", "chat"];
const TABS = ["overview", "desktop", "terminal", "files", "processes", "chat", "sub-devices", "history"] as const;
type TabName = (typeof TABS)[number];

function Loaded(context: DeviceContext) {
  const { device } = context;
  const { t } = useTexts();
  const location = useLocation();
  const folder = useQuery({ ...folderQuery(device.folder ?? ""), enabled: device.folder !== null }).data;
  const base = `/devices/${device.uid}`;
  const rest = location.pathname.slice(base.length + 1);
  const active: TabName = TABS.find((tab) => tab === rest) ?? "overview";
  usePageTitle(`${device.name} · ${t(`device.tab.${active}`)}`);
  const shown = TABS.filter(
    (tab) =>
      (!TOOLS.includes(tab) || device.tools.includes(tab) || active === tab) &&
      (tab !== "history" || device.permissions.includes("view-connection-log") || active === "history"),
  );
  const path = folder === undefined ? [] : [...folder.path, folder];
  const inTerminal = active === "terminal";
  const inTool = TOOLS.includes(active);
  // A tool is loaded by its route, when it is opened, and stays while one looks at the other tabs. Not by lazy(): React holds back for 300 ms whatever
  // takes the place of a fallback, and nobody should wait for a terminal because of a spinner.
  const loaded = useRouteLoaderData<TerminalModule>(TERMINAL_ROUTE);
  const [terminal, setTerminal] = useState(loaded);
  if (loaded !== undefined && terminal === undefined) setTerminal(loaded);
  return (
    <>
      <PageSection className={inTool ? "device-head device-head--tool" : "device-head"} hasBodyWrapper={false}>
        <Breadcrumb aria-label={t("device.breadcrumb")}>
          <BreadcrumbItem
            render={({ className }) => (
              <AppLink className={className} href="/devices">
                {t("devices.title")}
              </AppLink>
            )}
          />
          {path.map((folder) => (
            <BreadcrumbItem
              key={folder.id}
              render={({ className }) => (
                <AppLink className={className} href={`/devices?folder=${folder.id}`}>
                  <Inert text={folder.name} />
                </AppLink>
              )}
            />
          ))}
          <BreadcrumbItem isActive>
            <Inert text={device.name} />
          </BreadcrumbItem>
        </Breadcrumb>
        <div className="device-head__line">
          <Title headingLevel="h1" className="any-length">
            <Inert text={device.name} />
          </Title>
          <StateLabel state={device.state} />
          <Marks device={device} />
          <span className="device-head__tools button-row">
            {!inTool && <ToolButtons device={device} size="default" />}
            {!device.tools.includes("terminal") && (
              <RequestAccess
                resource={{ id: device.uid, name: device.name, kind: "device" }}
                permissions={["terminal"]}
                size="sm"
              />
            )}
          </span>
        </div>
        {!inTool && <Notices {...context} />}
      </PageSection>
      <PageTabs
        label={t("device.tabs")}
        tabs={[
          ...shown.map((tab) => ({
            to: tab === "overview" ? base : `${base}/${tab}`,
            text: t(`device.tab.${tab}`),
            current: tab === active,
          })),
          { to: `/access?resource=${device.uid}`, text: t("device.tab.permissions"), current: false },
        ]}
      />
      {terminal !== undefined && (
        <section className="tool" hidden={!inTerminal} aria-label={t("device.tab.terminal")}>
          <terminal.default device={device} shown={inTerminal} />
        </section>
      )}
      <Outlet context={context} />
    </>
  );
}
