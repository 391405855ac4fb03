import { Skeleton } from "@patternfly/react-core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemAlert } from "../../app/problems";
import { useTexts } from "../../i18n";

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  readonly failure: string;
  readonly children: (data: T) => ReactNode;
}

/** What was asked for, or that it is on its way, or why it is not there. */
export function Loaded<T>({ query, failure, children }: LoadedProps<T>) {
  const { t } = useTexts();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ProblemAlert title={failure} error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton screenreaderText={t("loading")} />;
}
