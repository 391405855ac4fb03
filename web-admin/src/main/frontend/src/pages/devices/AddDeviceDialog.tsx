import {
  Button,
  ExpandableSection,
  Form,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  List,
  ListItem,
  ModalBody,
  ModalFooter,
  NumberInput,
  Radio,
  Spinner,
  TextArea,
} from "@patternfly/react-core";
import { type ReactNode, useEffect, useId, useState } from "react";
import { Link } from "react-router";
import { type Device, importDevice } from "../../api/device";
import { enrolmentFile, importNewEnrolmentToken, isCertificates, type NewEnrolmentToken } from "../../api/enrolment";
import type { Folder } from "../../api/folder";
import { read } from "../../api/http";
import { ActionDialog, DialogFrame, useDialogs } from "../../app/dialog";
import { Inert } from "../../app/inert";
import { useLive } from "../../app/liveContext";
import { Notice } from "../../app/notice";
import { saveAs } from "../../app/saveAs";
import { AbsoluteTime } from "../../app/time";
import { useTexts } from "../../i18n";
import { FolderPicker } from "./FolderPicker";
import { CopiedLine, InstallAgent } from "./InstallAgent";
import { PairingDialog } from "./PairingDialog";
import { TokensDialog } from "./TokensDialog";
import { ToolButtons } from "./tools";

/** Seconds. */
const LIFETIMES = [3_600, 86_400, 604_800, 2_592_000] as const;
const ONE_DAY = 86_400;
const MOST_USES = 10_000;

interface AddDeviceDialogProps {
  /** The folder that is offered first. */
  readonly folder: Folder | null;
  readonly onClose: () => void;
}

const WAYS = ["token", "pairing"] as const;
type Way = (typeof WAYS)[number];

/** Lets a device in: by a token that it is given, or by the code that it shows. */
export function AddDeviceDialog({ folder, onClose }: AddDeviceDialogProps) {
  const { t } = useTexts();
  const [way, setWay] = useState<Way>("token");
  const id = useId();
  const choice = (
    <FormGroup role="radiogroup" label={t("enrol.way")} fieldId={id}>
      {WAYS.map((each) => (
        <Radio
          key={each}
          id={`${id}-${each}`}
          name={id}
          label={t(`enrol.way.${each}`)}
          description={t(`enrol.wayHelp.${each}`)}
          isChecked={way === each}
          onChange={() => setWay(each)}
        />
      ))}
    </FormGroup>
  );
  return way === "token" ? (
    <TokenForm folder={folder} onClose={onClose}>
      {choice}
    </TokenForm>
  ) : (
    <PairingDialog folder={folder} onClose={onClose}>
      {choice}
    </PairingDialog>
  );
}

interface TokenFormProps extends AddDeviceDialogProps {
  readonly children: ReactNode;
}

/** Makes an enrolment token, shows the one line to run, and sees the device arrive. */
function TokenForm({ folder, onClose, children }: TokenFormProps) {
  const { t } = useTexts();
  const [target, setTarget] = useState(folder?.permissions.includes("install-devices") ? folder.id : null);
  const [expiresIn, setExpiresIn] = useState<number>(ONE_DAY);
  const [uses, setUses] = useState(1);
  const [token, setToken] = useState<NewEnrolmentToken | null>(null);
  const dialogs = useDialogs();
  const ids = useId();
  if (token !== null) return <TokenDialog token={token} onClose={onClose} />;
  return (
    <ActionDialog
      title={t("enrol.title")}
      action={t("enrol.create")}
      failure={t("enrol.failure")}
      variant="medium"
      ready={target !== null && Number.isInteger(uses) && uses >= 1 && uses <= MOST_USES}
      onClose={onClose}
      onAction={async () =>
        setToken(
          await read("POST", "/api/enrolment-tokens", importNewEnrolmentToken, {
            body: { folder: target, expiresIn, uses },
          }),
        )
      }
    >
      {children}
      <FolderPicker
        label={t("enrol.folder")}
        chosen={target}
        onChoose={(chosen) => setTarget(chosen.id)}
        allowed={(each) => each.permissions.includes("install-devices")}
      />
      <FormGroup label={t("enrol.lifetime")} fieldId={`${ids}-lifetime`}>
        <FormSelect id={`${ids}-lifetime`} value={expiresIn} onChange={(_event, value) => setExpiresIn(Number(value))}>
          {LIFETIMES.map((seconds) => (
            <FormSelectOption key={seconds} value={seconds} label={t(`enrol.lifetime.${seconds}`)} />
          ))}
        </FormSelect>
      </FormGroup>
      <FormGroup label={t("enrol.uses")} fieldId={`${ids}-uses`}>
        <NumberInput
          inputProps={{ id: `${ids}-uses` }}
          value={uses}
          min={1}
          max={MOST_USES}
          widthChars={6}
          inputAriaLabel={t("enrol.uses")}
          minusBtnAriaLabel={t("enrol.fewer")}
          plusBtnAriaLabel={t("enrol.more")}
          onMinus={() => setUses(Math.max(1, uses - 1))}
          onPlus={() => setUses(Math.min(MOST_USES, uses + 1))}
          onChange={(event) => setUses(Math.min(MOST_USES, Math.max(0, Math.trunc(Number(event.currentTarget.value)))))}
        />
      </FormGroup>
      <div>
        <Button variant="link" isInline onClick={() => dialogs.open((close) => <TokensDialog onClose={close} />)}>
          {t("tokens.show")}
        </Button>
      </div>
    </ActionDialog>
  );
}

/** The enrolment file, made here of what is shown: the server keeps no token. */
function FileDownload({ token }: { readonly token: NewEnrolmentToken }) {
  const { t } = useTexts();
  const [ca, setCa] = useState("");
  const [open, setOpen] = useState(false);
  const id = useId();
  const usable = ca.trim() === "" || isCertificates(ca);
  return (
    <ExpandableSection toggleText={t("enrol.file")} isExpanded={open} onToggle={(_event, now) => setOpen(now)}>
      <p>{t("enrol.fileIntro")}</p>
      <FormGroup label={t("enrol.fileCa")} fieldId={id}>
        <TextArea
          id={id}
          className="enrol-command"
          value={ca}
          rows={3}
          resizeOrientation="vertical"
          validated={usable ? "default" : "error"}
          onChange={(_event, value) => setCa(value)}
        />
        <FormHelperText>
          <HelperText>
            <HelperTextItem variant={usable ? "default" : "error"}>
              {t(usable ? "enrol.fileCaHelp" : "enrol.fileCaWrong")}
            </HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
      <Button
        variant="secondary"
        isDisabled={!usable}
        onClick={() => saveAs("enrolment.json", new Blob([enrolmentFile(token, ca)], { type: "application/json" }))}
      >
        {t("enrol.fileSave")}
      </Button>
    </ExpandableSection>
  );
}

function TokenDialog({ token, onClose }: { readonly token: NewEnrolmentToken; readonly onClose: () => void }) {
  const { t } = useTexts();
  const { listen, state } = useLive();
  const [arrived, setArrived] = useState<readonly Device[]>([]);
  useEffect(() => {
    let here = true;
    const fetched = async (uid: string) => {
      const device = await read("GET", `/api/devices/${uid}`, importDevice).catch(() => null);
      if (here && device !== null) {
        setArrived((before) => [...before.filter((each) => each.uid !== uid), device].slice(-20));
      }
    };
    const known = new Set<string>();
    const stop = listen((event) => {
      if (event.type === "device-added") {
        known.add(event.uid);
        void fetched(event.uid);
      } else if (event.type === "device" && known.has(event.uid)) {
        void fetched(event.uid);
      }
    });
    return () => {
      here = false;
      stop();
    };
  }, [listen]);
  return (
    <DialogFrame title={t("enrol.run")} variant="medium" onClose={onClose}>
      <ModalBody>
        <Form onSubmit={(event) => event.preventDefault()}>
          <InstallAgent token={token.token} />
          <p>{t("enrol.runIntro")}</p>
          <CopiedLine label={t("enrol.command")} text={token.command} />
          <Notice variant="info" isInline isPlain title={t("enrol.once")}>
            {t("enrol.expires")} <AbsoluteTime time={token.expires} />. {t("enrol.forDevices", { count: token.uses })}
          </Notice>
          <FileDownload token={token} />
          <div role="status" className="enrol-wait">
            {arrived.length === 0 ? (
              <>
                <Spinner size="md" aria-label={t("enrol.waiting")} />
                <span>{t(state === "open" ? "enrol.waiting" : "enrol.waitingLost")}</span>
              </>
            ) : (
              <List isPlain>
                {arrived.map((device) => (
                  <ListItem key={device.uid}>
                    <Notice
                      variant="success"
                      isInline
                      title={
                        <>
                          <Link to={`/devices/${device.uid}`} onClick={onClose}>
                            <Inert text={device.name} />
                          </Link>{" "}
                          {t("enrol.here")}
                        </>
                      }
                    >
                      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the link inside is what is activated; this only closes the dialog after it */}
                      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
                      <span onClick={onClose}>
                        <ToolButtons device={device} />
                      </span>
                    </Notice>
                  </ListItem>
                ))}
              </List>
            )}
          </div>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button variant={arrived.length === 0 ? "secondary" : "primary"} onClick={onClose}>
          {t("action.close")}
        </Button>
      </ModalFooter>
    </DialogFrame>
  );
}
