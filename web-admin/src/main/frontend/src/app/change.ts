import { useQueryClient } from "@tanstack/react-query";

/** What is asked for again after a change of people or of their rights. */
const CONCERNED = ["people", "picker", "access", "requests"];

/**
 * Runs a change of people or rights; whatever became of it, what is shown of them is asked for again: after a success it is new, and after
 * a conflict the page shows what somebody else made of it.
 */
export function useRightsChange(): (work: () => Promise<void>) => Promise<void> {
  const client = useQueryClient();
  return async (work) => {
    try {
      await work();
    } finally {
      await Promise.all(CONCERNED.map((key) => client.invalidateQueries({ queryKey: [key] })));
    }
  };
}
