import type { EntryPrincipal } from "../../api/principal";
import { inertText } from "../../app/inert";
import { Several } from "../../app/several";
import { useTexts } from "../../i18n";
import { PrincipalName, usePrincipalText } from "../access/names";
import { PrincipalPicker } from "../access/pickers";

interface PrincipalsFieldProps {
  readonly label: string;
  readonly chosen: readonly EntryPrincipal[];
  readonly onChange: (chosen: readonly EntryPrincipal[]) => void;
  readonly error: string | undefined;
}

/** Several persons and groups: those that are chosen, and the search for one more. */
export function PrincipalsField({ label, chosen, onChange, error }: PrincipalsFieldProps) {
  const { t } = useTexts();
  const nameOf = usePrincipalText();
  return (
    <>
      <Several
        label={label}
        items={chosen}
        nameOf={nameOf}
        show={(principal) => <PrincipalName principal={principal} />}
        onRemove={({ id }) => onChange(chosen.filter((other) => other.id !== id))}
      />
      <PrincipalPicker
        key={chosen.length}
        label={t("signIn.addPrincipal")}
        kinds={["user", "group"]}
        chosen={null}
        onChoose={(principal) => onChange([...chosen, principal])}
        refused={(principal) => (chosen.some(({ id }) => id === principal.id) ? t("several.already") : undefined)}
      />
      {error !== undefined && (
        <p role="alert" className="wrong">
          {inertText(error)}
        </p>
      )}
    </>
  );
}
