import { Button, EmptyState, EmptyStateBody, PageSection, Skeleton, Title } from "@patternfly/react-core";
import { KeyIcon, PlusCircleIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { asProblem } from "../../api/problem";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { NotFoundPage, ProblemAlert } from "../../app/problems";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { FolderPanel } from "../devices/FolderPanel";
import { AccessTabs } from "./AccessTabs";
import { CutOff } from "./CutOff";
import { useChosenPlace } from "./chosen";
import { AddEntryDialog, ChangeGrantDialog, InheritanceDialog, RemoveGrantDialog } from "./dialogs";
import { GrantTable } from "./GrantTable";
import { usePrincipalText } from "./names";
import { PlacePicker } from "./pickers";
import type { PlaceDetail } from "./place";
import { entriesOnQuery, type Grant, levels } from "./queries";

/** Who is given or denied what on one resource: set there, and coming from above. */
export function AccessPage() {
  const { t } = useTexts();
  const [, setSearch] = useSearchParams();
  const chosen = useChosenPlace(true);
  const { place } = chosen;
  usePageTitle(place === null ? t("access.title") : `${place.name} · ${t("access.title")}`);
  return (
    <>
      <AccessTabs active="resource" />
      <PageSection className="devices" isFilled>
        <FolderPanel
          selected={place?.kind === "device" ? (place.path.at(-1)?.id ?? null) : chosen.id}
          all={null}
          name={place?.name ?? ""}
          href={(folder) => `/access?resource=${folder}`}
        />
        <div className="stack">
          <PlacePicker
            label={t("access.choose")}
            kinds={["device", "folder"]}
            chosen={place}
            onChoose={(next) => setSearch((before) => withSearch(before, { resource: next.id }))}
          />
          {place !== null ? (
            <OnePlace key={place.id} place={place} />
          ) : chosen.pending ? (
            <Skeleton screenreaderText={t("loading")} />
          ) : chosen.error !== null ? (
            asProblem(chosen.error).code === "not-found" ? (
              <NotFoundPage />
            ) : (
              <ProblemAlert title={t("access.placeFailure")} error={chosen.error} retry={chosen.reload} />
            )
          ) : (
            <EmptyState headingLevel="h2" icon={KeyIcon} titleText={t("access.noPlace")} variant="sm">
              <EmptyStateBody>{t("access.noPlaceBody")}</EmptyStateBody>
            </EmptyState>
          )}
        </div>
      </PageSection>
    </>
  );
}

function OnePlace({ place }: { readonly place: PlaceDetail }) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const may = place.permissions.includes("manage-permissions");
  const entries = useQuery(entriesOnQuery(place.id));
  const add = (
    <Button
      variant="primary"
      icon={<PlusCircleIcon />}
      onClick={() => dialogs.open((close) => <AddEntryDialog place={place} onClose={close} />)}
    >
      {t("entry.add")}
    </Button>
  );
  const switchInheritance = () => dialogs.open((close) => <InheritanceDialog place={place} onClose={close} />);
  const shown = levels(place.id, entries.data?.items ?? []);
  return (
    <>
      <div className="section-head">
        <Title headingLevel="h2" size="xl" className="any-length">
          {t("access.on")} <Inert text={place.name} />
        </Title>
        <div className="button-row">
          {may && add}
          {may && place.inherit && place.path.length > 0 && (
            <Button variant="secondary" onClick={switchInheritance}>
              {t("inherit.stopButton")}
            </Button>
          )}
        </div>
      </div>
      {!place.inherit && (
        <Notice
          variant="info"
          isInline
          title={t("inherit.blocked")}
          actionLinks={
            may ? (
              <Button variant="link" isInline onClick={switchInheritance}>
                {t("inherit.again")}
              </Button>
            ) : undefined
          }
        >
          {t("inherit.blockedBody")}
        </Notice>
      )}
      {entries.isError ? (
        <ProblemAlert title={t("entry.failure")} error={entries.error} retry={() => void entries.refetch()} />
      ) : entries.isPending ? (
        <Skeleton screenreaderText={t("loading")} />
      ) : (
        <>
          <section aria-labelledby="set-here">
            <Title headingLevel="h3" id="set-here">
              {t("access.here")}
            </Title>
            {shown.own.length === 0 ? (
              <p className="secondary">{t(may ? "access.noneHere" : "access.noneHereSeen")}</p>
            ) : (
              <GrantTable
                label={t("access.hereOn", { resource: inertText(place.name) })}
                grants={shown.own}
                by="principal"
                {...(may ? { actions: (grant: Grant) => <GrantActions grant={grant} /> } : {})}
              />
            )}
          </section>
          {shown.above.map(({ resource, grants }) => (
            <section key={resource.id} aria-labelledby={`from-${resource.id}`}>
              <Title headingLevel="h3" id={`from-${resource.id}`} className="any-length">
                {t("access.from")}{" "}
                <Link to={`/access?resource=${resource.id}`}>
                  <Inert text={resource.name} />
                </Link>
              </Title>
              <GrantTable
                label={t("access.fromOf", { resource: inertText(resource.name) })}
                grants={grants}
                by="principal"
              />
            </section>
          ))}
          {may && place.kind === "folder" && <CutOff folder={place.id} />}
          {entries.data.more && <p className="secondary">{t("entry.more")}</p>}
        </>
      )}
    </>
  );
}

function GrantActions({ grant }: { readonly grant: Grant }) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const principalText = usePrincipalText();
  if (!grant.editable) return <span className="secondary">{t("entry.notEditable")}</span>;
  const principal = principalText(grant.principal);
  return (
    <div className="button-row">
      <Button
        variant="secondary"
        size="sm"
        aria-label={t("entry.changeOf", { principal })}
        onClick={() => dialogs.open((close) => <ChangeGrantDialog grant={grant} onClose={close} />)}
      >
        {t("entry.change")}
      </Button>
      <Button
        variant="secondary"
        size="sm"
        isDanger
        aria-label={t("entry.removeOf", { principal })}
        onClick={() => dialogs.open((close) => <RemoveGrantDialog grant={grant} onClose={close} />)}
      >
        {t("entry.remove")}
      </Button>
    </div>
  );
}
