import { Button } from "@patternfly/react-core";
import { DesktopIcon, FolderOpenIcon, TerminalIcon } from "@patternfly/react-icons";
import type { Device } from "../../api/device";
import { inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { useTexts } from "../../i18n";

/** What can be opened on this device now, by this user. */
export function openTools(device: Device): readonly string[] {
  return device.state === "online" ? device.tools : [];
}

interface ToolButtonsProps {
  readonly device: Device;
  readonly size?: "sm" | "default";
}

/** What a tool needs is fetched when somebody is about to open it. */
function prepare(): void {
  void import("../device");
  void import("../terminal/ahead");
  void import("../terminal/TerminalTool");
}

function prepareDesktop(): void {
  void import("../device");
  void import("../desktop/DesktopTool");
}

/** One button for each tool, with its name on it; in a list, where there is little room, the desktop by its picture. */
export function ToolButtons({ device, size = "sm" }: ToolButtonsProps) {
  const { t } = useTexts();
  const tools = openTools(device);
  const name = inertText(device.name);
  return (
    <>
      {tools.includes("desktop") && (
        <Button
          variant="secondary"
          size={size}
          icon={<DesktopIcon />}
          component={AppLink}
          href={`/devices/${device.uid}/desktop`}
          onMouseEnter={prepareDesktop}
          onFocus={prepareDesktop}
          aria-label={t("tool.desktopOn", { device: name })}
          title={t("tool.desktop")}
        >
          {size === "default" ? t("tool.desktop") : undefined}
        </Button>
      )}
      {tools.includes("terminal") && (
        <Button
          variant={size === "sm" ? "secondary" : "primary"}
          size={size}
          icon={<TerminalIcon />}
          component={AppLink}
          href={`/devices/${device.uid}/terminal`}
          onMouseEnter={prepare}
          onFocus={prepare}
          aria-label={t("tool.terminalOn", { device: name })}
        >
          {t("tool.terminal")}
        </Button>
      )}
      {size === "default" && tools.includes("files") && (
        <Button
          variant="secondary"
          icon={<FolderOpenIcon />}
          component={AppLink}
          href={`/devices/${device.uid}/files`}
          aria-label={t("tool.filesOn", { device: name })}
        >
          {t("tool.files")}
        </Button>
      )}
    </>
  );
}
