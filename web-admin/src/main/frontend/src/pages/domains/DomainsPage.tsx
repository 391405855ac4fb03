import {
  Button,
  Checkbox,
  EmptyState,
  EmptyStateBody,
  FormFieldGroup,
  FormFieldGroupHeader,
  Label,
  PageSection,
  Skeleton,
  Spinner,
  TextInput,
  Title,
} from "@patternfly/react-core";
import { GlobeIcon, PlusCircleIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useSearchParams } from "react-router";
import { importFirstPassword } from "../../api/account";
import { type Domain, importDomains } from "../../api/domains";
import { type RequestOptions, read, request } from "../../api/http";
import { asProblem, type Problem } from "../../api/problem";
import { ActionDialog, useDialogs } from "../../app/dialog";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { SecretDialog } from "../../app/secret";
import { AbsoluteTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { readPosition, withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";

/** How long until it is looked again at domains that are being made. */
const LOOK_AGAIN_MS = 2_000;

const isUnderWay = ({ state }: Domain) => state === "creating" || state === "undoing";

/** Whatever page of them. */
const DOMAINS = ["domains"];

const domainsQuery = (query: NonNullable<RequestOptions["query"]>) =>
  queryOptions({
    queryKey: [...DOMAINS, query],
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/domains", importDomains, { query, signal }),
    // no event tells an operator of another domain: asked only while one is being made
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) === true ? LOOK_AGAIN_MS : false),
  });

/** The domains of the installation, for its operator. */
export function DomainsPage() {
  const { t } = useTexts();
  usePageTitle(t("domains.title"));
  const [search, setSearch] = useSearchParams();
  const { cursor, size } = readPosition(search);
  const domains = useQuery(domainsQuery({ cursor, limit: size }));
  const dialogs = useDialogs();
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("domains.title")}</Title>
        <Button
          variant="primary"
          icon={<PlusCircleIcon />}
          onClick={() => dialogs.open((close) => <CreateDomainDialog onClose={close} />)}
        >
          {t("domains.create")}
        </Button>
      </PageSection>
      <PageSection isFilled>
        {domains.data === undefined ? (
          domains.isError ? (
            <ProblemAlert title={t("domains.failure")} error={domains.error} retry={() => void domains.refetch()} />
          ) : (
            <Skeleton screenreaderText={t("loading")} />
          )
        ) : domains.data.items.length === 0 && cursor === null ? (
          <EmptyState headingLevel="h2" icon={GlobeIcon} titleText={t("domains.none")} variant="sm">
            <EmptyStateBody>{t("domains.noneBody")}</EmptyStateBody>
          </EmptyState>
        ) : (
          <>
            <DomainTable items={domains.data.items} />
            {(domains.data.next !== null || cursor !== null) && (
              <CursorPager
                next={domains.data.next}
                count={domains.data.items.length}
                label={t("domains.pages")}
                onSize={(next) => setSearch((before) => withSearch(before, { size: next }))}
              />
            )}
          </>
        )}
      </PageSection>
    </>
  );
}

/** The domains with their state; one whose realm is being set up can still be taken back. */
function DomainTable({ items }: { readonly items: readonly Domain[] }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const dialogs = useDialogs();
  const client = useQueryClient();
  const cancel = (domain: Domain) =>
    dialogs.confirm({
      title: t("domains.cancelTitle", { name: inertText(domain.name) }),
      body: <p>{t("domains.cancelBody")}</p>,
      action: t("domains.cancel"),
      failure: t("domains.cancelFailure"),
      onConfirm: async () => {
        try {
          await request("POST", `/api/domains/${domain.id}/cancel`);
        } finally {
          await client.invalidateQueries({ queryKey: DOMAINS });
        }
        toasts.say("success", t("domains.cancelled", { name: inertText(domain.name) }));
      },
    });
  return (
    <Table
      aria-label={t("domains.title")}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table device-table"
    >
      <Thead>
        <Tr>
          <Th>{t("domains.name")}</Th>
          <Th style={{ width: "34%" }}>{t("domains.state")}</Th>
          <Th>{t("domains.owner")}</Th>
          <Th>{t("domains.created")}</Th>
          <Th screenReaderText={t("domains.cancel")} style={{ width: "9rem" }} />
        </Tr>
      </Thead>
      <Tbody>
        {items.map((domain) => (
          <Tr key={domain.id}>
            <Td dataLabel={t("domains.name")} className="device-table__name">
              <Inert text={domain.name} />
            </Td>
            <Td dataLabel={t("domains.state")}>
              <State domain={domain} />
            </Td>
            <Td dataLabel={t("domains.owner")}>{domain.owner === null ? "–" : <Inert text={domain.owner} />}</Td>
            <Td dataLabel={t("domains.created")}>
              {domain.created === null ? "–" : <AbsoluteTime time={domain.created} />}
            </Td>
            <Td>
              {domain.state === "creating" && domain.step === "realm" && (
                <Button
                  variant="secondary"
                  isDanger
                  size="sm"
                  aria-label={t("domains.cancelOf", { name: inertText(domain.name) })}
                  onClick={() => cancel(domain)}
                >
                  {t("domains.cancel")}
                </Button>
              )}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

const COLOURS = { creating: "blue", ready: "green", undoing: "orange", undone: "grey" } as const;

/** How far the making of a domain is, in words. */
function State({ domain }: { readonly domain: Domain }) {
  const { t, code } = useTexts();
  const error = domain.error ?? domain.realmError;
  return (
    <div role="status">
      <span className="marked">
        <Label isCompact color={COLOURS[domain.state]} variant="outline">
          {t(`domains.state.${domain.state}`)}
        </Label>
        {isUnderWay(domain) && domain.step !== null && (
          <span>
            <Spinner isInline aria-hidden /> {inertText(code("domains.step", domain.step))}
          </span>
        )}
      </span>
      {error !== null && (
        <div className="secondary">
          {isUnderWay(domain) && t("domains.again", { count: domain.attempts })} <Inert text={error} />
        </div>
      )}
    </div>
  );
}

/** Begins to make a domain with its first owner; the list has it under its name, with how far it is. */
function CreateDomainDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const id = useId();
  const [name, setName] = useState("");
  const [owner, setOwner] = useState("");
  const [email, setEmail] = useState("");
  const [invite, setInvite] = useState(false);
  const [errors, setErrors] = useState<Problem["errors"]>([]);
  const [password, setPassword] = useState<string | null>(null);
  const wrong = (field: string) => errors.find((error) => error.field === field)?.detail;
  if (password !== null)
    return (
      <SecretDialog
        title={t("users.passwordTitle", { name: inertText(owner.trim()) })}
        label={t("users.password")}
        secret={password}
        onClose={onClose}
      >
        <p>{t("domains.passwordBody", { name: inertText(name.trim()) })}</p>
      </SecretDialog>
    );
  return (
    <ActionDialog
      title={t("domains.createTitle")}
      action={t("domains.create")}
      failure={t("domains.createFailure")}
      ready={name.trim() !== "" && owner.trim() !== "" && !(invite && email.trim() === "")}
      onClose={onClose}
      onAction={async () => {
        setErrors([]);
        const body = {
          name: name.trim(),
          owner: {
            name: owner.trim(),
            ...(email.trim() === "" ? {} : { email: email.trim() }),
            ...(invite ? { invite } : {}),
          },
        };
        try {
          const first = await read("POST", "/api/domains", importFirstPassword, { body });
          toasts.say("success", t("domains.begun", { name: inertText(name.trim()) }));
          if (first === null) onClose();
          else setPassword(first);
        } catch (error) {
          setErrors(asProblem(error).errors);
          throw error;
        } finally {
          void client.invalidateQueries({ queryKey: DOMAINS });
        }
      }}
    >
      <TextField label={t("domains.name")} help={t("domains.nameHelp")} error={wrong("name")} isRequired>
        {(field) => (
          <TextInput
            {...field}
            value={name}
            onChange={(_event, value) => setName(value)}
            autoFocus
            maxLength={100}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </TextField>
      <FormFieldGroup
        header={
          <FormFieldGroupHeader
            titleText={{ text: t("domains.owner"), id: `${id}-owner` }}
            titleDescription={t("domains.ownerHelp")}
          />
        }
      >
        <TextField
          label={t("domains.ownerName")}
          help={t("domains.ownerNameHelp")}
          error={wrong("owner.name")}
          isRequired
        >
          {(field) => (
            <TextInput
              {...field}
              value={owner}
              onChange={(_event, value) => setOwner(value)}
              maxLength={100}
              autoCapitalize="none"
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </TextField>
        <TextField label={t("userAccount.email")} error={wrong("owner.email")} isRequired={invite}>
          {(field) => (
            <TextInput
              {...field}
              type="email"
              value={email}
              onChange={(_event, value) => setEmail(value)}
              maxLength={254}
              autoComplete="off"
            />
          )}
        </TextField>
        <Checkbox
          id={`${id}-invite`}
          label={t("domains.invite")}
          description={t("domains.inviteHelp")}
          isChecked={invite}
          onChange={(_event, checked) => setInvite(checked)}
        />
      </FormFieldGroup>
    </ActionDialog>
  );
}
