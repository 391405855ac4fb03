import { useState } from "react";
import { asProblem, Problem } from "../api/problem";
import { useTexts } from "../i18n";
import { Notice } from "./notice";

interface Versioned {
  readonly etag: string;
}

export interface Edit<T extends Versioned> {
  /** What the change is based on: the version that was opened, or the one that another person's change left. */
  readonly base: T;
  readonly conflict: boolean;
  readonly wrong: (field: string) => string | undefined;
  /** Runs a change that names the version of `base`. When it is stale, the present version is fetched and the change fails in clear words. */
  readonly save: (change: (etag: string) => Promise<unknown>) => Promise<void>;
  /** For a form that stays after the change: the next one is based on what this one left. */
  readonly rebase: (left: T) => void;
}

/** An edit of something that others may change at the same time: nothing of theirs is overwritten unseen. */
export function useEdit<T extends Versioned>(opened: T, reload: () => Promise<T | null>): Edit<T> {
  const [base, setBase] = useState(opened);
  const [conflict, setConflict] = useState(false);
  const [errors, setErrors] = useState<Problem["errors"]>([]);
  return {
    base,
    conflict,
    wrong: (field) => errors.find((error) => error.field === field)?.detail,
    rebase: (left) => {
      setBase(left);
      setConflict(false);
    },
    save: async (change) => {
      setErrors([]);
      try {
        await change(base.etag);
      } catch (error) {
        const problem = asProblem(error);
        setErrors(problem.errors);
        if (problem.code === "precondition-failed" || problem.code === "precondition-required") {
          const current = await reload();
          if (current !== null) {
            setBase(current);
            setConflict(true);
            throw new Problem("precondition-failed", problem.status, null, problem.reference);
          }
        }
        throw error;
      }
    },
  };
}

interface ConflictProps {
  /** What the fields are now, each with its name. */
  readonly now: readonly (readonly [string, React.ReactNode])[];
}

/** Shows what another person made of it meanwhile. */
export function Conflict({ now }: ConflictProps) {
  const { t } = useTexts();
  return (
    <Notice variant="warning" isInline title={t("conflict.title")}>
      {now.map(([name, value]) => (
        <p key={name}>
          {name}: {value}
        </p>
      ))}
      <p>{t("conflict.body")}</p>
    </Notice>
  );
}
