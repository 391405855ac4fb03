import { Alert, type AlertProps } from "@patternfly/react-core";
import { useTexts } from "../i18n";

type NoticeProps = Omit<AlertProps, "component" | "variantLabel" | "variant"> & {
  readonly variant: "success" | "danger" | "warning" | "info";
};

/** PatternFly's alert in the language of the page, without a heading that would break the order of the page's own. */
export function Notice({ variant, ...rest }: NoticeProps) {
  const { t } = useTexts();
  return <Alert component="p" variant={variant} variantLabel={t(`notice.${variant}`)} {...rest} />;
}
