import { Button, Progress, ProgressMeasureLocation, Title } from "@patternfly/react-core";
import { memo, useState, useSyncExternalStore } from "react";
import { Inert, inertText } from "../../app/inert";
import { bytes } from "../../app/time";
import { nameOf, type Transfer, type TransferState, type Transfers, textOf } from "../../files";
import { useTexts } from "../../i18n";
import { useFileErrors } from "./errors";

/** So many are drawn, and as many more whenever somebody wants them: drawing thousands takes seconds. */
const ROWS = 50;
/** Where not all are drawn: what a person looks for comes first. */
const ORDER: Readonly<Record<TransferState, number>> = {
  running: 0,
  checking: 0,
  failed: 1,
  paused: 2,
  queued: 3,
  done: 4,
};

/** What is on its way, and what became of it. */
export function TransferList({ transfers }: { readonly transfers: Transfers }) {
  const { t, locale } = useTexts();
  const list = useSyncExternalStore(transfers.subscribe, transfers.snapshot);
  const [most, setMost] = useState(ROWS);
  if (list.length === 0) return null;
  const rows = list.length <= ROWS ? list : [...list].sort((a, b) => ORDER[a.state] - ORDER[b.state]).slice(0, most);
  const countOf = (wanted: TransferState) => list.filter(({ state }) => state === wanted).length;
  const done = countOf("done");
  const failed = countOf("failed");
  const number = (count: number) => count.toLocaleString(locale);
  return (
    <section className="transfers" aria-labelledby="transfers-title">
      <div className="transfers__head">
        <Title headingLevel="h2" size="md" id="transfers-title">
          {t("files.transfers")}
        </Title>
        {list.length > 1 && (
          <span className="secondary">
            {t("files.transfersDone", { done: number(done), count: number(list.length) })}
            {failed > 0 && ` · ${t("files.transfersFailed", { count: number(failed) })}`}
          </span>
        )}
        <Button
          variant="link"
          size="sm"
          isDisabled={done === 0}
          onClick={() => {
            for (const { id, state } of list) if (state === "done") transfers.remove(id);
          }}
        >
          {t("files.clearDone")}
        </Button>
      </div>
      <ul>
        {rows.map((transfer) => (
          <Row key={transfer.id} transfer={transfer} transfers={transfers} />
        ))}
      </ul>
      {rows.length < list.length && (
        <Button variant="link" size="sm" onClick={() => setMost(most + ROWS)}>
          {t("files.transfersMore", { count: number(list.length - rows.length) })}
        </Button>
      )}
    </section>
  );
}

/** Drawn anew only when something of it has changed. */
const Row = memo(({ transfer, transfers }: { readonly transfer: Transfer; readonly transfers: Transfers }) => {
  const { t, locale } = useTexts();
  const describe = useFileErrors();
  const { id, kind, state, size, done, rate, error } = transfer;
  const name = inertText(textOf(nameOf(transfer.path)));
  const runs = state === "running" || state === "queued" || state === "checking";
  return (
    <li className="transfers__row">
      <div className="transfers__what">
        <span>
          {t(`files.${kind}ing`)} <Inert text={textOf(nameOf(transfer.path))} />
        </span>
        <span className="secondary">
          {size === null
            ? bytes(done, locale)
            : t("files.amount", { done: bytes(done, locale), size: bytes(size, locale) })}
          {state === "running" && rate > 0 && ` · ${t("files.rate", { rate: bytes(rate, locale) })}`}
          {state !== "running" && ` · ${t(`files.state.${state}`)}`}
        </span>
        {error !== null && (
          <span className="transfers__error" role="alert">
            {describe(error.code, error.detail)}
          </span>
        )}
      </div>
      <Progress
        aria-label={t("files.progress", { name })}
        value={percent(transfer)}
        measureLocation={ProgressMeasureLocation.none}
        size="sm"
        {...(state === "done"
          ? { variant: "success" as const }
          : state === "failed"
            ? { variant: "danger" as const }
            : {})}
      />
      <div className="transfers__actions">
        {runs && (
          <Button
            variant="link"
            size="sm"
            onClick={() => transfers.pause(id)}
            aria-label={t("files.pauseOf", { name })}
          >
            {t("files.pause")}
          </Button>
        )}
        {state === "failed" && error?.code === "exists" ? (
          <Button
            variant="link"
            size="sm"
            onClick={() => transfers.resume(id, true)}
            aria-label={t("files.replaceOf", { name })}
          >
            {t("files.replace")}
          </Button>
        ) : (
          (state === "paused" || state === "failed") && (
            <Button
              variant="link"
              size="sm"
              onClick={() => transfers.resume(id)}
              aria-label={t("files.resumeOf", { name })}
            >
              {t("files.resume")}
            </Button>
          )
        )}
        {state === "done" && kind === "download" && (
          <Button variant="link" size="sm" onClick={() => transfers.save(id)} aria-label={t("files.saveOf", { name })}>
            {t("files.saveAgain")}
          </Button>
        )}
        <Button
          variant="link"
          size="sm"
          onClick={() => transfers.remove(id)}
          aria-label={t(state === "done" ? "files.dismissOf" : "files.cancelOf", { name })}
        >
          {t(state === "done" ? "files.dismiss" : "action.cancel")}
        </Button>
      </div>
    </li>
  );
});

function percent({ state, size, done }: Transfer): number {
  if (size === null || size === 0) return state === "done" ? 100 : 0;
  return Math.floor((done * 100) / size);
}
