/** The clipboard of this browser, which it gives to pages only sometimes. */

/** @returns false if the browser forbids it */
export async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @returns null if the browser or its user forbids it */
export async function takeFromClipboard(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return null;
  }
}

/** Whether it can be read without a question to the user: he has allowed it before. */
export async function mayReadClipboard(): Promise<boolean> {
  try {
    // not every browser knows it, and TypeScript does not
    return (await navigator.permissions.query({ name: "clipboard-read" as PermissionName })).state === "granted";
  } catch {
    return false;
  }
}

export function canReadClipboard(): boolean {
  return typeof navigator.clipboard?.readText === "function";
}
