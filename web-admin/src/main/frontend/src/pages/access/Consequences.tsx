import { List, ListItem, Skeleton } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { Preview, PreviewEffect } from "../../api/access";
import type { EntryPrincipal } from "../../api/principal";
import { Notice } from "../../app/notice";
import { ProblemAlert } from "../../app/problems";
import { meQuery } from "../../app/queries";
import { useTexts } from "../../i18n";
import { inOrder, useCounted, useCountedPlaces, usePermissionName, usePrincipalText } from "./names";
import { catalogueQuery, previewQuery, type RightsChange } from "./queries";

export interface Consequences {
  /** What to show. */
  readonly shown: ReactNode;
  /** True when the consequences are known and nobody is locked out by them. */
  readonly known: boolean;
  /** True when they could not be worked out. */
  readonly failed: boolean;
}

/** How long after the last key a change is previewed. */
const DELAY_MS = 300;

/**
 * What a change would do, before it is made; null for a change that is not whole yet. It is told under the title of its own or the usual one, with a
 * note where it has to be said how it is meant.
 */
export function useConsequences(change: RightsChange | null, itsTitle?: string, note?: string): Consequences {
  const { t } = useTexts();
  const title = itsTitle ?? t("preview.title");
  const wanted = JSON.stringify(change);
  const [settled, setSettled] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(wanted), DELAY_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const current = change !== null && settled === wanted;
  const preview = useQuery({ ...previewQuery(change ?? {}), enabled: current });
  if (change === null) return { shown: null, known: false, failed: false };
  const known = current && preview.isSuccess;
  return {
    known: known && preview.data.ownersLeft,
    failed: current && preview.isError,
    shown: (
      <section className="consequences" aria-label={title} aria-live="polite" aria-busy={!known}>
        {current && preview.isError ? (
          <ProblemAlert title={t("preview.failure")} error={preview.error} retry={() => void preview.refetch()} />
        ) : known ? (
          <Sentences preview={preview.data} title={title} note={note} />
        ) : (
          <Skeleton screenreaderText={t("preview.pending")} />
        )}
      </section>
    ),
  };
}

/** The same for contracts and qualifications: who has access right after it, with permissions that stay. */
export function useConditionConsequences(change: RightsChange | null): Consequences {
  const { t } = useTexts();
  return useConsequences(change, t("preview.conditions"), t("preview.conditionsNow"));
}

/** Permissions that one principal loses or gains on as many devices; or on no device, but elsewhere. */
export interface Together {
  readonly principal: EntryPrincipal;
  readonly permissions: readonly string[];
  readonly devices: number;
  /** Folders, users and groups; counted where there is no device. */
  readonly places: number;
  readonly users: number;
  readonly lost: boolean;
}

/** The effects as one sentence each: what is lost first. */
export function together(effects: readonly PreviewEffect[]): readonly Together[] {
  const byKey = new Map<string, Together>();
  const add = (effect: PreviewEffect, devices: number, elsewhere: number, lost: boolean) => {
    const places = devices > 0 ? 0 : elsewhere;
    if (devices === 0 && places === 0) return;
    const key = JSON.stringify([lost, effect.principal.id, devices, places, effect.users]);
    const before = byKey.get(key);
    byKey.set(key, {
      principal: effect.principal,
      devices,
      places,
      users: effect.users,
      lost,
      permissions: [...(before?.permissions ?? []), effect.permission],
    });
  };
  for (const effect of effects) add(effect, effect.lost, effect.placesLost, true);
  for (const effect of effects) add(effect, effect.gained, effect.placesGained, false);
  return [...byKey.values()];
}

/** More sentences than these are counted. */
const MOST_SENTENCES = 8;
/** More permissions than these in a sentence are counted. */
const MOST_NAMES = 5;

interface SentencesProps {
  readonly preview: Preview;
  readonly title: string;
  readonly note: string | undefined;
}

function Sentences({ preview, title, note }: SentencesProps) {
  const { t } = useTexts();
  const name = usePermissionName();
  const principalText = usePrincipalText();
  const counted = useCounted();
  const countedPlaces = useCountedPlaces();
  const catalogue = useQuery(catalogueQuery).data;
  const me = useQuery(meQuery).data;
  const all = together(preview.effects);
  const ownLoss = preview.effects.some(
    (effect) =>
      effect.principal.id === me?.user.id &&
      effect.permission === "manage-permissions" &&
      effect.lost + effect.placesLost > 0,
  );
  const names = (codes: readonly string[]) => {
    const sorted = inOrder(catalogue?.permissions ?? [], codes).map((code) => `“${name(code)}”`);
    const shown = sorted.slice(0, MOST_NAMES).join(", ");
    return sorted.length > MOST_NAMES
      ? t("preview.andMore", { names: shown, count: sorted.length - MOST_NAMES })
      : shown;
  };
  const sentence = (one: Together) => {
    const values = {
      permissions: names(one.permissions),
      devices: counted(one.devices),
      places: countedPlaces(one.places),
      principal: principalText(one.principal),
    };
    const text =
      one.devices > 0
        ? t(one.lost ? "preview.lost" : "preview.gained", values)
        : t(one.lost ? "preview.lostPlaces" : "preview.gainedPlaces", values);
    return one.principal.kind === "group" ? `${text} ${t("preview.users", { count: one.users })}` : text;
  };
  const losses = all.some((one) => one.lost) || preview.sessionsEnding > 0;
  return (
    <>
      {!preview.ownersLeft && (
        <Notice variant="danger" isInline title={t("preview.lockOut")}>
          {t("preview.lockOutBody")}
        </Notice>
      )}
      {ownLoss && (
        <Notice variant="warning" isInline title={t("preview.ownLoss")}>
          {t("preview.ownLossBody")}
        </Notice>
      )}
      <Notice variant={losses ? "warning" : "info"} isInline title={title}>
        {all.length === 0 ? (
          <p>{t("preview.nothing")}</p>
        ) : (
          <List isPlain>
            {all.slice(0, MOST_SENTENCES).map((one) => (
              <ListItem key={JSON.stringify(one)} className="any-length">
                {sentence(one)}
              </ListItem>
            ))}
            {all.length > MOST_SENTENCES && (
              <ListItem>{t("preview.more", { count: all.length - MOST_SENTENCES })}</ListItem>
            )}
          </List>
        )}
        <p>
          {preview.sessionsEnding === 0
            ? t("preview.noSessions")
            : t("preview.sessions", { count: preview.sessionsEnding })}
        </p>
        {note !== undefined && <p>{note}</p>}
      </Notice>
    </>
  );
}
