import { screen, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { SessionError } from "../../session/errors";
import { deviceId } from "./directory";

/** What the first device has by now, and the words that "bascule-agent status" shows for it there. */
const NEW_KEY = new Uint8Array(32).fill(255);
const NEW_WORDS = Array(8).fill("zoo").join(" ");

/** The first device has another key than the one that is known. */
export function changedKey(): SessionError {
  const changed = { device: deviceId(1), known: new Uint8Array(32), shown: NEW_KEY, counter: 3 };
  return new SessionError("identity-changed", "", { changed });
}

/** Somebody at the machine reads out the words of the new one. */
export async function acceptChangedKey(user: UserEvent, language: "en" | "de" = "en"): Promise<void> {
  const names = {
    en: ["Compare the keys", "Accept the new key"],
    de: ["Schlüssel vergleichen", "Neuen Schlüssel annehmen"],
  };
  const [compare = "", accept = ""] = names[language];
  await user.click(await screen.findByRole("button", { name: compare }));
  const asks = within(await screen.findByRole("dialog"));
  await user.type(asks.getByRole("textbox"), NEW_WORDS);
  await user.click(asks.getByRole("button", { name: accept }));
}
