import {
  Button,
  Checkbox,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  ExpandableSection,
  TextInput,
} from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { useNavigate } from "react-router";
import { importDevice } from "../../api/device";
import type { Folder } from "../../api/folder";
import { read, request } from "../../api/http";
import { importPairing, type Pairing, pairingCode } from "../../api/pairing";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { RelativeTime } from "../../app/time";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { FolderPicker } from "./FolderPicker";
import { InstallAgent } from "./InstallAgent";
import { Words } from "./Words";

interface PairingDialogProps {
  readonly folder: Folder | null;
  readonly onClose: () => void;
  /** What stands above the field for the code. */
  readonly children: ReactNode;
}

/** Finds the machine that shows a code. */
export function PairingDialog({ folder, onClose, children }: PairingDialogProps) {
  const { t } = useTexts();
  const [typed, setTyped] = useState("");
  const [pairing, setPairing] = useState<Pairing | null>(null);
  const [installing, setInstalling] = useState(false);
  const code = pairingCode(typed);
  if (pairing !== null) return <CompareDialog pairing={pairing} folder={folder} onClose={onClose} />;
  return (
    <ActionDialog
      title={t("enrol.title")}
      action={t("pairing.find")}
      failure={t("pairing.findFailure")}
      variant="medium"
      ready={code !== null}
      onClose={onClose}
      onAction={async () => setPairing(await read("GET", `/api/pairings/${code}`, importPairing))}
    >
      {children}
      <TextField label={t("pairing.code")} isRequired help={t("pairing.codeHelp")}>
        {(field) => (
          <TextInput
            {...field}
            className="pairing-code"
            value={typed}
            maxLength={20}
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            placeholder="K7QF-2MXD"
            onChange={(_event, value) => setTyped(value)}
          />
        )}
      </TextField>
      <ExpandableSection
        toggleText={t("install.pairToggle")}
        isExpanded={installing}
        onToggle={(_event, now) => setInstalling(now)}
      >
        {installing && <InstallAgent token={null} />}
      </ExpandableSection>
    </ActionDialog>
  );
}

interface CompareDialogProps {
  readonly pairing: Pairing;
  readonly folder: Folder | null;
  readonly onClose: () => void;
}

/** Shows who asks to come in. Nobody is let in before a person has compared the words with those at the machine. */
function CompareDialog({ pairing, folder, onClose }: CompareDialogProps) {
  const { t } = useTexts();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toasts = useToasts();
  const [target, setTarget] = useState(folder?.permissions.includes("install-devices") ? folder.id : null);
  const [compared, setCompared] = useState(false);
  const [rejecting, setRejecting] = useState(false);
  const id = useId();
  const reject = async () => {
    setRejecting(true);
    try {
      await request("POST", `/api/pairings/${pairing.code}/reject`);
      toasts.say("success", t("pairing.rejected"));
      onClose();
    } catch (error) {
      toasts.fail(t("pairing.rejectFailure"), error);
      setRejecting(false);
    }
  };
  return (
    <ActionDialog
      title={t("pairing.title", { device: inertText(pairing.name) })}
      action={t("pairing.accept")}
      failure={t("pairing.failure")}
      variant="medium"
      ready={compared && target !== null && !rejecting}
      onClose={onClose}
      onAction={async () => {
        const device = await read("POST", `/api/pairings/${pairing.code}/accept`, importDevice, {
          body: { folder: target, fingerprint: pairing.fingerprint },
        });
        void client.invalidateQueries({ queryKey: ["devices"] });
        void client.invalidateQueries({ queryKey: ["folders"] });
        toasts.say("success", t("pairing.accepted", { device: inertText(device.name) }));
        onClose();
        await navigate(`/devices/${device.uid}`);
      }}
    >
      <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "8.5rem" }}>
        <Fact term={t("device.name")}>
          <Inert text={pairing.name} />
        </Fact>
        <Fact term={t("device.os")}>{pairing.os === null ? "–" : <Inert text={pairing.os} />}</Fact>
        <Fact term={t("device.addresses")}>{pairing.address === null ? "–" : <Inert text={pairing.address} />}</Fact>
        <Fact term={t("pairing.expires")}>
          <RelativeTime time={pairing.expires} />
        </Fact>
        <Fact term={t("device.fingerprint")}>
          <Words words={pairing.words} fingerprint={pairing.fingerprint} />
        </Fact>
      </DescriptionList>
      <p>{t("pairing.compare")}</p>
      {pairing.rootWords.length > 0 && (
        <p>
          {t("pairing.rootWords")} <strong>{pairing.rootWords.map((word) => inertText(word)).join(" ")}</strong>
        </p>
      )}
      <Checkbox
        id={`${id}-compared`}
        label={t("pairing.compared")}
        isChecked={compared}
        onChange={(_event, checked) => setCompared(checked)}
      />
      <div>
        <Button
          variant="link"
          isInline
          isDanger
          isLoading={rejecting}
          isDisabled={rejecting}
          onClick={() => void reject()}
        >
          {t("pairing.reject")}
        </Button>
      </div>
      <FolderPicker
        label={t("enrol.folder")}
        chosen={target}
        onChoose={(chosen) => setTarget(chosen.id)}
        allowed={(each) => each.permissions.includes("install-devices")}
      />
    </ActionDialog>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}
