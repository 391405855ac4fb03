import { Button, ModalBody, ModalFooter } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type AssistanceOption, type BulkResult, type Device, importBulkResult } from "../../api/device";
import type { Folder } from "../../api/folder";
import { read } from "../../api/http";
import { Problem } from "../../api/problem";
import { ActionDialog, DialogFrame, useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { problemSentence } from "../../app/problems";
import { devicesDeletionQuery } from "../../app/queries";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { useConsequences } from "../access/Consequences";
import { DeviceLosses } from "./DeviceLosses";
import { FolderPicker } from "./FolderPicker";
import { takesDevices } from "./move";
import { TagEditor } from "./TagEditor";

/** The most devices of one action. */
export const MOST_DEVICES = 500;

type BulkAction = "move" | "tag" | "untag" | "assistance" | "remove";

interface BulkOptions {
  readonly folder?: string | undefined;
  readonly tags?: readonly string[];
  readonly assistance?: AssistanceOption;
}

export interface BulkDialogProps {
  readonly devices: readonly Device[];
  /** Called with the devices that were refused. */
  readonly onDone: (refused: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Sends an action for many devices, and says what became of it: shortly where all went well, device by device where not. */
export function useBulk({ devices, onDone, onClose }: BulkDialogProps) {
  const { t } = useTexts();
  const client = useQueryClient();
  const toasts = useToasts();
  const dialogs = useDialogs();
  return async (action: BulkAction, more: BulkOptions) => {
    const body = { devices: devices.map(({ uid, etag }) => ({ uid, etag })), action, ...more };
    const result = await read("POST", "/api/devices/bulk", importBulkResult, { body });
    for (const { uid } of devices) void client.invalidateQueries({ queryKey: ["device", uid] });
    void client.invalidateQueries({ queryKey: ["devices"] });
    if (action === "tag" || action === "untag") void client.invalidateQueries({ queryKey: ["tags"] });
    if (action === "move" || action === "remove") void client.invalidateQueries({ queryKey: ["folders"] });
    onDone(result.refused.map((each) => each.uid));
    onClose();
    if (result.refused.length === 0) toasts.say("success", t(`bulk.done.${action}`, { count: result.done.length }));
    else dialogs.open((close) => <ResultDialog devices={devices} result={result} onClose={close} />);
  };
}

export function MoveDevicesDialog(props: BulkDialogProps) {
  const { t } = useTexts();
  const bulk = useBulk(props);
  const [target, setTarget] = useState<Folder | null>(null);
  const here = props.devices.every((device) => device.folder === props.devices[0]?.folder)
    ? props.devices[0]?.folder
    : null;
  const consequences = useConsequences(
    target === null || target.id === here
      ? null
      : { move: props.devices.map(({ uid }) => ({ resource: uid, folder: target.id })) },
  );
  return (
    <ActionDialog
      title={t("bulk.moveTitle", { count: props.devices.length })}
      action={t("bulk.moveAction")}
      failure={t("bulk.failure")}
      variant="medium"
      ready={target !== null && target.id !== here}
      summary={consequences.shown}
      onClose={props.onClose}
      onAction={() => bulk("move", { folder: target?.id })}
    >
      <p>{t("bulk.moveBody")}</p>
      <FolderPicker
        label={t("bulk.moveTo")}
        chosen={target?.id ?? here ?? null}
        onChoose={setTarget}
        allowed={takesDevices}
      />
    </ActionDialog>
  );
}

interface TagDevicesDialogProps extends BulkDialogProps {
  readonly action: "tag" | "untag";
}

export function TagDevicesDialog({ action, ...props }: TagDevicesDialogProps) {
  const { t } = useTexts();
  const bulk = useBulk(props);
  const present = [...new Set(props.devices.flatMap((device) => device.tags))].sort((a, b) => a.localeCompare(b));
  const [tags, setTags] = useState<readonly string[]>(action === "untag" && present.length === 1 ? present : []);
  return (
    <ActionDialog
      title={t(`bulk.${action}Title`, { count: props.devices.length })}
      action={t(`bulk.${action}Action`)}
      failure={t("bulk.failure")}
      ready={tags.length > 0}
      onClose={props.onClose}
      onAction={() => bulk(action, { tags })}
    >
      {action === "untag" && (
        <p>
          {present.length === 0
            ? t("bulk.noTags")
            : `${t("bulk.haveTags")} ${present.map((tag) => inertText(tag)).join(", ")}`}
        </p>
      )}
      <TagEditor label={t("device.tags")} tags={tags} onTags={setTags} />
    </ActionDialog>
  );
}

export function RemoveDevicesDialog(props: BulkDialogProps) {
  const { t } = useTexts();
  const bulk = useBulk(props);
  const names = props.devices.slice(0, 20);
  const removable = props.devices.filter((device) => device.permissions.includes("remove-devices"));
  const preview = useQuery({
    ...devicesDeletionQuery(removable.map(({ uid }) => uid)),
    enabled: removable.length > 0,
  });
  return (
    <ActionDialog
      title={t("bulk.removeTitle", { count: props.devices.length })}
      action={t("device.remove")}
      failure={t("bulk.failure")}
      danger
      typed={String(props.devices.length)}
      ready={removable.length === 0 || preview.data !== undefined}
      onClose={props.onClose}
      onAction={() => bulk("remove", {})}
    >
      <p>{t("bulk.removeBody")}</p>
      <p>
        {names.map((device, index) => (
          <span key={device.uid}>
            {index > 0 && ", "}
            <Inert text={device.name} />
          </span>
        ))}
        {props.devices.length > names.length &&
          ` ${t("folder.lostMore", { count: props.devices.length - names.length })}`}
      </p>
      {removable.length > 0 && <DeviceLosses preview={preview} />}
    </ActionDialog>
  );
}

interface ResultDialogProps {
  readonly devices: readonly Device[];
  readonly result: BulkResult;
  readonly onClose: () => void;
}

/** What was refused, and why, device by device. */
function ResultDialog({ devices, result, onClose }: ResultDialogProps) {
  const texts = useTexts();
  const { t } = texts;
  const names = new Map(devices.map(({ uid, name }) => [uid, name]));
  return (
    <DialogFrame title={t("bulk.result")} variant="medium" onClose={onClose}>
      <ModalBody>
        <Notice
          variant="warning"
          isInline
          title={t("bulk.resultCounts", { done: result.done.length, refused: result.refused.length })}
        />
        <Table aria-label={t("bulk.refused")} variant="compact">
          <Thead>
            <Tr>
              <Th>{t("session.device")}</Th>
              <Th>{t("bulk.reason")}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {result.refused.map(({ uid, code, detail }) => (
              <Tr key={uid}>
                <Td dataLabel={t("session.device")}>
                  <Inert text={names.get(uid) ?? uid} />
                </Td>
                <Td dataLabel={t("bulk.reason")}>{problemSentence(texts, new Problem(code, 0, detail, null))}</Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
        <p>{t("bulk.still")}</p>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>{t("action.close")}</Button>
      </ModalFooter>
    </DialogFrame>
  );
}
