import {
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  PageSection,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { DeviceDetail } from "../../api/device";
import type { Inventory } from "../../api/inventory";
import { Inert } from "../../app/inert";
import { sessionsQuery } from "../../app/queries";
import { AbsoluteTime, bytes, RelativeTime } from "../../app/time";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { tagTerm } from "../devices/search";
import { Tags } from "../devices/Tags";
import { Words } from "../devices/Words";
import { FixedRelayLine } from "../fixedRelay/FixedRelayLine";
import { SessionPolicyLine } from "../sessionPolicy/SessionPolicyLine";
import { SessionTable } from "../sessions/SessionTable";
import { AssistanceAllowed } from "./AssistanceAllowed";
import { DeviceActions } from "./DeviceActions";
import { useDevice } from "./DevicePage";

/** What the device is, what it says of itself, and who is on it. */
export function OverviewTab() {
  const { t } = useTexts();
  const { device, reload } = useDevice();
  const live = useQuery(sessionsQuery({ device: device.uid, limit: 200 }));
  const open = (live.data?.items ?? []).filter(
    (session) => session.device.uid === device.uid && session.ended === null,
  );
  return (
    <PageSection isFilled className="overview" hasBodyWrapper={false}>
      <DeviceActions device={device} reload={reload} sessions={open.length} />
      {(device.description !== "" || device.tags.length > 0) && (
        <div className="overview__said">
          {device.description !== "" && (
            <p>
              <Inert text={device.description} lines />
            </p>
          )}
          <Tags
            tags={device.tags}
            href={(tag) => `/devices?${withSearch(new URLSearchParams(), { q: tagTerm(tag) })}`}
          />
        </div>
      )}
      <div className="overview__cards">
        <State device={device} />
        <Identity device={device} />
        <Hardware inventory={device.inventory} />
        <Network device={device} />
      </div>
      {open.length > 0 && (
        <Section title={t("device.openSessions")}>
          <SessionTable sessions={open} label={t("device.openSessions")} withDevice={false} />
        </Section>
      )}
    </PageSection>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card isCompact>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>{children}</CardBody>
    </Card>
  );
}

function Facts({ children }: { readonly children: ReactNode }) {
  return (
    <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "8.5rem" }}>
      {children}
    </DescriptionList>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription className="any-length">{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}

/** A text from the device, or a dash. */
function Said({ text }: { readonly text: string | null | undefined }) {
  return text === null || text === undefined || text === "" ? "–" : <Inert text={text} />;
}

function joined(...parts: readonly (string | null | undefined)[]): string | null {
  const said = parts.filter((part) => part !== null && part !== undefined && part !== "");
  return said.length === 0 ? null : said.join(" ");
}

function State({ device }: { readonly device: DeviceDetail }) {
  const { t } = useTexts();
  return (
    <Section title={t("device.state")}>
      <Facts>
        <Fact term={t("device.state")}>{t(`state.${device.state}`)}</Fact>
        <Fact term={t("device.lastSeen")}>
          {device.state === "online" ? (
            t("device.now")
          ) : device.lastSeen === null ? (
            t("device.never")
          ) : (
            <>
              <RelativeTime time={device.lastSeen} /> (<AbsoluteTime time={device.lastSeen} />)
            </>
          )}
        </Fact>
        <Fact term={t("devices.folder")}>
          <Said text={device.folderName} />
        </Fact>
        <Fact term={t("device.account")}>
          {device.account === null || device.account === "" ? (
            t("device.accountDefault")
          ) : (
            <code>
              <Inert text={device.account} />
            </code>
          )}
        </Fact>
        <Fact term={t("fixedRelay.label")}>
          <FixedRelayLine
            kind="device"
            of={{ id: device.uid, name: device.name }}
            may={device.permissions.includes("configure-devices")}
          />
        </Fact>
        <Fact term={t("sessionPolicy.label")}>
          <SessionPolicyLine
            of={{ id: device.uid, name: device.name }}
            may={device.permissions.includes("set-consent-policy")}
          />
        </Fact>
        <Fact term={t("device.version")}>
          <Said text={device.version} />
        </Fact>
        {device.assistanceOption !== null && (
          <Fact term={t("assistance.allow")}>
            <AssistanceAllowed option={device.assistanceOption} />
          </Fact>
        )}
      </Facts>
    </Section>
  );
}

function Identity({ device }: { readonly device: DeviceDetail }) {
  const { t } = useTexts();
  const expired = device.certificate !== null && device.certificate.notAfter.getTime() < Date.now();
  return (
    <Section title={t("device.identity")}>
      <Facts>
        <Fact term={t("device.fingerprint")}>
          {device.fingerprint === null ? (
            "–"
          ) : (
            <>
              <Words words={device.words} fingerprint={device.fingerprint} />
              {device.words.length > 0 && <div className="secondary">{t("device.wordsHelp")}</div>}
            </>
          )}
        </Fact>
        <Fact term={t("device.uid")}>
          <code>{device.uid}</code>
        </Fact>
        <Fact term={t("device.certificate")}>
          {device.certificate === null ? (
            "–"
          ) : (
            <code>
              <Inert text={device.certificate.serial} />
            </code>
          )}
        </Fact>
        {device.certificate !== null && (
          <Fact term={t("device.valid")}>
            <AbsoluteTime time={device.certificate.notBefore} /> – <AbsoluteTime time={device.certificate.notAfter} />
            {expired && <strong> {t("device.expired")}</strong>}
          </Fact>
        )}
      </Facts>
    </Section>
  );
}

function Hardware({ inventory }: { readonly inventory: Inventory | null }) {
  const { t, locale } = useTexts();
  if (inventory === null) {
    return (
      <Section title={t("inventory.title")}>
        <p>{t("inventory.none")}</p>
      </Section>
    );
  }
  const { os, system, cpu, memory, disks } = inventory;
  const size = (n: number | null) => (n === null ? null : bytes(n, locale));
  return (
    <Section title={t("inventory.title")}>
      <Facts>
        <Fact term={t("inventory.hostName")}>
          <Said text={inventory.hostName} />
        </Fact>
        <Fact term={t("device.os")}>
          <Said
            text={joined(
              os?.name,
              os?.version,
              os?.architecture,
              os?.bits === null || os?.bits === undefined ? null : `(${t("inventory.bits", { count: os.bits })})`,
            )}
          />
        </Fact>
        <Fact term={t("inventory.system")}>
          <Said text={joined(system?.manufacturer, system?.model)} />
        </Fact>
        <Fact term={t("inventory.cpu")}>
          <Said text={cpu?.name} />
          {cpu !== null && cpu.cores !== null && (
            <div>{t("inventory.cores", { cores: cpu.cores, threads: cpu.threads ?? cpu.cores })}</div>
          )}
        </Fact>
        <Fact term={t("inventory.memory")}>
          <Said text={size(memory)} />
        </Fact>
        <Fact term={t("inventory.disks")}>
          {disks.length === 0
            ? "–"
            : disks.map((disk, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a device may name two disks alike; the order is all there is
                <div key={index}>
                  <Said text={joined(disk.name, disk.model, size(disk.size))} />
                </div>
              ))}
        </Fact>
        {inventory.taken !== null && (
          <Fact term={t("inventory.taken")}>
            <RelativeTime time={inventory.taken} />
          </Fact>
        )}
      </Facts>
    </Section>
  );
}

function Network({ device }: { readonly device: DeviceDetail }) {
  const { t } = useTexts();
  const interfaces = device.inventory?.interfaces ?? [];
  return (
    <Section title={t("inventory.network")}>
      <Facts>
        <Fact term={t("device.addresses")}>
          {device.addresses.length === 0
            ? "–"
            : device.addresses.map((address) => (
                <div key={address}>
                  <Inert text={address} />
                </div>
              ))}
        </Fact>
        {interfaces.map((each, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a device may name two interfaces alike; the order is all there is
          <DescriptionListGroup key={index}>
            <DescriptionListTerm className="any-length">
              <Said text={each.name} />
            </DescriptionListTerm>
            <DescriptionListDescription className="any-length">
              {each.addresses.map((address) => (
                <div key={address}>
                  <Inert text={address} />
                </div>
              ))}
              {each.mac !== null && (
                <div className="secondary">
                  <Inert text={each.mac} />
                </div>
              )}
            </DescriptionListDescription>
          </DescriptionListGroup>
        ))}
      </Facts>
    </Section>
  );
}
