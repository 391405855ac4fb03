import { Inert } from "../../app/inert";
import { useTexts } from "../../i18n";

interface WordsProps {
  readonly words: readonly string[];
  readonly fingerprint?: string;
}

/** A fingerprint for people: words that two of them can compare by telephone, and below them the figures where there are some. */
export function Words({ words, fingerprint }: WordsProps) {
  const { t } = useTexts();
  return (
    <>
      {words.length > 0 && (
        <ol className="words" aria-label={t("device.words")}>
          {words.map((word, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a word may come twice; its place is what it is
            <li key={index} lang="en">
              <Inert text={word} />
            </li>
          ))}
        </ol>
      )}
      {fingerprint !== undefined && (
        <code className="any-length">
          <Inert text={fingerprint} />
        </code>
      )}
    </>
  );
}
