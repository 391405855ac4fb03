import { AlertActionCloseButton, AlertGroup } from "@patternfly/react-core";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import { asProblem } from "../api/problem";
import { useTexts } from "../i18n";
import { Notice } from "./notice";
import { problemReference, problemSentence } from "./problems";

type Variant = "success" | "danger" | "info" | "warning";

interface Toast {
  readonly id: number;
  readonly variant: Variant;
  readonly title: string;
  readonly detail: string | null;
}

interface Toasts {
  readonly say: (variant: Variant, title: string, detail?: string) => void;
  /** Says that something failed, why, and the reference to find it in the log. */
  readonly fail: (title: string, error: unknown) => void;
}

const Context = createContext<Toasts | null>(null);

/** Short messages about what an action did. A failure stays until it is read and closed. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const texts = useTexts();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const next = useRef(1);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const say = useCallback((variant: Variant, title: string, detail?: string) => {
    const id = next.current++;
    setToasts((all) => [...all.slice(-4), { id, variant, title, detail: detail ?? null }]);
  }, []);
  const value = useMemo<Toasts>(
    () => ({
      say,
      fail: (title, error) => {
        const problem = asProblem(error);
        say("danger", title, [problemSentence(texts, problem), problemReference(texts, problem)].join(" ").trim());
      },
    }),
    [say, texts],
  );
  return (
    <Context value={value}>
      {children}
      <AlertGroup isToast isLiveRegion aria-label={texts.t("toasts.label")}>
        {toasts.map((toast) => (
          <Notice
            key={toast.id}
            variant={toast.variant}
            title={toast.title}
            timeout={toast.variant === "danger" ? false : 6000}
            onTimeout={() => close(toast.id)}
            actionClose={
              <AlertActionCloseButton
                aria-label={texts.t("action.close")}
                title={texts.t("action.close")}
                onClose={() => close(toast.id)}
              />
            }
          >
            {toast.detail}
          </Notice>
        ))}
      </AlertGroup>
    </Context>
  );
}

export function useToasts(): Toasts {
  const toasts = useContext(Context);
  if (toasts === null) throw new Error("useToasts needs a ToastProvider above it");
  return toasts;
}
