import type { useTexts } from "../i18n";
import { inertText } from "./inert";

const TARGET = /^(tcp|vnc):(device|[0-9.]{7,15}|\[[0-9a-f:]{2,39}\])(?::([1-9][0-9]{0,4}))?$/;

/** What a session may do, in words; an operation that this version does not know is shown as it is, without what could deceive. */
export function operationText({ t, code }: Pick<ReturnType<typeof useTexts>, "t" | "code">, operation: string): string {
  const target = TARGET.exec(operation);
  if (target !== null) {
    const [, kind, host = "", port] = target;
    if (kind === "vnc" && port !== undefined) {
      return host === "device" ? t("vnc.device", { port }) : t("vnc.host", { host, port });
    }
    if (host === "device") {
      return port === undefined ? t("forward.device") : t("forward.devicePort", { port });
    }
    return port === undefined ? t("forward.host", { host }) : t("forward.hostPort", { host, port });
  }
  // whoever watches has the session that he watches in his operation
  return inertText(code("operation", operation.startsWith("watch:") ? "watch" : operation));
}
