import { Button, Card, CardBody, CardTitle } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { Factor } from "../../api/account";
import { inertText } from "../../app/inert";
import { AbsoluteTime, RelativeTime } from "../../app/time";
import { useTexts } from "../../i18n";
import { Loaded } from "./Loaded";
import { factorsQuery } from "./queries";

/** What the identity provider can be asked to do with one's own account. */
const ACTIONS = ["password", "totp", "passkey", "passkey-login", "recovery-codes"] as const;

/** The address that leads to the identity provider, and back here. */
function start(action: string, factor?: string): string {
  return `/account/start?${new URLSearchParams({
    do: action,
    ...(factor === undefined ? {} : { factor }),
    next: "/account",
  })}`;
}

/** By what one signs in; a change is made at the identity provider, which leads back here. */
export function FactorsCard() {
  const { t } = useTexts();
  const factors = useQuery(factorsQuery);
  return (
    <Card>
      <CardTitle component="h2">{t("factors.title")}</CardTitle>
      <CardBody>
        <Loaded query={factors} failure={t("factors.failure")}>
          {({ items, required, provedAt }) => (
            <>
              <FactorList factors={items} removal={(id) => start("remove", id)} />
              {required && <p>{t("factors.required")}</p>}
              {provedAt !== null && (
                <p className="secondary">
                  {t("factors.proved")} <RelativeTime time={provedAt} />
                </p>
              )}
            </>
          )}
        </Loaded>
        <div className="button-row">
          {ACTIONS.map((action) => (
            <Button key={action} variant="secondary" component="a" href={start(action)}>
              {t(`factors.do.${action}`)}
            </Button>
          ))}
        </div>
      </CardBody>
    </Card>
  );
}

interface FactorListProps {
  readonly factors: readonly Factor[];
  /** Where one goes to take one of his own away; others' are not taken away one by one. */
  readonly removal?: (id: string) => string;
}

/** What somebody shows that he is himself by; says when nothing of it is a second factor. */
export function FactorList({ factors, removal }: FactorListProps) {
  const { t, code } = useTexts();
  return (
    <>
      {factors.length > 0 && (
        <ul className="rows">
          {factors.map((each) => {
            const kind = inertText(code("factor", each.kind));
            // the label of recovery codes is Keycloak's own, the same words in the language of that day
            const label = each.kind === "recovery-codes" ? "" : (each.label ?? "");
            const name = label === "" ? kind : `${kind}: ${inertText(label)}`;
            return (
              <li key={`${each.kind} ${each.label} ${each.created?.getTime()}`}>
                <bdi className="inert">{name}</bdi>
                <span className="button-row">
                  {each.created !== null && (
                    <span className="secondary">
                      {t("factors.since")} <AbsoluteTime time={each.created} />
                    </span>
                  )}
                  {removal !== undefined && each.kind !== "password" && each.id !== null && (
                    <Button
                      variant="link"
                      size="sm"
                      isInline
                      component="a"
                      href={removal(each.id)}
                      aria-label={t("factors.remove", { name })}
                    >
                      {t("members.remove")}
                    </Button>
                  )}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {factors.every((each) => each.kind === "password") && <p className="secondary">{t("factors.none")}</p>}
    </>
  );
}
