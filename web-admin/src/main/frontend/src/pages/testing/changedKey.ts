import { screen, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { SessionError } from "../../session/errors";
import { deviceId } from "./directory";

/** The first device has another key than the one that is known. */
export function changedKey(): SessionError {
  const changed = { device: deviceId(1), known: new Uint8Array(32), shown: new Uint8Array(32).fill(255), counter: 3 };
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
  await user.type(asks.getByRole("textbox"), Array(8).fill("zoo").join(" "));
  await user.click(asks.getByRole("button", { name: accept }));
}
