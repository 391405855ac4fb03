/**
 * Text from outside, made harmless to the eye: control characters, marks that change the direction of writing and characters without
 * any width are replaced by their number, so that a name cannot reorder, hide or imitate what stands around it.
 */
export function inertText(text: string): string {
  let result = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (isHidden(code)) result += `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
    else result += character;
  }
  return result;
}

function isHidden(code: number): boolean {
  return (
    code < 0x20 || // C0 controls
    (code >= 0x7f && code <= 0x9f) || // delete, C1 controls
    code === 0xad || // soft hyphen
    code === 0x61c || // Arabic letter mark
    code === 0x180e || // Mongolian vowel separator
    (code >= 0x200b && code <= 0x200f && code !== 0x200d) || // zero width; the joiner of emoji stays
    (code >= 0x2028 && code <= 0x202e) || // line separators, direction embeddings and overrides
    (code >= 0x2060 && code <= 0x206f) || // invisible operators, direction isolates
    code === 0xfeff || // byte order mark
    (code >= 0xd800 && code <= 0xdfff) || // half of a pair
    (code >= 0xfff9 && code <= 0xfffb) || // interlinear annotation
    (code >= 0xe0000 && code <= 0xe0fff) // tags
  );
}

interface InertProps {
  readonly text: string;
  /** Keeps line breaks, for longer texts. */
  readonly lines?: boolean;
}

/** A text from outside in a page: replaced as above, and isolated in its direction. */
export function Inert({ text, lines = false }: InertProps) {
  if (!lines) return <bdi className="inert">{inertText(text)}</bdi>;
  return (
    <bdi className="inert inert--lines">
      {text
        .split(/\r?\n/)
        .map((line) => inertText(line))
        .join("\n")}
    </bdi>
  );
}
