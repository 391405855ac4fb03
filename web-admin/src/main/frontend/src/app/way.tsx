import { useTexts } from "../i18n";

interface WayProps {
  /** Milliseconds from the client to the relay and back; null if it is not known. */
  readonly client: number | null;
  /** The same from the device. */
  readonly device: number | null;
}

/** The two parts of the way over a relay, as both ends measured them: `12 ms + 8 ms`. Nothing if neither did. */
export function Way({ client, device }: WayProps) {
  const { t } = useTexts();
  if (client === null && device === null) return null;
  const part = (ms: number | null) => (ms === null ? "–" : t("way.ms", { ms }));
  const words = [
    client === null ? t("way.clientUnknown") : t("way.client", { ms: client }),
    device === null ? t("way.deviceUnknown") : t("way.device", { ms: device }),
  ].join(", ");
  return (
    <>
      <span aria-hidden="true" title={words} className="way">
        {part(client)} + {part(device)}
      </span>
      <span className="pf-v6-screen-reader">{words}</span>
    </>
  );
}
