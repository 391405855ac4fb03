/** The terminal as the pages use it; import it lazily together with `../session`. */
export { TerminalView, type TerminalViewOptions } from "./view";
