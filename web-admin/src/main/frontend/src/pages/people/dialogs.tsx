import { FormGroup, TextInput } from "@patternfly/react-core";
import { type ReactNode, useId, useState } from "react";
import { useNavigate } from "react-router";
import { read, request } from "../../api/http";
import { type Group, importGroup, type User } from "../../api/people";
import type { Principal } from "../../api/principal";
import type { Named } from "../../api/session";
import { useRightsChange } from "../../app/change";
import { ActionDialog } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { useConsequences } from "../access/Consequences";
import { type Place, PlacePicker, PrincipalPicker } from "../access/pickers";
import { PrincipalLosses } from "./PrincipalLosses";

interface UserDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

interface GroupDialogProps {
  readonly group: Group;
  readonly onClose: () => void;
}

/** Moves a person or a group to another folder, after it was shown whose rights on them change by it; their own rights stay. */
export function MoveDialog(props: {
  readonly what: User | Group;
  readonly kind: "user" | "group";
  readonly onClose: () => void;
}) {
  const { what, kind, onClose } = props;
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const [folder, setFolder] = useState<Place | null>(null);
  const consequences = useConsequences(
    folder === null || folder.id === what.folder?.id ? null : { move: [{ resource: what.id, folder: folder.id }] },
  );
  return (
    <ActionDialog
      title={t("people.moveTitle", { name: inertText(what.name) })}
      action={t("people.move")}
      failure={t("people.moveFailure")}
      variant="medium"
      ready={consequences.known}
      summary={consequences.shown}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("PATCH", `/api/${kind}s/${what.id}`, { body: { folder: folder?.id }, ifMatch: what.etag });
          toasts.say("success", t("people.moved"));
          onClose();
        })
      }
    >
      <p>
        {t("people.moveIntro", { folder: what.folder === null ? t("principal.unseen") : inertText(what.folder.name) })}
      </p>
      <PlacePicker
        label={t("people.newFolder")}
        kinds={["folder"]}
        needs="manage-users"
        chosen={folder}
        onChoose={setFolder}
        isRequired
      />
    </ActionDialog>
  );
}

/** Changes the name with which somebody signs in, or is expected to. */
export function RenameUserDialog({ user, onClose }: UserDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const id = useId();
  const [name, setName] = useState(user.name);
  return (
    <ActionDialog
      title={t("people.renameTitle", { name: inertText(user.name) })}
      action={t("action.save")}
      failure={t("people.renameFailure")}
      ready={name.trim() !== "" && name.trim() !== user.name}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("PATCH", `/api/users/${user.id}`, { body: { name: name.trim() }, ifMatch: user.etag });
          toasts.say("success", t("people.saved"));
          onClose();
        })
      }
    >
      {!user.pending && <p>{t("people.renameAccount")}</p>}
      <FormGroup label={t("user.name")} isRequired fieldId={id}>
        <TextInput
          id={id}
          value={name}
          onChange={(_event, value) => setName(value)}
          isRequired
          autoFocus
          maxLength={200}
        />
      </FormGroup>
    </ActionDialog>
  );
}

export function DeleteUserDialog({ user, onClose }: UserDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const navigate = useNavigate();
  const loss = useConsequences({ delete: [user.id] });
  return (
    <ActionDialog
      title={t("users.deleteTitle", { name: inertText(user.name) })}
      action={t("people.delete")}
      failure={t("users.deleteFailure")}
      danger
      typed={user.name}
      ready={loss.known || loss.failed}
      variant="medium"
      summary={loss.shown}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("DELETE", `/api/users/${user.id}`, { ifMatch: user.etag });
          toasts.say("success", t("people.deleted", { name: inertText(user.name) }));
          onClose();
          await navigate("/people/users");
        })
      }
    >
      <p>{t("users.deleteBody")}</p>
      <PrincipalLosses kind="user" id={user.id} />
      {user.groups.length > 0 && (
        <p>{t("users.deleteGroups", { groups: user.groups.map((group) => inertText(group.name)).join(", ") })}</p>
      )}
    </ActionDialog>
  );
}

export function CreateGroupDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const navigate = useNavigate();
  const id = useId();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [folder, setFolder] = useState<Place | null>(null);
  return (
    <ActionDialog
      title={t("groups.createTitle")}
      action={t("groups.create")}
      failure={t("groups.createFailure")}
      ready={name.trim() !== "" && folder !== null}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          const body = {
            name: name.trim(),
            folder: folder?.id,
            ...(description.trim() === "" ? {} : { description: description.trim() }),
          };
          const group = await read("POST", "/api/groups", importGroup, { body });
          toasts.say("success", t("groups.created"));
          onClose();
          void navigate(`/people/groups/${group.id}`);
        })
      }
    >
      <FormGroup label={t("group.name")} isRequired fieldId={`${id}-name`}>
        <TextInput
          id={`${id}-name`}
          value={name}
          onChange={(_event, value) => setName(value)}
          isRequired
          autoFocus
          maxLength={200}
        />
      </FormGroup>
      <FormGroup label={t("group.description")} fieldId={`${id}-description`}>
        <TextInput
          id={`${id}-description`}
          value={description}
          onChange={(_event, value) => setDescription(value)}
          maxLength={500}
        />
      </FormGroup>
      <PlacePicker
        label={t("people.folder")}
        kinds={["folder"]}
        needs="manage-users"
        chosen={folder}
        onChoose={setFolder}
        isRequired
      />
    </ActionDialog>
  );
}

export function EditGroupDialog({ group, onClose }: GroupDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const id = useId();
  const [name, setName] = useState(group.name);
  const [description, setDescription] = useState(group.description);
  const body = {
    ...(name.trim() === group.name ? {} : { name: name.trim() }),
    ...(description.trim() === group.description ? {} : { description: description.trim() }),
  };
  return (
    <ActionDialog
      title={t("people.renameTitle", { name: inertText(group.name) })}
      action={t("action.save")}
      failure={t("people.renameFailure")}
      ready={name.trim() !== "" && Object.keys(body).length > 0}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("PATCH", `/api/groups/${group.id}`, { body, ifMatch: group.etag });
          toasts.say("success", t("people.saved"));
          onClose();
        })
      }
    >
      <FormGroup label={t("group.name")} isRequired fieldId={`${id}-name`}>
        <TextInput
          id={`${id}-name`}
          value={name}
          onChange={(_event, value) => setName(value)}
          isRequired
          isDisabled={group.builtIn}
          maxLength={200}
        />
      </FormGroup>
      <FormGroup label={t("group.description")} fieldId={`${id}-description`}>
        <TextInput
          id={`${id}-description`}
          value={description}
          onChange={(_event, value) => setDescription(value)}
          maxLength={500}
        />
      </FormGroup>
    </ActionDialog>
  );
}

export function DeleteGroupDialog({ group, onClose }: GroupDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const navigate = useNavigate();
  const loss = useConsequences({ delete: [group.id] });
  return (
    <ActionDialog
      title={t("groups.deleteTitle", { name: inertText(group.name) })}
      action={t("people.delete")}
      failure={t("groups.deleteFailure")}
      danger
      typed={group.name}
      ready={loss.known || loss.failed}
      variant="medium"
      summary={loss.shown}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("DELETE", `/api/groups/${group.id}`, { ifMatch: group.etag });
          toasts.say("success", t("people.deleted", { name: inertText(group.name) }));
          onClose();
          await navigate("/people/groups");
        })
      }
    >
      <p>{t("groups.deleteBody", { count: group.members })}</p>
      <PrincipalLosses kind="group" id={group.id} />
    </ActionDialog>
  );
}

interface MembershipDialogProps {
  readonly title: string;
  readonly group: Named | null;
  readonly member: Named | null;
  /** Whether the membership is to end, rather than to begin. */
  readonly ends?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Begins or ends a membership, after it was shown what that changes. */
function MembershipDialog({ title, group, member, ends = false, onClose, children }: MembershipDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const memberships = group === null || member === null ? null : [{ group: group.id, member: member.id }];
  const consequences = useConsequences(memberships && (ends ? { leave: memberships } : { join: memberships }));
  return (
    <ActionDialog
      title={title}
      action={t(ends ? "members.remove" : "members.add")}
      failure={t(ends ? "members.removeFailure" : "members.addFailure")}
      danger={ends}
      variant="medium"
      ready={consequences.known}
      summary={consequences.shown}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          if (group === null || member === null) return;
          await request(ends ? "DELETE" : "PUT", `/api/groups/${group.id}/members/${member.id}`);
          const names = { name: inertText(member.name), group: inertText(group.name) };
          toasts.say("success", t(ends ? "members.removed" : "members.added", names));
          onClose();
        })
      }
    >
      {children}
    </ActionDialog>
  );
}

/** Adds a person or a group to a group. */
export function AddMemberDialog({ group, onClose }: GroupDialogProps) {
  const { t } = useTexts();
  const [member, setMember] = useState<Principal | null>(null);
  const title = t("members.addTitle", { group: inertText(group.name) });
  return (
    <MembershipDialog title={title} group={group} member={member} onClose={onClose}>
      <p>{t("members.addIntro")}</p>
      <PrincipalPicker
        label={t("members.who")}
        kinds={["user", "group"]}
        chosen={member}
        onChoose={setMember}
        isRequired
        refused={(principal) => (principal.id === group.id ? t("members.itself") : undefined)}
      />
    </MembershipDialog>
  );
}

/** Adds a person to a group that is chosen. */
export function JoinGroupDialog({ user, onClose }: UserDialogProps) {
  const { t } = useTexts();
  const [group, setGroup] = useState<Principal | null>(null);
  const title = t("user.joinTitle", { name: inertText(user.name) });
  return (
    <MembershipDialog title={title} group={group} member={user} onClose={onClose}>
      <PrincipalPicker
        label={t("user.joinGroup")}
        kinds={["group"]}
        chosen={group}
        onChoose={setGroup}
        isRequired
        refused={(each) => (user.groups.some((one) => one.id === each.id) ? t("user.alreadyIn") : undefined)}
      />
    </MembershipDialog>
  );
}

interface LeaveGroupDialogProps {
  readonly group: Named;
  readonly member: Named;
  readonly onClose: () => void;
}

/** Ends the membership of a person or a group. */
export function LeaveGroupDialog({ group, member, onClose }: LeaveGroupDialogProps) {
  const { t } = useTexts();
  const title = t("members.removeTitle", { name: inertText(member.name), group: inertText(group.name) });
  return (
    <MembershipDialog title={title} group={group} member={member} ends onClose={onClose}>
      <p>{t("members.removeBody")}</p>
    </MembershipDialog>
  );
}
