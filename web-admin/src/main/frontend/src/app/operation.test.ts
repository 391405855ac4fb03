import { describe, expect, it } from "vitest";
import { operationText } from "./operation";

const texts = {
  t: ((key: string, values: Record<string, unknown> = {}) => `${key} ${JSON.stringify(values)}`) as never,
  code: (prefix: string, code: string) => `${prefix}.${code}`,
};

describe("operationText", () => {
  it("says where connections lead", () => {
    expect(operationText(texts, "tcp:192.168.1.7:443")).toBe('forward.hostPort {"host":"192.168.1.7","port":"443"}');
    expect(operationText(texts, "tcp:[fe80:0:0:0:0:0:0:7]")).toBe('forward.host {"host":"[fe80:0:0:0:0:0:0:7]"}');
    expect(operationText(texts, "tcp:device:22")).toBe('forward.devicePort {"port":"22"}');
    expect(operationText(texts, "tcp:device")).toBe("forward.device {}");
    expect(operationText(texts, "vnc:device:5900")).toBe('vnc.device {"port":"5900"}');
    expect(operationText(texts, "vnc:192.168.1.7:5901")).toBe('vnc.host {"host":"192.168.1.7","port":"5901"}');
  });

  it("leaves other operations to their words, and shows what is none as it is", () => {
    expect(operationText(texts, "file-read")).toBe("operation.file-read");
    expect(operationText(texts, "watch:00")).toBe("operation.watch");
    expect(operationText(texts, "tcp:evil\u202e.example:443")).not.toContain("\u202e");
  });
});
