import { Label, LabelGroup } from "@patternfly/react-core";
import {
  BanIcon,
  CheckCircleIcon,
  ClusterIcon,
  FolderIcon,
  ServerIcon,
  UserIcon,
  UsersIcon,
} from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { type Effect, PERMISSION_KINDS, type PermissionKind, type Validity, WEEKDAYS } from "../../api/access";
import type { AskedResource, EntryPrincipal, Principal, ResourceRef } from "../../api/principal";
import { Inert, inertText } from "../../app/inert";
import { AbsoluteTime } from "../../app/time";
import { useTexts } from "../../i18n";
import { catalogueQuery } from "./queries";

/** A person or a group, told apart by sign and by word. */
export function PrincipalName({
  principal,
  link = false,
}: {
  readonly principal: EntryPrincipal;
  readonly link?: boolean;
}) {
  const { t } = useTexts();
  const seen = principal.name !== null;
  const name =
    principal.name === null ? (
      <span className="secondary">{t("principal.unseen")}</span>
    ) : (
      <Inert text={principal.name} />
    );
  return (
    <span className="named">
      {principal.kind === "group" ? <UsersIcon /> : <UserIcon />}
      <span className="pf-v6-screen-reader">{t(`principal.${principal.kind}`)}: </span>
      {link && seen ? <Link to={principalAddress(principal)}>{name}</Link> : name}
    </span>
  );
}

/** What somebody is called in a sentence, also where the caller does not see who it is. */
export function usePrincipalText(): (principal: EntryPrincipal) => string {
  const { t } = useTexts();
  return (principal) => (principal.name === null ? t("principal.unseen") : inertText(principal.name));
}

export function principalAddress(principal: Pick<Principal, "id" | "kind">): string {
  return `/people/${principal.kind}s/${principal.id}`;
}

const RESOURCE_ICONS: Readonly<Record<ResourceRef["kind"], ReactNode>> = {
  folder: <FolderIcon />,
  device: <ServerIcon />,
  "sub-device": <ClusterIcon />,
  user: <UserIcon />,
  group: <UsersIcon />,
};

interface ResourceNameProps {
  readonly resource: AskedResource;
  /** Where the name leads, if it is seen. */
  readonly to?: string;
  /** Whether the folders above stand below the name. */
  readonly withPath?: boolean;
}

/** A resource by its name, and where it is. */
export function ResourceName({ resource, to, withPath = true }: ResourceNameProps) {
  const { t } = useTexts();
  const name =
    resource.name === null ? <span className="secondary">{t("resource.unseen")}</span> : <Inert text={resource.name} />;
  return (
    <span className="named">
      {RESOURCE_ICONS[resource.kind]}
      <span className="pf-v6-screen-reader">{t(`resource.${resource.kind}`)}: </span>
      <span>
        {to === undefined || resource.name === null ? name : <Link to={to}>{name}</Link>}
        {withPath && resource.path.length > 0 && (
          <span className="secondary named__path">
            {resource.path.map((folder) => inertText(folder.name)).join(" › ")}
          </span>
        )}
      </span>
    </span>
  );
}

/** What a resource is called in a sentence, also where the caller does not see it. */
export function useResourceText(): (resource: AskedResource) => string {
  const { t } = useTexts();
  return (resource) => (resource.name === null ? t("resource.unseen") : inertText(resource.name));
}

/** The words for a permission. */
export function usePermissionName(): (code: string) => string {
  const { code } = useTexts();
  const catalogue = useQuery(catalogueQuery).data;
  return (permission) => {
    const known = code("permission", permission);
    if (known !== permission) return known;
    return inertText(catalogue?.permissions.find((each) => each.code === permission)?.text ?? permission);
  };
}

/** What is to be known about a permission beside its name; null if that says all. */
export function usePermissionHelp(): (permission: { readonly code: string; readonly used: boolean }) => string | null {
  const { t, code } = useTexts();
  return (permission) => {
    if (!permission.used) return t("permission.unused");
    const help = code("permissionHelp", permission.code);
    return help === permission.code ? null : help;
  };
}

/** Allowed or denied: word, sign and colour. */
export function EffectLabel({ effect }: { readonly effect: Effect }) {
  const { t } = useTexts();
  return effect === "allow" ? (
    <Label isCompact color="green" icon={<CheckCircleIcon />}>
      {t("effect.allow")}
    </Label>
  ) : (
    <Label isCompact color="red" icon={<BanIcon />}>
      {t("effect.deny")}
    </Label>
  );
}

interface PermissionLabelsProps {
  readonly permissions: readonly string[];
  /** Names the whole group for those who do not see it. */
  readonly label: string;
}

/** Permissions as labels, by kind; all of a kind together are one label. */
export function PermissionLabels({ permissions, label }: PermissionLabelsProps) {
  const { t } = useTexts();
  const name = usePermissionName();
  const catalogue = useQuery(catalogueQuery).data;
  const kindOf = (code: string): PermissionKind =>
    catalogue?.permissions.find((each) => each.code === code)?.kind ?? "administration";
  return (
    <div className="permission-labels">
      {PERMISSION_KINDS.map((kind) => {
        const all = (catalogue?.permissions ?? []).filter((each) => each.kind === kind);
        const codes = inOrder(catalogue?.permissions ?? [], permissions).filter((code) => kindOf(code) === kind);
        if (codes.length === 0) return null;
        const everything = all.length > 1 && all.every((each) => codes.includes(each.code));
        return (
          <LabelGroup
            key={kind}
            isCompact
            aria-label={`${label}: ${t(`permission.kind.${kind}`)}`}
            numLabels={everything ? 1 : 8}
            collapsedText={t(everything ? "permission.each" : "permission.more", {
              count: codes.length - (everything ? 0 : 8),
            })}
            expandedText={t("permission.fewer")}
          >
            {[
              ...(everything ? [<PermissionLabel key="*" kind={kind} text={t(`permission.all.${kind}`)} />] : []),
              ...codes.map((code) => <PermissionLabel key={code} kind={kind} text={name(code)} />),
            ]}
          </LabelGroup>
        );
      })}
    </div>
  );
}

function PermissionLabel({ kind, text }: { readonly kind: PermissionKind; readonly text: string }) {
  return (
    <Label isCompact variant="outline" color={kind === "administration" ? "purple" : "blue"}>
      {text}
    </Label>
  );
}

/** Codes in the order of the catalogue; unknown ones at the end. */
export function inOrder(catalogue: readonly { readonly code: string }[], codes: readonly string[]): readonly string[] {
  const place = new Map(catalogue.map((each, index) => [each.code, index]));
  return [...codes].sort((a, b) => (place.get(a) ?? 1_000) - (place.get(b) ?? 1_000));
}

/** When an entry counts, in words. */
export function ValidityText({ validity }: { readonly validity: Validity }) {
  const { t } = useTexts();
  const { from, until, window } = validity;
  if (from === null && until === null && window === null) return <>{t("validity.always")}</>;
  return (
    <>
      {from !== null && (
        <div>
          {t("validity.from")} <AbsoluteTime time={from} />
        </div>
      )}
      {until !== null && (
        <div>
          {t("validity.until")} <AbsoluteTime time={until} />
        </div>
      )}
      {window !== null && (
        <div>
          {WEEKDAYS.filter((day) => window.days.includes(day))
            .map((day) => t(`weekday.short.${day}`))
            .join(", ")}{" "}
          {window.start}–{window.end} <span className="secondary">{inertText(window.zone)}</span>
        </div>
      )}
    </>
  );
}

/** "1 device", "214 devices". */
export function useCounted(): (n: number) => string {
  const { t } = useTexts();
  return (n) => (n === 1 ? t("count.device") : t("count.devices", { count: n }));
}

/** A number of folders, users and groups. */
export function useCountedPlaces(): (n: number) => string {
  const { t } = useTexts();
  return (n) => (n === 1 ? t("count.place") : t("count.places", { count: n }));
}
