import { Button, Checkbox, TextArea } from "@patternfly/react-core";
import { useId, useState } from "react";
import { useTexts } from "../../i18n";
import { canReadClipboard, mayReadClipboard, putOnClipboard, takeFromClipboard } from "./localClipboard";

interface ClipboardPanelProps {
  /** Null if the text of this page may go to the device, or the reason why not. */
  readonly toDevice: string | null;
  readonly fromDevice: string | null;
  /** What the device's clipboard had last. */
  readonly received: string;
  /** What is copied elsewhere goes to the device by itself. */
  readonly follows: boolean;
  readonly onFollows: (follows: boolean) => void;
  /** @returns a sentence why it was not sent, or null */
  readonly onSend: (text: string) => string | null;
}

/** The clipboard both ways by hand, which works where the browser does not let pages do it. */
export function ClipboardPanel({ toDevice, fromDevice, received, follows, onFollows, onSend }: ClipboardPanelProps) {
  const { t } = useTexts();
  const id = useId();
  const [text, setText] = useState("");
  const [said, setSaid] = useState("");
  const follow = async (on: boolean) => {
    // the browser asks its user, and then lets the page read it or not
    const may = !on || ((await takeFromClipboard()) !== null && (await mayReadClipboard()));
    if (may) onFollows(on);
    setSaid(may ? "" : t("desktop.clipboard.forbidden"));
  };
  return (
    <section className="desktop-clipboard" aria-label={t("desktop.clipboard")}>
      <div>
        {toDevice === null ? (
          <>
            <label htmlFor={`${id}-to`}>{t("desktop.clipboard.to")}</label>
            <TextArea
              id={`${id}-to`}
              rows={2}
              resizeOrientation="vertical"
              value={text}
              onChange={(_event, next) => setText(next)}
            />
            <div className="desktop-clipboard__actions">
              <Button
                variant="secondary"
                size="sm"
                isDisabled={text === ""}
                onClick={() => setSaid(onSend(text) ?? t("desktop.clipboard.sent"))}
              >
                {t("desktop.clipboard.send")}
              </Button>
              {canReadClipboard() && (
                <Button
                  variant="link"
                  size="sm"
                  onClick={async () => {
                    const taken = await takeFromClipboard();
                    if (taken === null) setSaid(t("desktop.clipboard.forbidden"));
                    else setText(taken);
                  }}
                >
                  {t("desktop.clipboard.take")}
                </Button>
              )}
            </div>
            {canReadClipboard() && (
              <Checkbox
                id={`${id}-follows`}
                label={t("desktop.clipboard.follow")}
                description={t("desktop.clipboard.followHelp")}
                isChecked={follows}
                onChange={(_event, on) => void follow(on)}
              />
            )}
          </>
        ) : (
          <>
            <span>{t("desktop.clipboard.to")}</span>
            <p className="secondary">{toDevice}</p>
          </>
        )}
      </div>
      <div>
        {fromDevice === null ? (
          <>
            <label htmlFor={`${id}-from`}>{t("desktop.clipboard.from")}</label>
            <TextArea id={`${id}-from`} rows={2} resizeOrientation="vertical" readOnly value={received} />
            <div className="desktop-clipboard__actions">
              <Button
                variant="secondary"
                size="sm"
                isDisabled={received === ""}
                onClick={async () =>
                  setSaid(
                    t((await putOnClipboard(received)) ? "desktop.clipboard.copied" : "desktop.clipboard.forbidden"),
                  )
                }
              >
                {t("desktop.clipboard.copy")}
              </Button>
            </div>
          </>
        ) : (
          <>
            <span>{t("desktop.clipboard.from")}</span>
            <p className="secondary">{fromDevice}</p>
          </>
        )}
      </div>
      <p role="status" className="desktop-clipboard__said">
        {said}
      </p>
    </section>
  );
}
