import { Checkbox, Label } from "@patternfly/react-core";
import { BellIcon, PowerOffIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, type ThProps, Tr } from "@patternfly/react-table";
import { Link } from "react-router";
import { type Device, isSwitchedOff } from "../../api/device";
import { Inert, inertText } from "../../app/inert";
import { RelativeTime } from "../../app/time";
import { useTexts } from "../../i18n";
import type { DeviceSort } from "./filter";
import { StateLabel } from "./StateLabel";
import { Tags } from "./Tags";
import { openTools, ToolButtons } from "./tools";

interface DeviceTableProps {
  readonly devices: readonly Device[];
  readonly sort: DeviceSort;
  readonly onSort: (sort: DeviceSort) => void;
  readonly busy: boolean;
  readonly showFolder: boolean;
  readonly tagHref: (tag: string) => string;
  /** The uids of the chosen devices; null where nothing can be done with them. */
  readonly chosen: ReadonlySet<string> | null;
  readonly onChoose: (devices: readonly Device[], chosen: boolean) => void;
}

/** The devices of one page. On a narrow screen each row becomes a card that begins with the name. */
export function DeviceTable({ devices, sort, onSort, busy, showFolder, tagHref, chosen, onChoose }: DeviceTableProps) {
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
  const all = chosen !== null && devices.every((device) => chosen.has(device.uid));
  const some = chosen !== null && devices.some((device) => chosen.has(device.uid));
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
          {chosen !== null && (
            <Th style={{ width: "2.75rem" }} className="device-table__choose" aria-label={t("bulk.column")}>
              <ChooseAll label={t("bulk.all")} all={all} some={some} onChange={() => onChoose(devices, !all)} />
            </Th>
          )}
          <Th sort={sortOf("name")}>{t("device.name")}</Th>
          <Th sort={sortOf("state")} style={{ width: "9rem" }}>
            {t("device.state")}
          </Th>
          <Th style={{ width: "20%" }}>{t("device.os")}</Th>
          <Th sort={sortOf("lastSeen")} style={{ width: "8.75rem" }}>
            {t("device.lastSeen")}
          </Th>
          <Th style={{ width: "11rem" }}>{t("device.tools")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {devices.map((device) => (
          <Tr key={device.uid} isRowSelected={chosen?.has(device.uid) === true}>
            {chosen !== null && (
              <Td className="device-table__choose">
                <Checkbox
                  id={`choose-${device.uid}`}
                  aria-label={t("bulk.one", { device: inertText(device.name) })}
                  isChecked={chosen.has(device.uid)}
                  onChange={(_event, checked) => onChoose([device], checked)}
                />
              </Td>
            )}
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
                <Tags tags={device.tags} href={tagHref} />
              </div>
            </Td>
            <Td dataLabel={t("device.state")}>
              <div className="device-table__state">
                <StateLabel state={device.state} />
                <Marks device={device} />
              </div>
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

interface ChooseAllProps {
  readonly label: string;
  readonly all: boolean;
  readonly some: boolean;
  readonly onChange: () => void;
}

/** A box of three states. The component of the library hands React `null` for the third, which makes the input an uncontrolled one. */
function ChooseAll({ label, all, some, onChange }: ChooseAllProps) {
  return (
    <div className="pf-v6-c-check pf-m-standalone">
      <input
        type="checkbox"
        id="choose-all"
        className="pf-v6-c-check__input"
        aria-label={label}
        checked={all}
        ref={(input) => {
          if (input !== null) input.indeterminate = some && !all;
        }}
        onChange={onChange}
      />
    </div>
  );
}

/** What of a device calls for somebody. */
export function Marks({ device }: { readonly device: Device }) {
  const { t } = useTexts();
  const waiting =
    device.assistance !== null && (device.assistance.state === "open" || device.assistance.state === "taken");
  return (
    <>
      {waiting && (
        <Label
          color={device.assistance?.state === "open" ? "orangered" : "blue"}
          icon={<BellIcon />}
          isCompact
          render={({ className, content }) => (
            <Link className={className} to="/assistance" title={inertText(device.assistance?.text ?? "")}>
              {content}
            </Link>
          )}
        >
          {t(device.assistance?.state === "open" ? "assistance.mark" : "assistance.markTaken")}
        </Label>
      )}
      {isSwitchedOff(device) && (
        <Label color="grey" icon={<PowerOffIcon />} isCompact title={t("switch.title")}>
          {t("state.switchedOff")}
        </Label>
      )}
      {device.revoked && (
        <Label color="red" isCompact variant="outline">
          {t("device.revoked")}
        </Label>
      )}
      {device.hardware === "changed" && (
        <Label color="orange" isCompact variant="outline">
          {t("device.hardwareChanged")}
        </Label>
      )}
      {device.claimed !== null && (
        <Label color="orange" isCompact variant="outline" title={t("claimed.title")}>
          {t("device.claimed")}
        </Label>
      )}
    </>
  );
}
