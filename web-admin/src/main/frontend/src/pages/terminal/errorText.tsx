import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";
import type { SessionError } from "../../session";

/** Why there is no session, with what the server wrote beside it. */
export function ErrorText({ error, sentence }: { readonly error: SessionError; readonly sentence?: string }) {
  const texts = useTexts();
  return (
    <>
      <p>{sentence ?? errorSentence(texts, error)}</p>
      {(error.code === "server-refused" || error.code === "consent-refused") && error.detail !== "" && (
        <p>{inertText(error.detail)}</p>
      )}
      {error.reference !== undefined && (
        <p className="reference">{texts.t("problem.reference", { reference: inertText(error.reference) })}</p>
      )}
    </>
  );
}

export type Texts = Pick<ReturnType<typeof useTexts>, "t" | "code">;

export function errorSentence(texts: Texts, error: SessionError): string {
  if (error.code === "ended-by-server") {
    // the access server says why, in its own words for it, and the device passes that on
    const why = texts.code("terminal.why", error.detail);
    if (why !== error.detail) return why;
  }
  const known = texts.code("terminal.error", error.code);
  return known === error.code ? texts.t("problem.internal") : known;
}
