import { FormGroup, Radio } from "@patternfly/react-core";
import { useId } from "react";
import type { Folder } from "../../api/folder";
import { Inert } from "../../app/inert";
import { FolderSearch } from "./FolderSearch";

interface FolderPickerProps {
  readonly label: string;
  /** The folder that is chosen. */
  readonly chosen: string | null;
  readonly onChoose: (folder: Folder) => void;
  /** Which folders can be chosen. */
  readonly allowed: (folder: Folder) => boolean;
}

/** Chooses one folder out of the whole tree, in a form. */
export function FolderPicker({ label, chosen, onChoose, allowed }: FolderPickerProps) {
  const id = useId();
  return (
    <FormGroup role="radiogroup" label={label} isRequired fieldId={id} className="folder-picker">
      <FolderSearch
        selected={chosen}
        isCurrent={(folder) => folder.id === chosen}
        row={(folder) => (
          <Radio
            id={`${id}-${folder.id}`}
            name={id}
            label={<Inert text={folder.name} />}
            isChecked={folder.id === chosen}
            isDisabled={!allowed(folder)}
            onChange={() => onChoose(folder)}
          />
        )}
      />
    </FormGroup>
  );
}
