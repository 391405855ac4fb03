import {
  Button,
  EmptyState,
  EmptyStateBody,
  Label,
  PageSection,
  Skeleton,
  TextArea,
  Title,
  ToggleGroup,
  ToggleGroupItem,
} from "@patternfly/react-core";
import { BellIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { ASSISTANCE_STATES, type Assistance, type AssistanceState, importAssistance } from "../../api/assistance";
import { read, request } from "../../api/http";
import { ActionDialog, useDialogs } from "../../app/dialog";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { assistanceQuery } from "../../app/queries";
import { RelativeTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { readPosition, withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";

/** Who asks for help at which device, and who looks after it. */
export function AssistancePage() {
  const { t } = useTexts();
  usePageTitle(t("assistance.title"));
  const [search, setSearch] = useSearchParams();
  const { cursor, size } = readPosition(search);
  const state = ASSISTANCE_STATES.find((known) => known === search.get("state")) ?? "open";
  const calls = useQuery(assistanceQuery({ state, cursor, limit: size }));
  const change = (changes: Record<string, string | number | null>) =>
    setSearch((before) => withSearch(before, changes));
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("assistance.title")}</Title>
      </PageSection>
      <PageSection isFilled>
        <ToggleGroup aria-label={t("assistance.filter")} isCompact className="filters__states">
          {ASSISTANCE_STATES.map((each) => (
            <ToggleGroupItem
              key={each}
              text={t(`assistance.state.${each}`)}
              isSelected={state === each}
              onChange={() => change({ state: each === "open" ? null : each })}
            />
          ))}
        </ToggleGroup>
        {calls.isError ? (
          <ProblemAlert title={t("assistance.failure")} error={calls.error} retry={() => void calls.refetch()} />
        ) : calls.isPending ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : calls.data.items.length === 0 && cursor === null ? (
          <EmptyState headingLevel="h2" icon={BellIcon} titleText={t(`assistance.none.${state}`)} variant="sm">
            <EmptyStateBody>{t("assistance.noneBody")}</EmptyStateBody>
          </EmptyState>
        ) : (
          <>
            <Calls calls={calls.data.items} busy={calls.isPlaceholderData} />
            <CursorPager
              next={calls.data.next}
              count={calls.data.items.length}
              label={t("assistance.pages")}
              onSize={(next) => change({ size: next })}
            />
          </>
        )}
      </PageSection>
    </>
  );
}

function Calls({ calls, busy }: { readonly calls: readonly Assistance[]; readonly busy: boolean }) {
  const { t } = useTexts();
  return (
    <Table
      aria-label={t("assistance.title")}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table"
      aria-busy={busy}
    >
      <Thead>
        <Tr>
          <Th>{t("session.device")}</Th>
          <Th style={{ width: "28%" }}>{t("assistance.text")}</Th>
          <Th>{t("assistance.contact")}</Th>
          <Th style={{ width: "8.75rem" }}>{t("assistance.raised")}</Th>
          <Th style={{ width: "7.5rem" }}>{t("device.state")}</Th>
          <Th screenReaderText={t("session.actions")} style={{ width: "13rem" }} />
        </Tr>
      </Thead>
      <Tbody>
        {calls.map((call) => (
          <Tr key={call.id}>
            <Td dataLabel={t("session.device")}>
              <Link to={`/devices/${call.device.uid}`}>
                <Inert text={call.device.name} />
              </Link>
            </Td>
            <Td dataLabel={t("assistance.text")}>
              <div>
                <Inert text={call.text === "" ? "–" : call.text} lines />
                {call.comment !== null && call.comment !== "" && (
                  <div className="secondary">
                    {t("assistance.comment")}: <Inert text={call.comment} lines />
                  </div>
                )}
              </div>
            </Td>
            <Td dataLabel={t("assistance.contact")}>
              <Contact call={call} />
            </Td>
            <Td dataLabel={t("assistance.raised")}>
              <RelativeTime time={call.raised} />
            </Td>
            <Td dataLabel={t("device.state")}>
              <div>
                <StateOfCall state={call.state} />
                <By call={call} />
              </div>
            </Td>
            <Td>
              <Actions call={call} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function StateOfCall({ state }: { readonly state: AssistanceState }) {
  const { t } = useTexts();
  const color = { open: "orangered", taken: "blue", closed: "green", expired: "grey" } as const;
  return (
    <Label color={color[state]} isCompact variant="outline">
      {t(`assistance.state.${state}`)}
    </Label>
  );
}

function By({ call }: { readonly call: Assistance }) {
  const { t } = useTexts();
  const by = call.closedBy ?? call.takenBy;
  if (by === null) return null;
  return (
    <div className="secondary">
      {t("assistance.by")} <Inert text={by} />
    </div>
  );
}

/** How to reach who asked. The texts come from the device: shown, never made into links. */
function Contact({ call }: { readonly call: Assistance }) {
  const said = [call.contact.name, call.contact.phone, call.contact.email].filter(
    (each): each is string => each !== null && each !== "",
  );
  if (said.length === 0) return <>–</>;
  return (
    <div>
      {said.map((each) => (
        <div key={each}>
          <Inert text={each} />
        </div>
      ))}
    </div>
  );
}

function Actions({ call }: { readonly call: Assistance }) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const device = inertText(call.device.name);
  const changed = () => {
    void client.invalidateQueries({ queryKey: ["assistance"] });
    void client.invalidateQueries({ queryKey: ["devices"] });
    void client.invalidateQueries({ queryKey: ["device", call.device.uid] });
  };
  const take = async () => {
    setBusy(true);
    try {
      await read("POST", `/api/assistance/${call.id}/take`, importAssistance, { ifMatch: call.etag });
      toasts.say("success", t("assistance.taken", { device }));
    } catch (error) {
      toasts.fail(t("assistance.takeFailure"), error);
    } finally {
      setBusy(false);
      changed();
    }
  };
  if (call.state !== "open" && call.state !== "taken") return null;
  return (
    <div className="row-actions">
      {call.state === "open" && (
        <Button
          variant="primary"
          size="sm"
          isLoading={busy}
          isDisabled={busy}
          onClick={() => void take()}
          aria-label={t("assistance.takeOf", { device })}
        >
          {t("assistance.take")}
        </Button>
      )}
      <Button
        variant="secondary"
        size="sm"
        onClick={() => dialogs.open((close) => <CloseDialog call={call} onClose={close} onClosed={changed} />)}
        aria-label={t("assistance.closeOf", { device })}
      >
        {t("assistance.close")}
      </Button>
    </div>
  );
}

interface CloseDialogProps {
  readonly call: Assistance;
  readonly onClose: () => void;
  readonly onClosed: () => void;
}

function CloseDialog({ call, onClose, onClosed }: CloseDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const [comment, setComment] = useState("");
  return (
    <ActionDialog
      title={t("assistance.closeTitle", { device: inertText(call.device.name) })}
      action={t("assistance.close")}
      failure={t("assistance.closeFailure")}
      onClose={onClose}
      onAction={async () => {
        const body = comment.trim() === "" ? {} : { comment: comment.trim() };
        await request("POST", `/api/assistance/${call.id}/close`, { body, ifMatch: call.etag });
        toasts.say("success", t("assistance.closed"));
        onClosed();
        onClose();
      }}
    >
      <blockquote>
        <Inert text={call.text} lines />
      </blockquote>
      <TextField label={t("assistance.comment")} help={t("assistance.commentHelp")}>
        {(field) => (
          <TextArea
            {...field}
            value={comment}
            onChange={(_event, value) => setComment(value)}
            maxLength={1_000}
            rows={3}
            resizeOrientation="vertical"
          />
        )}
      </TextField>
    </ActionDialog>
  );
}
