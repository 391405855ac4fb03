import { useSyncExternalStore } from "react";
import type { FactorAsk } from "../api/http";

let asked: FactorAsk | null = null;
const listeners = new Set<() => void>();

function set(next: FactorAsk | null): void {
  asked = next;
  for (const each of listeners) each();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says that the server wants a second factor first. Asked for many times at once, it is one dialog. */
export function askFactor(why: FactorAsk): void {
  set(why);
}

/** It was answered, or left for later. */
export function factorAnswered(): void {
  set(null);
}

/** Why a second factor is asked for now, if one is. */
export function useFactorAsked(): FactorAsk | null {
  return useSyncExternalStore(subscribe, () => asked);
}
