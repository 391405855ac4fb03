import { Breadcrumb, BreadcrumbItem, Button, PageSection, Spinner, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link, Outlet, useLocation, useOutletContext, useParams } from "react-router";
import type { DeviceDetail } from "../../api/device";
import { folderPath } from "../../api/folder";
import { request } from "../../api/http";
import { asProblem } from "../../api/problem";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { Notice } from "../../app/notice";
import { NotFoundPage, ProblemAlert } from "../../app/problems";
import { deviceQuery, foldersQuery } from "../../app/queries";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { StateLabel } from "../devices/StateLabel";
import { ToolButtons } from "../devices/tools";

/** A tool is loaded when it is opened: the first load of the application does not carry it. */
const TerminalTool = lazy(() => import("../terminal/TerminalTool"));

interface DeviceContext {
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

const TABS = ["overview", "terminal", "history"] as const;
type TabName = (typeof TABS)[number];

function Loaded(context: DeviceContext) {
  const { device } = context;
  const { t } = useTexts();
  const location = useLocation();
  const folders = useQuery(foldersQuery);
  const base = `/devices/${device.uid}`;
  const rest = location.pathname.slice(base.length + 1);
  const active: TabName = TABS.find((tab) => tab === rest) ?? "overview";
  usePageTitle(`${device.name} · ${t(`device.tab.${active}`)}`);
  const shown = TABS.filter(
    (tab) =>
      (tab !== "terminal" || device.tools.includes("terminal") || active === "terminal") &&
      (tab !== "history" || device.permissions.includes("view-connection-log") || active === "history"),
  );
  const path = device.folder === null ? [] : folderPath(folders.data ?? [], device.folder);
  const inTool = active === "terminal";
  const [opened, setOpened] = useState(inTool);
  if (inTool && !opened) setOpened(true);
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
          <span className="device-head__tools">{!inTool && <ToolButtons device={device} size="default" />}</span>
        </div>
        {device.quarantined && <Quarantine {...context} />}
      </PageSection>
      <nav className="page-tabs" aria-label={t("device.tabs")}>
        <ul>
          {shown.map((tab) => (
            <li key={tab}>
              <Link
                to={tab === "overview" ? base : `${base}/${tab}`}
                {...(tab === active ? { "aria-current": "page" as const } : {})}
              >
                {t(`device.tab.${tab}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {opened && (
        <section className="tool" hidden={!inTool} aria-label={t("device.tab.terminal")}>
          <Suspense fallback={<Spinner aria-label={t("loading")} />}>
            <TerminalTool device={device} shown={inTool} />
          </Suspense>
        </section>
      )}
      <Outlet context={context} />
    </>
  );
}

function Quarantine({ device, reload }: DeviceContext) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const clear = () =>
    dialogs.confirm({
      title: t("quarantine.clearTitle", { device: inertText(device.name) }),
      body: <p>{t("quarantine.clearBody")}</p>,
      action: t("quarantine.clear"),
      failure: t("quarantine.failure"),
      onConfirm: async () => {
        await request("POST", `/api/devices/${device.uid}/clear-quarantine`, { ifMatch: device.etag });
        await reload();
        toasts.say("success", t("quarantine.cleared"));
      },
    });
  return (
    <Notice
      variant="warning"
      isInline
      title={t("quarantine.title")}
      actionLinks={
        device.permissions.includes("configure-devices") ? (
          <Button variant="link" isInline onClick={clear}>
            {t("quarantine.clear")}
          </Button>
        ) : undefined
      }
    >
      {t("quarantine.body")}
    </Notice>
  );
}
