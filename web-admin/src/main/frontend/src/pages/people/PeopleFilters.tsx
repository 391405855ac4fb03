import { FormGroup, SearchInput } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Chosen } from "../../app/chosen";
import { useTypedSearch } from "../../app/debounce";
import { Inert } from "../../app/inert";
import { useTexts } from "../../i18n";
import { PlacePicker, PrincipalPicker } from "../access/pickers";
import { placeQuery } from "../access/place";
import { LONGEST_SEARCH, type PeopleFilter } from "./filter";
import { groupQuery } from "./queries";

interface PeopleFiltersProps {
  readonly filter: PeopleFilter;
  readonly change: (changes: Record<string, string | null>, replace?: boolean) => void;
  readonly withGroup: boolean;
  readonly searchLabel: string;
}

/** The search and the filters above the lists of persons and groups. */
export function PeopleFilters({ filter, change, withGroup, searchLabel }: PeopleFiltersProps) {
  const { t } = useTexts();
  const [typed, setTyped] = useTypedSearch(filter.q, (q) => change({ q }, true));
  return (
    <search className="filters filters--people">
      <FormGroup label={searchLabel} fieldId="people-text">
        <SearchInput
          searchInputId="people-text"
          aria-label={searchLabel}
          value={typed}
          onChange={(_event, value) => setTyped(value.slice(0, LONGEST_SEARCH))}
          onClear={() => setTyped("")}
          resetButtonLabel={t("action.clear")}
        />
      </FormGroup>
      {filter.folder === null ? (
        <PlacePicker
          label={t("people.inFolder")}
          kinds={["folder"]}
          chosen={null}
          onChoose={(place) => change({ folder: place.id })}
        />
      ) : (
        <Chosen label={t("people.inFolder")} onClear={() => change({ folder: null })}>
          <FolderName id={filter.folder} />
        </Chosen>
      )}
      {withGroup &&
        (filter.group === null ? (
          <PrincipalPicker
            label={t("users.inGroup")}
            kinds={["group"]}
            chosen={null}
            onChoose={(group) => change({ group: group.id })}
          />
        ) : (
          <Chosen label={t("users.inGroup")} onClear={() => change({ group: null })}>
            <GroupName id={filter.group} />
          </Chosen>
        ))}
    </search>
  );
}

/** A name for an id out of an address; the id itself where nothing is known of it. */
function FolderName({ id }: { readonly id: string }) {
  const place = useQuery(placeQuery(id)).data;
  return <Inert text={place?.name ?? id} />;
}

function GroupName({ id }: { readonly id: string }) {
  const group = useQuery(groupQuery(id)).data;
  return <Inert text={group?.name ?? id} />;
}
