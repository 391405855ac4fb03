import { useEffect, useRef, useState } from "react";
import type { DeviceDetail } from "../../api/device";
import { inertText } from "../../app/inert";
import { saveAs } from "../../app/saveAs";
import { useToasts } from "../../app/toasts";
import { COMBINATIONS, type DesktopState, type DesktopView, TouchKeyboard } from "../../desktop";
import { useTexts } from "../../i18n";
import { RequestAccess } from "../requests/RequestAccess";
import { ClipboardPanel } from "./ClipboardPanel";
import type { DesktopRequest } from "./connection";
import { DesktopToolbar, type Quality } from "./DesktopToolbar";
import { mayReadClipboard, takeFromClipboard } from "./localClipboard";
import { hasFingers, hasTouch, useFullScreen } from "./screen";

interface DesktopControlsProps {
  readonly device: DeviceDetail;
  readonly state: DesktopState;
  /** The operations that the device has granted. */
  readonly granted: readonly string[];
  readonly view: DesktopView;
  /** The connection is lost for now: what is done would happen later, on a desktop that nobody has seen. */
  readonly resuming: boolean;
  /** What the device's clipboard had last. */
  readonly received: string;
  readonly ask: (request: DesktopRequest) => void;
}

/** The tools of a desktop that is shown, its clipboard, and the field of a touch keyboard. */
export function DesktopControls({ device, state, granted, view, resuming, received, ask }: DesktopControlsProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const [fits, setFits] = useState(true);
  const [quality, setQuality] = useState<Quality>("auto");
  const [screen, setScreen] = useState("");
  const [clipboard, setClipboard] = useState(false);
  const [follows, setFollows] = useState(false);
  const [typing, setTyping] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const { on: fullScreen, toggle: toggleFullScreen } = useFullScreen();
  const controls = state.mode === "control";
  // Said by whoever decides: the access rights, or the device with its owner.
  const refused = (permission: string, operation: string): string | null =>
    !device.permissions.includes(permission)
      ? t("desktop.noPermission")
      : granted.includes(operation)
        ? null
        : t("tools.notGranted");
  const control = refused("control-desktop", "desktop-control");
  const toDevice = refused("clipboard-to-device", "clipboard-to-device");
  const fromDevice = refused("clipboard-from-device", "clipboard-from-device");

  useEffect(() => {
    view.controls = controls && !resuming;
  }, [view, controls, resuming]);
  useEffect(() => {
    view.fits = fits;
  }, [view, fits]);
  useEffect(() => {
    view.takesFocus = !typing;
    const element = field.current;
    if (!typing || element === null) return undefined;
    const keyboard = new TouchKeyboard(element, (keysym) => view.type(keysym));
    element.focus();
    return () => keyboard.dispose();
  }, [view, typing]);

  // What was copied elsewhere goes to the device when one comes back, if one wished so: it may be a password.
  const takes = follows && controls && !resuming && toDevice === null && state.clipboard.toDevice;
  const known = useRef(received);
  useEffect(() => {
    if (received !== "") known.current = received;
  }, [received]);
  useEffect(() => {
    if (!takes) return undefined;
    let over = false;
    const take = async () => {
      if (!(await mayReadClipboard())) return;
      const text = await takeFromClipboard();
      // meanwhile it may be unwished, or the connection lost
      if (over || text === null || text === "" || text === known.current) return;
      known.current = text;
      view.paste(text);
    };
    const follow = () => void take();
    follow();
    window.addEventListener("focus", follow);
    return () => {
      over = true;
      window.removeEventListener("focus", follow);
    };
  }, [view, takes]);

  const send = (text: string): string | null => {
    if (resuming) return t("desktop.resuming");
    known.current = text;
    return view.paste(text) ? null : t("desktop.clipboard.tooLong");
  };
  const screenshot = async () => {
    try {
      const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
      saveAs(`${inertText(device.name)} ${time}.png`, await view.picture());
      toasts.say("success", t("desktop.screenshotSaved"));
    } catch (error) {
      toasts.fail(t("desktop.screenshotFailure"), error);
    }
  };
  return (
    <>
      <DesktopToolbar
        state={state}
        resuming={resuming}
        control={control}
        screen={screen}
        fits={fits}
        quality={quality}
        touch={hasTouch()}
        typing={typing && controls}
        clipboardOpen={clipboard}
        fullScreen={fullScreen}
        onMode={(mode) => {
          if (mode === state.mode) return;
          if (mode === "view") setTyping(false);
          ask({ mode });
        }}
        onCombination={(index) => {
          view.press(COMBINATIONS[index]?.keys ?? []);
          view.focus();
        }}
        onScreen={(id) => {
          setScreen(id);
          ask({ screen: id });
        }}
        onFits={setFits}
        onQuality={(next) => {
          setQuality(next);
          ask({ quality: next === "auto" ? next : Number(next) });
        }}
        onLock={(lock) => ask({ lock })}
        onClipboard={() => setClipboard((open) => !open)}
        onScreenshot={() => void screenshot()}
        onFullScreen={toggleFullScreen}
        onTyping={() => setTyping((on) => !on)}
      />
      {control !== null && (
        <p className="desktop-hint">
          {t("desktop.viewOnly")} {control}{" "}
          {!device.permissions.includes("control-desktop") && (
            <RequestAccess
              resource={{ id: device.uid, name: device.name, kind: "device" }}
              permissions={["control-desktop"]}
              variant="link"
              size="sm"
            />
          )}
        </p>
      )}
      {controls && hasFingers() && <p className="desktop-hint">{t("desktop.fingers")}</p>}
      {clipboard && (
        <ClipboardPanel
          toDevice={
            toDevice ??
            (controls ? (state.clipboard.toDevice ? null : t("tools.notGranted")) : t("desktop.clipboard.viewOnly"))
          }
          fromDevice={
            fromDevice ??
            (controls ? (state.clipboard.fromDevice ? null : t("tools.notGranted")) : t("desktop.clipboard.viewOnly"))
          }
          received={received}
          follows={follows}
          onFollows={setFollows}
          onSend={send}
        />
      )}
      {typing && controls && (
        <textarea
          ref={field}
          className="desktop__typing"
          aria-label={t("desktop.keyboardField")}
          autoCapitalize="off"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          rows={1}
        />
      )}
    </>
  );
}
