import {
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Label,
  Progress,
} from "@patternfly/react-core";
import type { ReactNode } from "react";
import type { InstallationRelay, RegionWay, RelayReport } from "../../api/installationRelay";
import { Inert, inertText } from "../../app/inert";
import { bytes, RelativeTime } from "../../app/time";
import { useTexts } from "../../i18n";
import { Words } from "../devices/Words";
import { RelayActions } from "./RelayActions";
import { Urls } from "./Urls";

interface RelayCardProps {
  readonly relay: InstallationRelay;
  /** All there are, this one too. */
  readonly all: readonly InstallationRelay[];
}

/** One relay: what it is, how it is, and what can be done with it. */
export function RelayCard({ relay, all }: RelayCardProps) {
  const { t } = useTexts();
  const { report } = relay;
  return (
    <Card isCompact component="section" aria-label={t("relays.relay", { id: inertText(relay.id) })}>
      <CardTitle component="h2">
        <span className="marked">
          <span className="any-length">
            <Inert text={report?.name ?? relay.id} />
          </span>
          <States relay={relay} />
        </span>
      </CardTitle>
      <CardBody>
        <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "8.5rem" }}>
          <Fact term={t("relays.id")}>
            <code>
              <Inert text={relay.id} />
            </code>
          </Fact>
          {report !== null && (
            <Fact term={t("relays.region")}>{report.region === "" ? "–" : <Inert text={report.region} />}</Fact>
          )}
          <Fact term={t("relays.url")}>
            <Urls relay={relay} />
          </Fact>
          {report === null ? <Fact term={t("relays.load")}>{t("relays.saysNothing")}</Fact> : <Report {...report} />}
          {relay.regions.length > 0 && (
            <Fact term={t("relays.regions")}>
              <Regions regions={relay.regions} />
            </Fact>
          )}
        </DescriptionList>
        {report !== null && <RelayActions relay={relay} all={all} />}
      </CardBody>
    </Card>
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

const COLOURS = { configured: "grey", pending: "orange", approved: "green", refused: "red" } as const;

/** Whether sessions use it, and what keeps them from that. */
function States({ relay: { configured, state, report, drain, draining, silent } }: Pick<RelayCardProps, "relay">) {
  const { t } = useTexts();
  const states = configured && state !== "configured" ? (["configured", state] as const) : [state];
  return (
    <>
      {states.map((each) => (
        <Label key={each} isCompact color={COLOURS[each]} variant="outline">
          {t(`relays.state.${each}`)}
        </Label>
      ))}
      {silent && report !== null && (
        <Label isCompact color="red">
          {t("relays.silent")} <RelativeTime time={report.lastHeartbeat} />
        </Label>
      )}
      {draining ? (
        <Label isCompact color="blue">
          {t("relays.draining")}
        </Label>
      ) : (
        drain && (
          <Label isCompact color="blue">
            {t("relays.drainAsked")}
          </Label>
        )
      )}
    </>
  );
}

function Report({ version, words, address, firstSeen, lastHeartbeat, ...load }: RelayReport) {
  const { t } = useTexts();
  return (
    <>
      <Fact term={t("relays.load")}>
        <Load {...load} />
      </Fact>
      <Fact term={t("relays.version")}>{version === "" ? "–" : <Inert text={version} />}</Fact>
      <Fact term={t("relays.words")}>
        <Words words={words} />
      </Fact>
      <Fact term={t("relays.address")}>
        <Inert text={address} />
      </Fact>
      <Fact term={t("relays.lastHeartbeat")}>
        <RelativeTime time={lastHeartbeat} />
      </Fact>
      <Fact term={t("relays.firstSeen")}>
        <RelativeTime time={firstSeen} />
      </Fact>
    </>
  );
}

/** From here on a relay counts as busy. */
const BUSY = 0.8;

function Load({
  sessions,
  capacity,
  bytesPerSecond,
  processor,
}: Pick<RelayReport, "sessions" | "capacity" | "bytesPerSecond" | "processor">) {
  const { t, locale } = useTexts();
  const full = capacity === 0 ? 1 : Math.min(1, sessions / capacity);
  const part = Math.max(full, processor / 100);
  const inSessions = t("relays.sessions", { sessions, capacity });
  const inProcessor = t("relays.processor", { processor });
  return (
    <>
      {[inSessions, t("relays.rate", { rate: bytes(bytesPerSecond, locale) }), inProcessor].join(", ")}
      <Progress
        size="sm"
        measureLocation="none"
        aria-label={t("relays.load")}
        value={100 * part}
        valueText={part > full ? inProcessor : inSessions}
        {...(part >= 1 ? { variant: "danger" as const } : part >= BUSY ? { variant: "warning" as const } : {})}
      />
    </>
  );
}

function Regions({ regions }: { readonly regions: readonly RegionWay[] }) {
  const { t } = useTexts();
  return (
    <ul className="rows">
      {regions.map(({ region, ms, count }) => (
        <li key={region}>
          <Inert text={region === "" ? "–" : region} />
          <span>
            {t("way.ms", { ms: Math.round(ms) })} <span className="secondary">{t("relays.ends", { count })}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
