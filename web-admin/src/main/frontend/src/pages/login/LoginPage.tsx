import {
  Button,
  Card,
  CardBody,
  CardTitle,
  Form,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  TextInput,
} from "@patternfly/react-core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { readSetting, writeSetting } from "../../app/settings";
import { safeNext } from "../../app/signIn";
import { useTheme } from "../../app/theme";
import { usePageTitle } from "../../app/titles";
import { LANGUAGES, useTexts } from "../../i18n";

/** Asks for the domain, and for nothing else: user and password are asked for by the domain's own identity provider. */
export function LoginPage() {
  const { t, code, language, setLanguage } = useTexts();
  useTheme();
  usePageTitle(t("login.title"));
  const [search] = useSearchParams();
  const error = search.get("error");
  const reference = search.get("reference");
  const factor = search.get("factor");
  const [domain, setDomain] = useState(readSetting("domain") ?? "");
  const next = safeNext(search.get("next"));
  const sentence = error === null ? null : code("login.error", error);
  const known = sentence === error ? t("login.error.refused") : sentence;
  return (
    <main className="login">
      <Card className="login__card">
        <CardTitle component="h1">
          <span className="login__brand">
            <img src="/icon.svg" alt="" width="32" height="32" />
            <span className="brand">Bascule</span>
          </span>
          <span className="login__heading">{t("login.title")}</span>
        </CardTitle>
        <CardBody>
          {/* A plain form: it works by itself, and the address that it leads to can be kept as a bookmark. */}
          <Form method="get" action="/login" onSubmit={() => writeSetting("domain", domain.trim())}>
            {error !== null && (
              <Notice variant="danger" isInline role="alert" title={known}>
                {reference !== null && t("problem.reference", { reference: inertText(reference.slice(0, 64)) })}
              </Notice>
            )}
            <FormGroup label={t("login.domain")} isRequired fieldId="domain">
              <TextInput
                id="domain"
                name="domain"
                value={domain}
                onChange={(_event, value) => setDomain(value)}
                isRequired
                autoFocus
                maxLength={200}
                autoCapitalize="none"
                autoComplete="organization"
                spellCheck={false}
                validated={error === "domain" ? "error" : "default"}
                aria-describedby="domain-help"
              />
              <FormHelperText>
                <HelperText>
                  <HelperTextItem id="domain-help">{t("login.help")}</HelperTextItem>
                </HelperText>
              </FormHelperText>
            </FormGroup>
            {next !== null && <input type="hidden" name="next" value={next} />}
            {(factor === "fresh" || factor === "required") && <input type="hidden" name="factor" value={factor} />}
            <Button type="submit" variant="primary" isBlock>
              {t("login.submit")}
            </Button>
          </Form>
        </CardBody>
      </Card>
      <div className="login__language">
        <FormSelect
          aria-label={t("shell.language")}
          value={language}
          onChange={(_event, value) => setLanguage(LANGUAGES.find((each) => each === value) ?? "en")}
        >
          {LANGUAGES.map((each) => (
            <FormSelectOption key={each} value={each} label={t(`language.${each}`)} lang={each} />
          ))}
        </FormSelect>
      </div>
    </main>
  );
}
