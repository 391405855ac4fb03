import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  FormGroup,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  ModalBody,
  PageSection,
  Skeleton,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import { PlusCircleIcon, TopologyIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useSearchParams } from "react-router";
import { read, request } from "../../api/http";
import {
  importSubDevice,
  SERVICE_KINDS,
  type Service,
  type ServiceKind,
  type SubDevice,
  USUAL_PORT,
} from "../../api/subDevice";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog, DialogFrame, useDialogs } from "../../app/dialog";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { subDevicesQuery } from "../../app/queries";
import { useToasts } from "../../app/toasts";
import { readPosition, withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { Copyable } from "../settings/Copyable";
import { useDevice } from "./DevicePage";
import { forwardCommands } from "./forwardCommand";
import { MoveSubDeviceDialog } from "./MoveSubDeviceDialog";

const MOST_SERVICES = 32;

/** What stands behind the device without an agent of its own. */
export function SubDevicesTab() {
  const { t } = useTexts();
  const { device } = useDevice();
  const dialogs = useDialogs();
  const [search, setSearch] = useSearchParams();
  const { cursor, size } = readPosition(search);
  const subs = useQuery(subDevicesQuery(device.uid, { cursor, limit: size }));
  const may = device.permissions.includes("configure-devices");
  const add = () => dialogs.open((close) => <SubDeviceDialog uid={device.uid} sub={null} onClose={close} />);
  const addButton = (
    <Button variant="primary" size="sm" icon={<PlusCircleIcon />} onClick={add}>
      {t("sub.add")}
    </Button>
  );
  return (
    <PageSection isFilled>
      {subs.isError ? (
        <ProblemAlert title={t("sub.failure")} error={subs.error} retry={() => void subs.refetch()} />
      ) : subs.isPending ? (
        <Skeleton screenreaderText={t("loading")} />
      ) : subs.data.items.length === 0 && cursor === null ? (
        <EmptyState headingLevel="h2" icon={TopologyIcon} titleText={t("sub.none")} variant="sm">
          <EmptyStateBody>{t("sub.noneBody")}</EmptyStateBody>
          {may && (
            <EmptyStateFooter>
              <EmptyStateActions>{addButton}</EmptyStateActions>
            </EmptyStateFooter>
          )}
        </EmptyState>
      ) : (
        <>
          {may && <div className="filters">{addButton}</div>}
          <SubDevices
            uid={device.uid}
            subs={subs.data.items}
            may={may}
            mayForward={device.permissions.includes("forwarding")}
          />
          <CursorPager
            next={subs.data.next}
            count={subs.data.items.length}
            label={t("sub.pages")}
            onSize={(next) => setSearch((before) => withSearch(before, { size: next }))}
          />
        </>
      )}
    </PageSection>
  );
}

interface SubDevicesProps {
  readonly uid: string;
  readonly subs: readonly SubDevice[];
  readonly may: boolean;
  readonly mayForward: boolean;
}

function SubDevices({ uid, subs, may, mayForward }: SubDevicesProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const client = useQueryClient();
  const remove = (sub: SubDevice) =>
    dialogs.confirm({
      title: t("sub.removeTitle", { name: inertText(sub.name) }),
      body: <p>{t("sub.removeBody")}</p>,
      action: t("sub.remove"),
      failure: t("sub.removeFailure"),
      onConfirm: async () => {
        await request("DELETE", `/api/sub-devices/${sub.id}`, { ifMatch: sub.etag });
        await client.invalidateQueries({ queryKey: ["device", uid, "sub-devices"] });
        toasts.say("success", t("sub.removed", { name: inertText(sub.name) }));
      },
    });
  return (
    <Table aria-label={t("device.tab.sub-devices")} variant="compact" gridBreakPoint="grid-lg" className="fixed-table">
      <Thead>
        <Tr>
          <Th>{t("device.name")}</Th>
          <Th>{t("sub.address")}</Th>
          <Th>{t("sub.services")}</Th>
          <Th>{t("folder.description")}</Th>
          {(may || mayForward) && (
            <Th screenReaderText={t("session.actions")} style={{ width: may ? "20rem" : "8rem" }} />
          )}
        </Tr>
      </Thead>
      <Tbody>
        {subs.map((sub) => (
          <Tr key={sub.id}>
            <Td dataLabel={t("device.name")}>
              <Inert text={sub.name} />
            </Td>
            <Td dataLabel={t("sub.address")}>
              <div>
                {sub.ip === null && sub.mac === null ? "–" : <Inert text={sub.ip ?? ""} />}
                {sub.mac !== null && (
                  <div className="secondary">
                    <Inert text={sub.mac} />
                  </div>
                )}
              </div>
            </Td>
            <Td dataLabel={t("sub.services")}>
              {sub.services.length === 0 ? "–" : sub.services.map(serviceText).join(", ")}
            </Td>
            <Td dataLabel={t("folder.description")}>
              {sub.description === "" ? "–" : <Inert text={sub.description} lines />}
            </Td>
            {(may || mayForward) && (
              <Td>
                <div className="row-actions">
                  {mayForward && forwardCommands(uid, sub).length > 0 && (
                    <Button
                      variant="secondary"
                      size="sm"
                      aria-label={t("sub.forwardOf", { name: inertText(sub.name) })}
                      onClick={() => dialogs.open((close) => <ForwardDialog uid={uid} sub={sub} onClose={close} />)}
                    >
                      {t("sub.forward")}
                    </Button>
                  )}
                  {may && (
                    <>
                      <Button
                        variant="secondary"
                        size="sm"
                        aria-label={t("sub.editOf", { name: inertText(sub.name) })}
                        onClick={() => dialogs.open((close) => <SubDeviceDialog uid={uid} sub={sub} onClose={close} />)}
                      >
                        {t("device.edit")}
                      </Button>
                      <Button
                        variant="secondary"
                        size="sm"
                        aria-label={t("sub.moveOf", { name: inertText(sub.name) })}
                        onClick={() =>
                          dialogs.open((close) => <MoveSubDeviceDialog uid={uid} sub={sub} onClose={close} />)
                        }
                      >
                        {t("device.move")}
                      </Button>
                      <Button
                        variant="secondary"
                        size="sm"
                        isDanger
                        aria-label={t("sub.removeOf", { name: inertText(sub.name) })}
                        onClick={() => remove(sub)}
                      >
                        {t("sub.remove")}
                      </Button>
                    </>
                  )}
                </div>
              </Td>
            )}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

interface ForwardDialogProps {
  readonly uid: string;
  readonly sub: SubDevice;
  readonly onClose: () => void;
}

/** What to type on one's own computer to reach a sub-device's services. */
function ForwardDialog({ uid, sub, onClose }: ForwardDialogProps) {
  const { t } = useTexts();
  return (
    <DialogFrame title={t("sub.forwardTitle", { name: inertText(sub.name) })} variant="medium" onClose={onClose}>
      <ModalBody>
        <p>{t("sub.forwardBody")}</p>
        {forwardCommands(uid, sub).map(({ service, command }) => (
          <Copyable key={serviceText(service)} label={serviceText(service)} text={command} />
        ))}
      </ModalBody>
    </DialogFrame>
  );
}

function serviceText({ kind, port }: Service): string {
  return `${kind.toUpperCase()} ${port}`;
}

interface SubDeviceDialogProps {
  readonly uid: string;
  /** Null for a new one. */
  readonly sub: SubDevice | null;
  readonly onClose: () => void;
}

const NEW: SubDevice = { id: "", name: "", mac: null, ip: null, description: "", services: [], etag: "" };

function SubDeviceDialog({ uid, sub, onClose }: SubDeviceDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const opened = sub ?? NEW;
  const { base, conflict, wrong, save } = useEdit(opened, () =>
    read("GET", `/api/sub-devices/${opened.id}`, importSubDevice).catch(() => null),
  );
  const [name, setName] = useState(opened.name);
  const [ip, setIp] = useState(opened.ip ?? "");
  const [mac, setMac] = useState(opened.mac ?? "");
  const [description, setDescription] = useState(opened.description);
  const [services, setServices] = useState(opened.services);
  const portsGood = services.every(({ port }) => Number.isInteger(port) && port >= 1 && port <= 65_535);
  const body = {
    name: name.trim(),
    ip: ip.trim() === "" ? null : ip.trim(),
    mac: mac.trim() === "" ? null : mac.trim(),
    description: description.trim(),
    services,
  };
  return (
    <ActionDialog
      title={sub === null ? t("sub.addTitle") : t("device.editTitle", { device: inertText(sub.name) })}
      action={t(conflict ? "device.overwrite" : sub === null ? "sub.add" : "action.save")}
      failure={t("sub.saveFailure")}
      variant="medium"
      ready={body.name !== "" && portsGood}
      onClose={onClose}
      onAction={async () => {
        await save((ifMatch) =>
          sub === null
            ? request("POST", `/api/devices/${uid}/sub-devices`, { body })
            : request("PATCH", `/api/sub-devices/${sub.id}`, { body, ifMatch }),
        );
        await client.invalidateQueries({ queryKey: ["device", uid, "sub-devices"] });
        toasts.say("success", t(sub === null ? "sub.added" : "sub.saved", { name: inertText(body.name) }));
        onClose();
      }}
    >
      {conflict && (
        <Conflict
          now={[
            [t("device.name"), <Inert key="name" text={base.name} />],
            [t("sub.ip"), <Inert key="ip" text={base.ip ?? "–"} />],
            [t("sub.mac"), <Inert key="mac" text={base.mac ?? "–"} />],
            [t("sub.services"), base.services.map(serviceText).join(", ") || "–"],
            [t("folder.description"), <Inert key="description" text={base.description || "–"} />],
          ]}
        />
      )}
      <TextField label={t("device.name")} isRequired error={wrong("name")}>
        {(field) => (
          <TextInput {...field} value={name} onChange={(_event, value) => setName(value)} autoFocus maxLength={200} />
        )}
      </TextField>
      <TextField label={t("sub.ip")} help={t("sub.ipHelp")} error={wrong("ip")}>
        {(field) => (
          <TextInput
            {...field}
            value={ip}
            onChange={(_event, value) => setIp(value)}
            maxLength={45}
            spellCheck={false}
          />
        )}
      </TextField>
      <TextField label={t("sub.mac")} error={wrong("mac")}>
        {(field) => (
          <TextInput
            {...field}
            value={mac}
            onChange={(_event, value) => setMac(value)}
            maxLength={17}
            spellCheck={false}
            placeholder="00:00:5e:00:53:01"
          />
        )}
      </TextField>
      <Services services={services} onServices={setServices} wrong={wrong("services")} />
      <TextField label={t("folder.description")} error={wrong("description")}>
        {(field) => (
          <TextArea
            {...field}
            value={description}
            onChange={(_event, value) => setDescription(value)}
            maxLength={500}
            rows={2}
            resizeOrientation="vertical"
          />
        )}
      </TextField>
    </ActionDialog>
  );
}

interface ServicesProps {
  readonly services: readonly Service[];
  readonly onServices: (services: readonly Service[]) => void;
  readonly wrong: string | undefined;
}

/** What the sub-device offers, each with its port. */
function Services({ services, onServices, wrong }: ServicesProps) {
  const { t } = useTexts();
  const id = useId();
  const change = (at: number, service: Service) =>
    onServices(services.map((each, index) => (index === at ? service : each)));
  return (
    <FormGroup role="group" label={t("sub.services")} fieldId={id}>
      {wrong !== undefined && (
        <HelperText>
          <HelperTextItem variant="error">{inertText(wrong)}</HelperTextItem>
        </HelperText>
      )}
      {services.map((service, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two services may be alike while they are typed; the place is all there is
        <div key={index} className="service-row">
          <FormSelect
            aria-label={t("sub.serviceKind", { number: index + 1 })}
            value={service.kind}
            onChange={(_event, value) => {
              const kind = SERVICE_KINDS.find((each) => each === value) as ServiceKind;
              change(index, {
                kind,
                port: service.port === USUAL_PORT[service.kind] ? USUAL_PORT[kind] : service.port,
              });
            }}
          >
            {SERVICE_KINDS.map((kind) => (
              <FormSelectOption
                key={kind}
                value={kind}
                label={kind === "serial" ? t("sub.serial") : kind.toUpperCase()}
              />
            ))}
          </FormSelect>
          <TextInput
            type="number"
            min={1}
            max={65_535}
            aria-label={t("sub.servicePort", { number: index + 1 })}
            value={Number.isNaN(service.port) ? "" : service.port}
            onChange={(_event, value) => change(index, { ...service, port: Number.parseInt(value, 10) })}
          />
          <Button
            variant="link"
            size="sm"
            isDanger
            aria-label={t("sub.removeService", { number: index + 1 })}
            onClick={() => onServices(services.filter((_each, at) => at !== index))}
          >
            {t("sub.remove")}
          </Button>
        </div>
      ))}
      <Button
        variant="link"
        isInline
        icon={<PlusCircleIcon />}
        isDisabled={services.length >= MOST_SERVICES}
        onClick={() => onServices([...services, { kind: "http", port: USUAL_PORT.http }])}
      >
        {t("sub.addService")}
      </Button>
    </FormGroup>
  );
}
