package org.bascule.agent.desktop.rfb;

import java.io.IOException;

/** Makes JPEG of a part of a frame. For one thread. */
interface Jpeg {

    /**
     * Appends length (Tight's) and image.
     *
     * @param quality 1 to 100
     * @param fullColour whether colours have the resolution of brightness
     */
    void encode(Packet out, Frame frame, Rect rect, int quality, boolean fullColour) throws IOException;

    /** The fast one where libjpeg-turbo is installed, otherwise the runtime's own. */
    static Jpeg best() {
        try {
            return new TurboJpeg();
        } catch (LinkageError | IllegalStateException e) {
            return new ImageIoJpeg();
        }
    }
}
