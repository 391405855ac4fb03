import { BACKSPACE, keysymOf, specialKeysym } from "./keys";

/** So that there is something to delete. */
const FILLER = "_".repeat(50);

/**
 * A touch keyboard shows itself for a field alone, and tells of words that change rather than of keys: what was typed is what makes the old text of the field
 * the new one.
 */
export class TouchKeyboard {
  readonly #field: HTMLTextAreaElement;
  readonly #send: (keysym: number) => void;
  #text = FILLER;
  readonly #input = (): void => this.#changed();
  readonly #keydown = (event: KeyboardEvent): void => {
    const keysym = specialKeysym(event.key);
    if (keysym === undefined || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.#send(keysym);
  };

  constructor(field: HTMLTextAreaElement, send: (keysym: number) => void) {
    this.#field = field;
    this.#send = send;
    this.#reset();
    field.addEventListener("input", this.#input);
    field.addEventListener("keydown", this.#keydown);
  }

  dispose(): void {
    this.#field.removeEventListener("input", this.#input);
    this.#field.removeEventListener("keydown", this.#keydown);
  }

  #changed(): void {
    const before = [...this.#text];
    const after = [...this.#field.value];
    let same = 0;
    while (same < before.length && same < after.length && before[same] === after[same]) same++;
    for (let i = same; i < before.length; i++) this.#send(BACKSPACE);
    for (const character of after.slice(same)) this.#send(keysymOf(character));
    this.#text = this.#field.value;
    if (after.length === 0 || after.length > 4 * FILLER.length) this.#reset();
  }

  #reset(): void {
    this.#text = FILLER;
    this.#field.value = FILLER;
    this.#field.setSelectionRange(FILLER.length, FILLER.length);
  }
}
