import { Button, Card, CardBody, CardTitle } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { Factor } from "../../api/account";
import { Inert, inertText } from "../../app/inert";
import { AbsoluteTime, RelativeTime } from "../../app/time";
import { useTexts } from "../../i18n";
import { Loaded } from "./Loaded";
import { factorsQuery } from "./queries";

/** What the identity provider can be asked to do with one's own account. */
const ACTIONS = ["password", "totp", "passkey", "recovery-codes"] as const;

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
              <FactorList factors={items} />
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
            <Button key={action} variant="secondary" component="a" href={`/account/start?do=${action}&next=/account`}>
              {t(`factors.do.${action}`)}
            </Button>
          ))}
        </div>
      </CardBody>
    </Card>
  );
}

/** What somebody shows that he is himself by; says when nothing of it is a second factor. */
export function FactorList({ factors }: { readonly factors: readonly Factor[] }) {
  const { t, code } = useTexts();
  return (
    <>
      {factors.length > 0 && (
        <ul className="rows">
          {factors.map((each) => (
            <li key={`${each.kind} ${each.label} ${each.created?.getTime()}`}>
              <span>
                {inertText(code("factor", each.kind))}
                {each.label !== null && each.label !== "" && (
                  <>
                    {": "}
                    <Inert text={each.label} />
                  </>
                )}
              </span>
              {each.created !== null && (
                <span className="secondary">
                  {t("factors.since")} <AbsoluteTime time={each.created} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {factors.every((each) => each.kind === "password") && <p className="secondary">{t("factors.none")}</p>}
    </>
  );
}
