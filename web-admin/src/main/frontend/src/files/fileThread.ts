import type { FromWorker, ToWorker } from "./fileWorker";
import workerAddress from "./fileWorker.ts?worker&url";

interface ScriptPolicies {
  /** Where there is none, a browser takes the address as it is. */
  readonly trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(text: string): string };
  };
}

/** The site's pages take programs only from addresses that somebody vouches for (`require-trusted-types-for`): here it is the one. */
const vouchedFor =
  (globalThis as ScriptPolicies).trustedTypes
    ?.createPolicy("bascule-files", { createScriptURL: () => workerAddress })
    .createScriptURL("") ?? workerAddress;

/** A thread of its own for a file ({@link file://./fileWorker.ts}). */
export class FileThread {
  readonly #worker = new Worker(vouchedFor, { type: "module" });
  readonly #answers: ((answer: FromWorker) => void)[] = [];
  #ended = false;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#answers.shift()?.(data);
    // a programme that could not be loaded answers nothing, now or later
    this.#worker.onerror = () => {
      this.end();
      for (const answer of this.#answers.splice(0)) answer({ failed: "UnknownError" });
    };
  }

  /** @throws DOMException of what failed there */
  async ask(message: ToWorker, transfer: Transferable[] = []): Promise<FromWorker> {
    if (this.#ended) throw new DOMException("", "InvalidStateError");
    return new Promise((resolve, reject) => {
      this.#answers.push((answer) => {
        if (answer.failed === undefined) resolve(answer);
        else reject(new DOMException("", answer.failed));
      });
      this.#worker.postMessage(message, transfer);
    });
  }

  /** At once; nothing is answered any more. */
  end(): void {
    this.#ended = true;
    this.#worker.terminate();
  }
}
