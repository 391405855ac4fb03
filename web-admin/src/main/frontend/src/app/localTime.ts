/** RFC 3339 in UTC, to the second. */
export function toUtc(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** The form that `<input type="datetime-local">` wants, in the time of this place. */
export function toLocalInput(time: Date | null): string {
  if (time === null) return "";
  const pad = (n: number) => String(n).padStart(2, "0");
  return (
    `${String(time.getFullYear()).padStart(4, "0")}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}` +
    `T${pad(time.getHours())}:${pad(time.getMinutes())}`
  );
}

/** What such an input holds; null while it is empty or half typed. */
export function ofLocalInput(text: string): Date | null {
  if (text === "") return null;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? null : time;
}
