import { Button, FormGroup, TextInput } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { useTexts } from "../i18n";
import { useTypedSearch } from "./debounce";
import { ProblemAlert } from "./problems";

interface PickerProps<T extends { readonly id: string }> {
  readonly label: string;
  readonly isRequired?: boolean;
  /** What is chosen. */
  readonly chosen: T | null;
  readonly onChoose: (item: T) => void;
  /** Names the search in the memory of queries. */
  readonly kind: string;
  readonly search: (q: string, signal: AbortSignal) => Promise<readonly T[]>;
  readonly show: (item: T) => ReactNode;
  /** Why something cannot be chosen; undefined when it can. */
  readonly refused?: (item: T) => string | undefined;
}

/** The longest text that is searched for. */
const LONGEST = 200;

/**
 * Finds one of many while one types: a box for the text with the list of what was found below it, worked by arrow keys and Enter or by
 * pointing. An empty text shows the first ones, so that a short list needs no typing.
 */
export function Picker<T extends { readonly id: string }>(props: PickerProps<T>) {
  const { t } = useTexts();
  const id = useId();
  const [searching, setSearching] = useState(false);
  const { chosen, onChoose } = props;
  return (
    <FormGroup
      label={props.label}
      fieldId={`${id}-text`}
      isRequired={props.isRequired ?? false}
      className="picker"
      {...(chosen === null || searching ? {} : { role: "group" })}
    >
      {chosen === null || searching ? (
        <Search
          {...props}
          id={id}
          autoFocus={searching}
          onLeave={() => setSearching(false)}
          onChoose={(item) => {
            setSearching(false);
            onChoose(item);
          }}
        />
      ) : (
        <div className="picker__chosen">
          <span id={`${id}-text`}>{props.show(chosen)}</span>
          <Button
            variant="link"
            isInline
            onClick={() => setSearching(true)}
            aria-label={t("picker.changeOf", { label: props.label })}
          >
            {t("picker.change")}
          </Button>
        </div>
      )}
    </FormGroup>
  );
}

interface SearchProps<T extends { readonly id: string }> extends PickerProps<T> {
  readonly id: string;
  readonly autoFocus: boolean;
  /** Back to what was chosen. */
  readonly onLeave: () => void;
}

function Search<T extends { readonly id: string }>(props: SearchProps<T>) {
  const { t } = useTexts();
  const { id, kind, search, refused } = props;
  const [q, setQ] = useState("");
  const [typed, setTyped] = useTypedSearch(q, setQ);
  const [open, setOpen] = useState(props.autoFocus);
  const [active, setActive] = useState(0);
  const found = useQuery({
    queryKey: ["picker", kind, q.trim()],
    queryFn: ({ signal }) => search(q.trim(), signal),
    enabled: open,
    placeholderData: (before) => before,
  });
  const items = found.data ?? [];
  const current = Math.min(active, items.length - 1);
  const choose = (item: T | undefined) => {
    if (item !== undefined && refused?.(item) === undefined) props.onChoose(item);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (items.length > 0) setActive((current + step + items.length) % items.length);
    } else if (event.key === "Enter") {
      // Enter chooses; it does not send the form around it.
      event.preventDefault();
      if (open && typed.trim() === q.trim()) choose(items[current]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
      props.onLeave();
    }
  };
  return (
    <>
      <TextInput
        id={`${id}-text`}
        type="search"
        value={typed}
        onChange={(_event, value) => {
          setTyped(value.slice(0, LONGEST));
          setOpen(true);
          setActive(0);
        }}
        onFocus={() => setOpen(true)}
        autoFocus={props.autoFocus}
        onKeyDown={onKeyDown}
        placeholder={t("picker.hint")}
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        {...(open && items[current] !== undefined ? { "aria-activedescendant": `${id}-${current}` } : {})}
      />
      {open && found.isError && (
        <ProblemAlert title={t("picker.failure")} error={found.error} retry={() => void found.refetch()} />
      )}
      {open && (
        <>
          {/* The keys belong to the text box above: focus stays there, as the pattern of a combobox has it. */}
          <div
            role="listbox"
            id={`${id}-list`}
            aria-label={props.label}
            className="picker__list"
            hidden={items.length === 0}
          >
            {items.map((item, index) => {
              const why = refused?.(item);
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the text box has the keys
                // biome-ignore lint/a11y/useFocusableInteractive: active by aria-activedescendant
                <div
                  key={item.id}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === current}
                  aria-disabled={why !== undefined}
                  className="picker__option"
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => choose(item)}
                >
                  {props.show(item)}
                  {why !== undefined && <span className="secondary">{why}</span>}
                </div>
              );
            })}
          </div>
          <p role="status" className="secondary">
            {found.isPending ? t("loading") : items.length === 0 && !found.isError ? t("picker.none") : ""}
          </p>
        </>
      )}
    </>
  );
}
