/** What noVNC 1.7.0 puts between its other drawing, in order; another version may not have it. */
interface Display {
  imageRect?(x: number, y: number, width: number, height: number, type: string, bytes: Uint8Array<ArrayBuffer>): void;
  videoFrame?(x: number, y: number, width: number, height: number, picture: Picture): void;
}

type Drawable = CanvasImageSource & { close(): void };

interface Picture {
  ready: boolean;
  /** It is drawn and closed. */
  frame: Drawable | null;
  readonly promise: Promise<void>;
}

/**
 * Decodes pictures where the page's thread is not, if the browser can (WebCodecs). noVNC makes an address of each (`data:`, base64), which costs that thread
 * two to four times as much, and waits for ever for one that cannot be decoded or has another size.
 *
 * @param broken a picture is none, or not what it should be
 */
export function decodeAside(display: Display | undefined, broken: () => void): void {
  if (typeof ImageDecoder === "undefined" || display?.imageRect === undefined || display.videoFrame === undefined)
    return;
  display.imageRect = (x, y, width, height, type, bytes) => {
    if (width === 0 || height === 0) return;
    const promise = decoded(bytes, type, width, height)
      .catch(() => {
        broken();
        return nothing();
      })
      .then((frame) => {
        picture.frame = frame;
        picture.ready = true;
      });
    const picture: Picture = { ready: false, frame: null, promise };
    display.videoFrame?.(x, y, width, height, picture);
  };
}

async function decoded(bytes: Uint8Array<ArrayBuffer>, type: string, width: number, height: number): Promise<Drawable> {
  // it copies them: noVNC uses its buffer again
  const decoder = new ImageDecoder({ data: bytes, type });
  try {
    const { image } = await decoder.decode();
    if (image.displayWidth === width && image.displayHeight === height) return image;
    image.close();
    throw new RangeError("a picture of another size");
  } finally {
    decoder.close();
  }
}

/** Draws nothing, so that what waits behind it goes on. */
function nothing(): Drawable {
  return Object.assign(document.createElement("canvas"), { close: () => undefined });
}
