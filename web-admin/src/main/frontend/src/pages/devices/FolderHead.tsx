import {
  Breadcrumb,
  BreadcrumbItem,
  Button,
  Divider,
  Dropdown,
  DropdownItem,
  DropdownList,
  MenuToggle,
  Title,
} from "@patternfly/react-core";
import { PlusCircleIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Folder } from "../../api/folder";
import { useDialogs } from "../../app/dialog";
import { Inert } from "../../app/inert";
import { AppLink } from "../../app/links";
import { useTexts } from "../../i18n";
import {
  CreateFolder,
  DeleteFolder,
  EditFolder,
  FolderContract,
  FolderRelay,
  FolderSessionPolicy,
  MoveFolder,
} from "./dialogs";
import { movesFolders } from "./move";

interface FolderHeadProps {
  /** The folder that is shown, or the one at the top; null where several are at the top. */
  readonly folder: Folder | null;
  /** True when the address names the folder. */
  readonly named: boolean;
  readonly onAdd: (() => void) | null;
}

/** Where one is among the folders, and what can be done there. */
export function FolderHead({ folder, named, onAdd }: FolderHeadProps) {
  const { t } = useTexts();
  return (
    <>
      <div className="folder-head">
        {named && folder !== null && (
          <Breadcrumb aria-label={t("devices.breadcrumb")}>
            {[{ id: null, name: t("devices.title") }, ...folder.path].map((each) => (
              <BreadcrumbItem
                key={each.id}
                render={({ className }) => (
                  <AppLink className={className} href={each.id === null ? "/devices" : `/devices?folder=${each.id}`}>
                    <Inert text={each.name} />
                  </AppLink>
                )}
              />
            ))}
            <BreadcrumbItem isActive>
              <Inert text={folder.name} />
            </BreadcrumbItem>
          </Breadcrumb>
        )}
        <Title headingLevel="h1" className="any-length">
          {named && folder !== null ? <Inert text={folder.name} /> : t("devices.title")}
        </Title>
        {folder !== null && folder.description !== "" && (
          <p className="secondary">
            <Inert text={folder.description} lines />
          </p>
        )}
        {folder !== null && folder.quota !== null && (
          <p className="secondary">{t("folder.quota", { count: folder.quota })}</p>
        )}
      </div>
      <div className="page-head__actions">
        {folder !== null && <FolderActions folder={folder} />}
        {onAdd !== null && (
          <Button variant="primary" icon={<PlusCircleIcon />} onClick={onAdd}>
            {t("devices.add")}
          </Button>
        )}
      </div>
    </>
  );
}

function FolderActions({ folder }: { readonly folder: Folder }) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const manages = folder.permissions.includes("manage-folders");
  // What nobody sees above cannot be its new place, and the topmost folder of a domain stays.
  const movable = manages && folder.parent !== null;
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: "end" }}
      toggle={(ref) => (
        <MenuToggle ref={ref} isExpanded={open} onClick={() => setOpen(!open)}>
          {t("folder.actions")}
        </MenuToggle>
      )}
    >
      <DropdownList>
        {manages && (
          <>
            <DropdownItem onClick={() => dialogs.open((close) => <CreateFolder parent={folder} onClose={close} />)}>
              {t("folder.create")}
            </DropdownItem>
            <DropdownItem onClick={() => dialogs.open((close) => <EditFolder folder={folder} onClose={close} />)}>
              {t("folder.edit")}
            </DropdownItem>
          </>
        )}
        {movable && movesFolders(folder) && (
          <DropdownItem onClick={() => dialogs.open((close) => <MoveFolder folder={folder} onClose={close} />)}>
            {t("folder.move")}
          </DropdownItem>
        )}
        <DropdownItem onClick={() => void navigate(`/access?resource=${folder.id}`)}>
          {t("folder.permissions")}
        </DropdownItem>
        <DropdownItem onClick={() => dialogs.open((close) => <FolderContract folder={folder} onClose={close} />)}>
          {t("folder.contract")}
        </DropdownItem>
        <DropdownItem
          onClick={() =>
            dialogs.open((close) => (
              <FolderRelay
                kind="folder"
                of={folder}
                may={folder.permissions.includes("configure-devices")}
                onClose={close}
              />
            ))
          }
        >
          {t("fixedRelay.label")}
        </DropdownItem>
        <DropdownItem
          onClick={() =>
            dialogs.open((close) => (
              <FolderSessionPolicy
                of={folder}
                may={folder.permissions.includes("set-consent-policy")}
                onClose={close}
              />
            ))
          }
        >
          {t("sessionPolicy.label")}
        </DropdownItem>
        {movable && <Divider component="li" />}
        {movable && (
          <DropdownItem
            isDanger
            onClick={() => dialogs.open((close) => <DeleteFolder folder={folder} onClose={close} />)}
          >
            {t("folder.delete")}
          </DropdownItem>
        )}
      </DropdownList>
    </Dropdown>
  );
}
