import {
  Button,
  Card,
  CardBody,
  CardFooter,
  CardTitle,
  Checkbox,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Title,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useId, useState } from "react";
import type { ConsentQuestion } from "../../api/consent";
import { request } from "../../api/http";
import { consentsQuery } from "../../app/consentQueries";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { operationText } from "../../app/operation";
import { ProblemAlert } from "../../app/problems";
import { meQuery } from "../../app/queries";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { RefuseDialog } from "./RefuseDialog";

/** Sessions that wait for the caller: nothing where nobody waits. */
export function Consents() {
  const { t } = useTexts();
  const may = useQuery(meQuery).data?.permissions.anywhere.includes("approve-access") === true;
  const questions = useQuery({ ...consentsQuery, enabled: may });
  if (questions.isError)
    return <ProblemAlert title={t("consent.failure")} error={questions.error} retry={() => void questions.refetch()} />;
  if (questions.data === undefined || questions.data.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="consents">
      <Title headingLevel="h2" id="consents">
        {t("consent.waiting")}
      </Title>
      <ul className="request-list" aria-labelledby="consents">
        {questions.data.map((each) => (
          <li key={each.sid}>
            <Question asked={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Question({ asked }: { readonly asked: ConsentQuestion }) {
  const texts = useTexts();
  const { t } = texts;
  const toasts = useToasts();
  const dialogs = useDialogs();
  const client = useQueryClient();
  const id = useId();
  const [granted, setGranted] = useState<readonly string[]>(asked.operations);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const left = useSecondsLeft(asked.until);
  const values = { user: inertText(asked.user.name), device: inertText(asked.device.name) };
  const grant = async () => {
    setBusy(true);
    setError(null);
    try {
      await request("POST", `/api/sessions/${asked.sid}/consent/grant`, { body: { operations: granted } });
      toasts.say("success", t("consent.granted", values));
      await client.invalidateQueries({ queryKey: consentsQuery.queryKey });
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Card isCompact>
      <CardTitle component="h3">
        <span className="any-length">{t("consent.heading", values)}</span>
      </CardTitle>
      <CardBody>
        {error !== null && <ProblemAlert title={t("consent.answerFailure")} error={error} />}
        <DescriptionList isHorizontal isCompact>
          <Line term={t("requests.for")}>
            <AppLink href={`/devices/${asked.device.uid}`}>
              <Inert text={asked.device.name} />
            </AppLink>
          </Line>
          <Line term={t("consent.from")}>
            <Inert text={asked.from} />
          </Line>
          {asked.reason !== null && (
            <Line term={t("consent.reason")}>
              <Inert text={asked.reason} lines />
            </Line>
          )}
          <Line term={t("consent.tools")}>
            {asked.operations.map((operation) => (
              <Checkbox
                key={operation}
                id={`${id}-${operation}`}
                label={operationText(texts, operation)}
                isChecked={granted.includes(operation)}
                onChange={(_event, checked) =>
                  setGranted((before) =>
                    checked ? [...before, operation] : before.filter((each) => each !== operation),
                  )
                }
              />
            ))}
          </Line>
          <Line term={t("consent.left")}>{t("consent.secondsLeft", { seconds: left })}</Line>
        </DescriptionList>
      </CardBody>
      <CardFooter>
        <div className="button-row">
          <Button
            variant="primary"
            isDisabled={granted.length === 0 || left === 0}
            isLoading={busy}
            aria-label={t("consent.grantOf", values)}
            onClick={() => void grant()}
          >
            {t("consent.grant")}
          </Button>
          <Button
            variant="secondary"
            isDanger
            aria-label={t("consent.refuseOf", values)}
            onClick={() => dialogs.open((close) => <RefuseDialog asked={asked} onClose={close} />)}
          >
            {t("consent.refuse")}
          </Button>
        </div>
      </CardFooter>
    </Card>
  );
}

function Line({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}

function useSecondsLeft(until: Date): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((until.getTime() - now) / 1000));
}
