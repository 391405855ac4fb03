package org.bascule.agent.desktop.rfb;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where pictures come from: the way into a display server of whatever kind. For one thread. Every method throws when the display is gone. */
public interface PictureSource {

    /** Waits until something on the screen may have changed; false after so many milliseconds. */
    boolean awaitChange(int millis) throws IOException;

    /** The picture as it is now. */
    Frame grab() throws IOException;

    /** The pointer's shape if it has changed since the last call. */
    @Nullable
    CursorImage takeCursor() throws IOException;

    /** Whether the pointer is to be part of the picture: for somebody who does not move it. */
    void showPointer(boolean shown);
}
