/**
 * The desktop of a device in the page (`docs/protocol/desktop.md`): noVNC over a stream of a session. Import it lazily: noVNC belongs to the page that shows
 * a desktop.
 */
export { DesktopChannel } from "./channel";
export { COMBINATIONS } from "./keys";
export {
  type DesktopMode,
  type DesktopRefusal,
  type DesktopScreen,
  type DesktopState,
  importRefusal,
  importState,
} from "./state";
export { TouchKeyboard } from "./touch";
export { type DesktopListener, DesktopView, MAX_CLIPBOARD } from "./view";
