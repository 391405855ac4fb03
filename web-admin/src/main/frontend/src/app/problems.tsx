import {
  AlertActionLink,
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
} from "@patternfly/react-core";
import { SearchIcon } from "@patternfly/react-icons";
import type { ReactNode } from "react";
import { asProblem, type Problem } from "../api/problem";
import { useTexts } from "../i18n";
import { inertText } from "./inert";
import { AppLink } from "./links";
import { Notice } from "./notice";
import { usePageTitle } from "./titles";

type Texts = Pick<ReturnType<typeof useTexts>, "t" | "code">;

/** Codes whose sentence here is better than any that a server could send: they are about this browser, or carry no detail worth showing. */
const OWN_SENTENCE = new Set([
  "offline",
  "bad-answer",
  "internal",
  "precondition-failed",
  "unavailable",
  "csrf",
  "not-signed-in",
  "delegation",
  "group-cycle",
  "last-owner",
  "account-disabled",
  "account-expired",
  "address-blocked",
  "factor-not-fresh",
  "second-factor-required",
]);

/** What happened, as a sentence: the server's own where it wrote one for people. */
export function problemSentence(texts: Texts, problem: Problem): string {
  if (problem.detail !== null && !OWN_SENTENCE.has(problem.code)) return inertText(problem.detail);
  const known = texts.code("problem", problem.code);
  return known === problem.code ? texts.t("problem.internal") : known;
}

/** "Reference: …", or nothing. */
export function problemReference(texts: Texts, problem: Problem): string {
  return problem.reference === null ? "" : texts.t("problem.reference", { reference: inertText(problem.reference) });
}

interface ProblemAlertProps {
  readonly title: string;
  readonly error: unknown;
  readonly retry?: () => void;
}

/** A failure where its content would have been, with the way to try again. */
export function ProblemAlert({ title, error, retry }: ProblemAlertProps) {
  const texts = useTexts();
  const problem = asProblem(error);
  const reference = problemReference(texts, problem);
  return (
    <Notice
      variant="danger"
      isInline
      title={title}
      role="alert"
      actionLinks={
        retry === undefined ? undefined : <AlertActionLink onClick={retry}>{texts.t("action.retry")}</AlertActionLink>
      }
    >
      <p>{problemSentence(texts, problem)}</p>
      {problem.errors
        // of one wrong value the sentence is the problem's own
        .filter((error) => error.detail !== problem.detail)
        .map((error) => (
          <p key={`${error.field} ${error.detail}`}>{inertText(error.detail)}</p>
        ))}
      {reference !== "" && <p className="reference">{reference}</p>}
    </Notice>
  );
}

/** The page for an address that leads nowhere, or to something that the caller may not know of. */
export function NotFoundPage({ children }: { readonly children?: ReactNode }) {
  const { t } = useTexts();
  usePageTitle(t("notFound.title"));
  return (
    <EmptyState headingLevel="h1" icon={SearchIcon} titleText={t("notFound.title")} variant="lg">
      <EmptyStateBody>{children ?? t("notFound.body")}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="primary" component={AppLink} href="/devices">
            {t("notFound.devices")}
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}
