import { Table, Tbody, Td, Th, Thead, type ThProps, Tr } from "@patternfly/react-table";
import { Link } from "react-router";
import type { Device } from "../../api/device";
import { Inert } from "../../app/inert";
import { RelativeTime } from "../../app/time";
import { useTexts } from "../../i18n";
import type { DeviceSort } from "./filter";
import { StateLabel } from "./StateLabel";
import { openTools, ToolButtons } from "./tools";

interface DeviceTableProps {
  readonly devices: readonly Device[];
  readonly sort: DeviceSort;
  readonly onSort: (sort: DeviceSort) => void;
  readonly busy: boolean;
  readonly showFolder: boolean;
}

/** The devices of one page. On a narrow screen each row becomes a card that begins with the name. */
export function DeviceTable({ devices, sort, onSort, busy, showFolder }: DeviceTableProps) {
  const { t } = useTexts();
  const columns = ["name", "state", "lastSeen"] as const;
  const sortOf = (column: (typeof columns)[number]): NonNullable<ThProps["sort"]> => ({
    columnIndex: columns.indexOf(column),
    sortBy: {
      index: columns.findIndex((each) => each === (sort === "-name" ? "name" : sort)),
      direction: sort === "-name" || sort === "lastSeen" ? "desc" : "asc",
    },
    onSort: () => onSort(column === "name" && sort === "name" ? "-name" : column),
  });
  return (
    <Table
      aria-label={t("devices.title")}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table device-table"
      aria-busy={busy}
    >
      <Thead>
        <Tr>
          <Th sort={sortOf("name")}>{t("device.name")}</Th>
          <Th sort={sortOf("state")} style={{ width: "9rem" }}>
            {t("device.state")}
          </Th>
          <Th style={{ width: "22%" }}>{t("device.os")}</Th>
          <Th sort={sortOf("lastSeen")} style={{ width: "8.75rem" }}>
            {t("device.lastSeen")}
          </Th>
          <Th style={{ width: "9rem" }}>{t("device.tools")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {devices.map((device) => (
          <Tr key={device.uid}>
            <Td dataLabel={t("device.name")} className="device-table__name">
              <div>
                <Link to={`/devices/${device.uid}`} className="clamped">
                  <Inert text={device.name} />
                </Link>
                {showFolder && device.folderName !== null && (
                  <div className="secondary">
                    <span className="pf-v6-screen-reader">{t("devices.folder")}: </span>
                    <Inert text={device.folderName} />
                  </div>
                )}
              </div>
            </Td>
            <Td dataLabel={t("device.state")}>
              <StateLabel state={device.state} />
            </Td>
            <Td dataLabel={t("device.os")}>
              <div>
                {device.os === null ? "–" : <Inert text={device.os} />}
                {device.version !== null && (
                  <div className="secondary">
                    {t("device.agent")} <Inert text={device.version} />
                  </div>
                )}
              </div>
            </Td>
            <Td dataLabel={t("device.lastSeen")} modifier="nowrap">
              {device.state === "online" ? (
                t("device.now")
              ) : device.lastSeen === null ? (
                t("device.never")
              ) : (
                <RelativeTime time={device.lastSeen} />
              )}
            </Td>
            <Td {...(openTools(device).length === 0 ? {} : { dataLabel: t("device.tools") })}>
              <ToolButtons device={device} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
