import {
  Button,
  Dropdown,
  DropdownItem,
  DropdownList,
  FormSelect,
  FormSelectOption,
  MenuToggle,
  ToggleGroup,
  ToggleGroupItem,
} from "@patternfly/react-core";
import {
  CameraIcon,
  ClipboardIcon,
  CompressIcon,
  ExpandIcon,
  KeyboardIcon,
  LockIcon,
  LockOpenIcon,
} from "@patternfly/react-icons";
import { useState } from "react";
import { inertText } from "../../app/inert";
import { COMBINATIONS, type DesktopMode, type DesktopScreen, type DesktopState } from "../../desktop";
import { useTexts } from "../../i18n";

/** What is asked for as the quality of pictures: a level, or what the way there bears. */
export const QUALITIES = ["auto", "9", "6", "3"] as const;
export type Quality = (typeof QUALITIES)[number];

interface DesktopToolbarProps {
  readonly state: DesktopState;
  /** Nothing reaches the device for now. */
  readonly resuming: boolean;
  /** Null if this session may control, or the reason why not. */
  readonly control: string | null;
  /** The monitor that is shown; empty: all of them. */
  readonly screen: string;
  readonly fits: boolean;
  readonly quality: Quality;
  readonly touch: boolean;
  readonly typing: boolean;
  readonly clipboardOpen: boolean;
  readonly fullScreen: boolean;
  readonly onMode: (mode: DesktopMode) => void;
  readonly onCombination: (index: number) => void;
  readonly onScreen: (id: string) => void;
  readonly onFits: (fits: boolean) => void;
  readonly onQuality: (quality: Quality) => void;
  readonly onLock: (lock: boolean) => void;
  readonly onClipboard: () => void;
  readonly onScreenshot: () => void;
  /** Null where the browser has none. */
  readonly onFullScreen: (() => void) | null;
  readonly onTyping: () => void;
}

/** What can be done with the desktop that is shown. */
export function DesktopToolbar(props: DesktopToolbarProps) {
  const { state, resuming, control, screen, fits, quality, touch, typing, clipboardOpen, fullScreen } = props;
  const { t } = useTexts();
  const controls = state.mode === "control";
  const shown = state.screens.some(({ id }) => id === screen) ? screen : "";
  return (
    <div className="desktop-tools" role="toolbar" aria-label={t("desktop.tools")}>
      <ToggleGroup aria-label={t("desktop.mode")} isCompact>
        <ToggleGroupItem text={t("desktop.mode.view")} isSelected={!controls} onChange={() => props.onMode("view")} />
        <ToggleGroupItem
          text={t("desktop.mode.control")}
          isSelected={controls}
          isDisabled={control !== null || resuming}
          onChange={() => props.onMode("control")}
        />
      </ToggleGroup>
      <Combinations disabled={!controls || resuming} onCombination={props.onCombination} />
      {state.screens.length > 1 && (
        <FormSelect
          className="desktop-tools__choice"
          aria-label={t("desktop.screen")}
          value={shown}
          onChange={(_event, id) => props.onScreen(id)}
        >
          <FormSelectOption value="" label={t("desktop.screen.all")} />
          {state.screens.map((each) => (
            <FormSelectOption key={each.id} value={each.id} label={nameOf(each)} />
          ))}
        </FormSelect>
      )}
      <FormSelect
        className="desktop-tools__choice"
        aria-label={t("desktop.scaling")}
        value={fits ? "fit" : "full"}
        onChange={(_event, value) => props.onFits(value === "fit")}
      >
        <FormSelectOption value="fit" label={t("desktop.scaling.fit")} />
        <FormSelectOption value="full" label={t("desktop.scaling.full")} />
      </FormSelect>
      <FormSelect
        className="desktop-tools__choice"
        aria-label={t("desktop.quality")}
        value={quality}
        onChange={(_event, value) => props.onQuality(QUALITIES.find((each) => each === value) ?? "auto")}
      >
        {QUALITIES.map((each) => (
          <FormSelectOption key={each} value={each} label={t(`desktop.quality.${each}`)} />
        ))}
      </FormSelect>
      <Button
        variant={clipboardOpen ? "primary" : "secondary"}
        size="sm"
        icon={<ClipboardIcon />}
        aria-expanded={clipboardOpen}
        onClick={props.onClipboard}
      >
        {t("desktop.clipboard")}
      </Button>
      {state.server === undefined && (
        <Button
          variant={state.localInput ? "secondary" : "primary"}
          size="sm"
          icon={state.localInput ? <LockOpenIcon /> : <LockIcon />}
          aria-pressed={!state.localInput}
          isDisabled={!controls || resuming}
          title={t("desktop.lockHelp")}
          onClick={() => props.onLock(state.localInput)}
        >
          {t("desktop.lock")}
        </Button>
      )}
      <Button variant="secondary" size="sm" icon={<CameraIcon />} onClick={props.onScreenshot}>
        {t("desktop.screenshot")}
      </Button>
      {touch && (
        <Button
          variant={typing ? "primary" : "secondary"}
          size="sm"
          icon={<KeyboardIcon />}
          aria-pressed={typing}
          isDisabled={!controls || resuming}
          onClick={props.onTyping}
        >
          {t("desktop.keyboard")}
        </Button>
      )}
      {props.onFullScreen !== null && (
        <Button
          variant="secondary"
          size="sm"
          icon={fullScreen ? <CompressIcon /> : <ExpandIcon />}
          aria-pressed={fullScreen}
          onClick={props.onFullScreen}
        >
          {t("desktop.fullScreen")}
        </Button>
      )}
    </div>
  );
}

function nameOf({ id, name, width, height }: DesktopScreen): string {
  return `${inertText(name === "" ? id : name)} (${width} × ${height})`;
}

interface CombinationsProps {
  readonly disabled: boolean;
  readonly onCombination: (index: number) => void;
}

/** Keys that the browser or its machine keeps for itself. */
function Combinations({ disabled, onCombination }: CombinationsProps) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      isScrollable
      toggle={(ref) => (
        <MenuToggle ref={ref} size="sm" isExpanded={open} isDisabled={disabled} onClick={() => setOpen(!open)}>
          {t("desktop.keys")}
        </MenuToggle>
      )}
    >
      <DropdownList>
        {COMBINATIONS.map(({ name }, index) => (
          <DropdownItem key={name} onClick={() => onCombination(index)}>
            {name}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}
