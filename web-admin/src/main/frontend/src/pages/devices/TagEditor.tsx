import { Button, FormGroup, InputGroup, InputGroupItem, Label, LabelGroup, TextInput } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { inertText } from "../../app/inert";
import { tagsQuery } from "../../app/queries";
import { useTexts } from "../../i18n";

interface TagEditorProps {
  readonly label: string;
  readonly tags: readonly string[];
  readonly onTags: (tags: readonly string[]) => void;
}

const LONGEST_TAG = 40;

/** A set of tags that is put together by typing or choosing; the tags that exist are offered. */
export function TagEditor({ label, tags, onTags }: TagEditorProps) {
  const { t } = useTexts();
  const known = useQuery(tagsQuery).data?.items ?? [];
  const [typed, setTyped] = useState("");
  const id = useId();
  const add = () => {
    const tag = typed.trim().toLowerCase();
    if (tag === "") return;
    if (!tags.includes(tag)) onTags([...tags, tag]);
    setTyped("");
  };
  return (
    <FormGroup label={label} fieldId={id}>
      {tags.length > 0 && (
        <LabelGroup aria-label={label} numLabels={50} className="tag-editor__tags">
          {tags.map((tag) => (
            <Label
              key={tag}
              color="blue"
              variant="outline"
              textMaxWidth="24ch"
              closeBtnAriaLabel={t("tags.remove", { tag: inertText(tag) })}
              onClose={() => onTags(tags.filter((each) => each !== tag))}
            >
              {inertText(tag)}
            </Label>
          ))}
        </LabelGroup>
      )}
      <InputGroup>
        <InputGroupItem isFill>
          <TextInput
            id={id}
            value={typed}
            list={`${id}-known`}
            maxLength={LONGEST_TAG}
            autoComplete="off"
            placeholder={t("tags.placeholder")}
            onChange={(_event, value) => setTyped(value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key !== "Enter" && event.key !== ",") return;
              event.preventDefault();
              add();
            }}
          />
        </InputGroupItem>
        <InputGroupItem>
          <Button variant="control" onClick={add}>
            {t("tags.add")}
          </Button>
        </InputGroupItem>
      </InputGroup>
      <datalist id={`${id}-known`}>
        {known
          .filter(({ name }) => !tags.includes(name))
          .map(({ name }) => (
            <option key={name} value={name} />
          ))}
      </datalist>
    </FormGroup>
  );
}
