package org.bascule.agent.desktop.rfb;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;

/** JPEG by libjpeg-turbo (package libturbojpeg0), from native memory to native memory. */
final class TurboJpeg implements Jpeg {

    private static final int BGRX = 3;
    private static final int SAMPLES_444 = 0;
    private static final int SAMPLES_420 = 2;
    private static final int NO_REALLOC = 1_024;
    private static final int FAST_DCT = 2_048;

    /** turbojpeg.h, version 1.2 and newer. */
    private static final class Library {
        static {
            Native.register(Library.class, "libturbojpeg.so.0");
        }

        static native Pointer tjInitCompress();

        static native long tjBufSize(int width, int height, int samples);

        @SuppressWarnings("TooManyParameters")
        static native int tjCompress2(
                Pointer handle,
                long source,
                int width,
                int pitch,
                int height,
                int format,
                PointerByReference target,
                NativeLongByReference size,
                int samples,
                int quality,
                int flags);
    }

    private final Pointer handle;
    private final PointerByReference target = new PointerByReference();
    private final NativeLongByReference size = new NativeLongByReference();
    private Memory buffer = new Memory(1 << 16);
    private byte[] copy = new byte[1 << 16];

    TurboJpeg() {
        Pointer made = Library.tjInitCompress();
        if (made == null) {
            throw new IllegalStateException("libjpeg-turbo does not start");
        }
        handle = made;
    }

    @Override
    public void encode(Packet out, Frame frame, Rect rect, int quality, boolean fullColour) throws IOException {
        int samples = fullColour ? SAMPLES_444 : SAMPLES_420;
        long most = Library.tjBufSize(rect.width(), rect.height(), samples);
        if (buffer.size() < most) {
            buffer.close();
            buffer = new Memory(most);
        }
        target.setValue(buffer);
        size.setValue(new com.sun.jna.NativeLong(buffer.size()));
        long source =
                Pointer.nativeValue(Native.getDirectBufferPointer(frame.pixels())) + frame.offset(rect.x(), rect.y());
        int result = Library.tjCompress2(
                handle,
                source,
                rect.width(),
                frame.stride(),
                rect.height(),
                BGRX,
                target,
                size,
                samples,
                quality,
                NO_REALLOC | FAST_DCT);
        if (result != 0) {
            throw new IOException("libjpeg-turbo failed");
        }
        int length = size.getValue().intValue();
        if (copy.length < length) {
            copy = new byte[length];
        }
        buffer.read(0, copy, 0, length);
        TightEncoder.compactLength(out, length);
        out.put(copy, 0, length);
    }
}
