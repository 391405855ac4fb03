/** Who may do what, and why, as one chunk. */
export { AccessPage } from "./AccessPage";
export { EffectivePage } from "./EffectivePage";
export { EverybodyPage } from "./EverybodyPage";
export { PersonPage } from "./PersonPage";
