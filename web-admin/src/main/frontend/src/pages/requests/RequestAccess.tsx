import { Button } from "@patternfly/react-core";
import { KeyIcon } from "@patternfly/react-icons";
import { lazy, Suspense } from "react";
import type { ResourceRef } from "../../api/principal";
import { useDialogs } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";

const RequestAccessDialog = lazy(async () => ({
  default: (await import("./RequestAccessDialog")).RequestAccessDialog,
}));

interface RequestAccessProps {
  readonly resource: Pick<ResourceRef, "id" | "name" | "kind">;
  /** What is missing: chosen from the start, and can be changed. */
  readonly permissions: readonly string[];
  readonly variant?: "primary" | "secondary" | "link";
  readonly size?: "sm" | "default";
}

/** "Request access", wherever something is missing to do what a page offers. The dialog is loaded when it is opened. */
export function RequestAccess({ resource, permissions, variant = "secondary", size = "default" }: RequestAccessProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  return (
    <Button
      variant={variant}
      size={size}
      icon={<KeyIcon />}
      aria-label={t("requests.askFor", { resource: inertText(resource.name) })}
      onClick={() =>
        dialogs.open((close) => (
          <Suspense fallback={null}>
            <RequestAccessDialog resource={{ path: [], ...resource }} permissions={permissions} onClose={close} />
          </Suspense>
        ))
      }
    >
      {t("requests.ask")}
    </Button>
  );
}
