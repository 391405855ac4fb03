import { useSyncExternalStore } from "react";
import { useTexts } from "../i18n";

const listeners = new Set<() => void>();
let now = Date.now();
let ticker: ReturnType<typeof setInterval> | null = null;

/** One clock for all times of a page that go on; it stands still while nobody looks at it. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (ticker === null) {
    now = Date.now();
    ticker = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && ticker !== null) {
      clearInterval(ticker);
      ticker = null;
    }
  };
}

/** The time, in whole steps: what shows minutes is not drawn again each second. */
function useNow(stepMs: number): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / stepMs) * stepMs);
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "5 minutes ago", in the words of a language. */
export function relativeTime(time: Date, nowMs: number, language: string): string {
  const seconds = Math.round((time.getTime() - nowMs) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "second");
}

export function absoluteTime(time: Date, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(time);
}

/** A time as its distance from now; pointing at it shows the time itself. */
export function RelativeTime({ time }: { readonly time: Date }) {
  const { locale } = useTexts();
  return (
    <time dateTime={time.toISOString()} title={absoluteTime(time, locale)}>
      {relativeTime(time, useNow(15_000), locale)}
    </time>
  );
}

export function AbsoluteTime({ time }: { readonly time: Date }) {
  const { locale } = useTexts();
  return <time dateTime={time.toISOString()}>{absoluteTime(time, locale)}</time>;
}

/** "1:05:09": how long something took, or takes until now. */
export function Elapsed({ from, to }: { readonly from: Date; readonly to: Date | null }) {
  const current = useNow(1_000);
  return <span>{duration((to?.getTime() ?? current) - from.getTime())}</span>;
}

/** 3,909,000 ms is "1:05:09". */
export function duration(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

/** 1,536 is "1.5 KB" (steps of 1,024), in the numbers of a language. */
export function bytes(size: number, language: string): string {
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toLocaleString(language, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}
