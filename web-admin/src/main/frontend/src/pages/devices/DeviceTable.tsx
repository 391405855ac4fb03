import { Table, Tbody, Td, Th, Thead, type ThProps, Tr } from "@patternfly/react-table";
import { Link } from "react-router";
import type { Device } from "../../api/device";
import { Inert } from "../../app/inert";
import { RelativeTime } from "../../app/time";
import { useTexts } from "../../i18n";
import type { DeviceSort } from "./filter";
import { StateLabel } from "./StateLabel";
import { ToolButtons } from "./tools";

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
      className="device-table"
      aria-busy={busy}
    >
      <Thead>
        <Tr>
          <Th sort={sortOf("name")} width={30}>
            {t("device.name")}
          </Th>
          <Th sort={sortOf("state")}>{t("device.state")}</Th>
          {showFolder && <Th>{t("devices.folder")}</Th>}
          <Th>{t("device.os")}</Th>
          <Th>{t("device.version")}</Th>
          <Th sort={sortOf("lastSeen")}>{t("device.lastSeen")}</Th>
          <Th>{t("device.tools")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {devices.map((device) => (
          <Tr key={device.uid}>
            <Td dataLabel={t("device.name")} className="device-table__name">
              <Link to={`/devices/${device.uid}`}>
                <Inert text={device.name} />
              </Link>
            </Td>
            <Td dataLabel={t("device.state")} modifier="fitContent">
              <StateLabel state={device.state} />
            </Td>
            {showFolder && (
              <Td dataLabel={t("devices.folder")} className="any-length">
                {device.folderName === null ? "–" : <Inert text={device.folderName} />}
              </Td>
            )}
            <Td dataLabel={t("device.os")} className="any-length">
              {device.os === null ? "–" : <Inert text={device.os} />}
            </Td>
            <Td dataLabel={t("device.version")} className="any-length">
              {device.version === null ? "–" : <Inert text={device.version} />}
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
            <Td dataLabel={t("device.tools")} modifier="fitContent">
              <ToolButtons device={device} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
