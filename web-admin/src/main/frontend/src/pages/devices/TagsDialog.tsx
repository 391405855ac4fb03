import { Button, Checkbox, FormGroup, ModalBody, ModalFooter, Skeleton, TextInput } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { importTags, type Tag } from "../../api/device";
import { read, request } from "../../api/http";
import type { Slice } from "../../api/importer";
import { asProblem } from "../../api/problem";
import { ActionDialog, DialogFrame } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { ProblemAlert } from "../../app/problems";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";

const LONGEST_TAG = 40;

const allTagsQuery = queryOptions({
  queryKey: ["tags", "all"],
  staleTime: 0,
  queryFn: async ({ signal }) => {
    const tags: Tag[] = [];
    let cursor: string | null = null;
    do {
      const page: Slice<Tag> = await read("GET", "/api/tags", importTags, { query: { cursor, limit: 200 }, signal });
      tags.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return tags;
  },
});

type Doing = { readonly what: "rename" | "delete"; readonly tag: Tag };

/** The tags as such: renamed, brought together or deleted on all devices that the caller sees. */
export function TagsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const tags = useQuery(allTagsQuery);
  const [doing, setDoing] = useState<Doing | null>(null);
  const back = () => setDoing(null);
  if (doing?.what === "rename") return <RenameTag tag={doing.tag} known={tags.data ?? []} onClose={back} />;
  if (doing?.what === "delete") return <DeleteTag tag={doing.tag} onClose={back} />;
  return (
    <DialogFrame title={t("tags.manage")} variant="medium" onClose={onClose}>
      <ModalBody tabIndex={0}>
        {tags.isError ? (
          <ProblemAlert title={t("tags.failure")} error={tags.error} retry={() => void tags.refetch()} />
        ) : tags.data === undefined ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : tags.data.length === 0 ? (
          <p>{t("tags.none")}</p>
        ) : (
          <TagTable tags={tags.data} onDo={setDoing} />
        )}
      </ModalBody>
      <ModalFooter>
        <Button variant="secondary" onClick={onClose}>
          {t("action.close")}
        </Button>
      </ModalFooter>
    </DialogFrame>
  );
}

interface TagTableProps {
  readonly tags: readonly Tag[];
  readonly onDo: (doing: Doing) => void;
}

function TagTable({ tags, onDo }: TagTableProps) {
  const { t, locale } = useTexts();
  return (
    <Table aria-label={t("tags.manage")} variant="compact">
      <Thead>
        <Tr>
          <Th>{t("tags.name")}</Th>
          <Th>{t("tags.devices")}</Th>
          <Th screenReaderText={t("tags.actions")} />
        </Tr>
      </Thead>
      <Tbody>
        {tags.map((tag) => (
          <Tr key={tag.name}>
            <Td dataLabel={t("tags.name")}>
              <Inert text={tag.name} />
            </Td>
            <Td dataLabel={t("tags.devices")}>{tag.devices.toLocaleString(locale)}</Td>
            <Td dataLabel={t("tags.actions")}>
              <Button
                variant="link"
                isInline
                aria-label={t("tags.renameOne", { tag: inertText(tag.name) })}
                onClick={() => onDo({ what: "rename", tag })}
              >
                {t("tags.rename")}
              </Button>{" "}
              <Button
                variant="link"
                isInline
                isDanger
                aria-label={t("tags.deleteOne", { tag: inertText(tag.name) })}
                onClick={() => onDo({ what: "delete", tag })}
              >
                {t("tags.delete")}
              </Button>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

interface RenameTagProps {
  readonly tag: Tag;
  readonly known: readonly Tag[];
  readonly onClose: () => void;
}

function RenameTag({ tag, known, onClose }: RenameTagProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const id = useId();
  const [name, setName] = useState(tag.name);
  const [merge, setMerge] = useState(false);
  const [taken, setTaken] = useState("");
  const wanted = name.trim().toLowerCase();
  const other = wanted !== tag.name && (wanted === taken || known.some((each) => each.name === wanted));
  return (
    <ActionDialog
      title={t("tags.renameOne", { tag: inertText(tag.name) })}
      action={t(other ? "tags.merge" : "tags.rename")}
      failure={t("tags.notChanged")}
      ready={wanted !== "" && wanted !== tag.name && (!other || merge)}
      onClose={onClose}
      onAction={async () => {
        try {
          await request("PATCH", "/api/tags", { query: { tag: tag.name }, body: { name: wanted, merge } });
        } catch (error) {
          if (asProblem(error).code === "conflict") setTaken(wanted);
          throw error;
        }
        await renewed(client);
        toasts.say("success", t("tags.renamed"));
        onClose();
      }}
    >
      <p>{t("tags.renameBody", { count: tag.devices })}</p>
      <FormGroup label={t("tags.newName")} fieldId={id}>
        <TextInput
          id={id}
          value={name}
          maxLength={LONGEST_TAG}
          autoComplete="off"
          onChange={(_event, value) => {
            setName(value);
            setMerge(false);
          }}
        />
      </FormGroup>
      {other && (
        <>
          <Notice variant="warning" isInline isPlain title={t("tags.mergeBody", { tag: inertText(wanted) })} />
          <Checkbox
            id={`${id}-merge`}
            label={t("tags.mergeSure")}
            isChecked={merge}
            onChange={(_event, on) => setMerge(on)}
          />
        </>
      )}
    </ActionDialog>
  );
}

function DeleteTag({ tag, onClose }: { readonly tag: Tag; readonly onClose: () => void }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  return (
    <ActionDialog
      title={t("tags.deleteOne", { tag: inertText(tag.name) })}
      action={t("tags.delete")}
      failure={t("tags.notChanged")}
      danger
      onClose={onClose}
      onAction={async () => {
        await request("DELETE", "/api/tags", { query: { tag: tag.name } });
        await renewed(client);
        toasts.say("success", t("tags.deleted"));
        onClose();
      }}
    >
      <p>{t("tags.deleteBody", { count: tag.devices })}</p>
    </ActionDialog>
  );
}

async function renewed(client: ReturnType<typeof useQueryClient>): Promise<void> {
  await Promise.all(["tags", "devices", "device"].map((key) => client.invalidateQueries({ queryKey: [key] })));
}
