package org.bascule.agent.vnc;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Messages to the server; blocks while it takes none. Knows what is pressed there. Thread-safe. */
final class ServerOutput {

    private static final int MAX_PRESSED = 256;

    private final OutputStream out;
    private volatile boolean control;
    private volatile boolean controlled;
    private volatile boolean held;

    // guarded by this
    /** Messages that let go, by what is pressed. */
    private final Map<Long, byte[]> pressed = new LinkedHashMap<>();

    private int buttons;
    private int x;
    private int y;

    ServerOutput(OutputStream out) {
        this.out = out;
    }

    synchronized void send(byte[] message) throws IOException {
        out.write(message);
        out.flush();
    }

    /** Without control, keys and pointer are dropped from now on; {@link #release} lets go of what is pressed. */
    void control(boolean now) {
        control = now;
        if (now) {
            controlled = true;
        }
    }

    /** Whether it ever counted. */
    boolean wasControlled() {
        return controlled;
    }

    /** The same for as long as somebody at the device is asked. */
    void hold(boolean now) {
        held = now;
    }

    boolean isHeld() {
        return held;
    }

    /** Whether keys and pointer count now. */
    boolean isControl() {
        return control && !held;
    }

    synchronized void key(boolean down, int keysym) throws IOException {
        key(down, keysym, message(down, keysym), message(false, keysym));
    }

    private static byte[] message(boolean down, int keysym) {
        return ByteBuffer.allocate(8)
                .put((byte) Rfb.KEY)
                .put((byte) (down ? 1 : 0))
                .putShort((short) 0)
                .putInt(keysym)
                .array();
    }

    synchronized void scanCode(boolean down, int keysym, int code) throws IOException {
        key(down, 1L << 32 | code, scanned(down, keysym, code), scanned(false, keysym, code));
    }

    private static byte[] scanned(boolean down, int keysym, int code) {
        return ByteBuffer.allocate(12)
                .put((byte) Rfb.QEMU)
                .put((byte) 0)
                .putShort((short) (down ? 1 : 0))
                .putInt(keysym)
                .putInt(code)
                .array();
    }

    private void key(boolean down, long which, byte[] message, byte[] letGo) throws IOException {
        if (!isControl()) {
            return;
        }
        if (!down) {
            pressed.remove(which);
        } else if (pressed.size() < MAX_PRESSED || pressed.containsKey(which)) {
            pressed.put(which, letGo);
        } else {
            return;
        }
        send(message);
    }

    synchronized void pointer(int mask, int toX, int toY) throws IOException {
        if (isControl()) {
            buttons = mask;
            x = toX;
            y = toY;
            send(pointer());
        }
    }

    private byte[] pointer() {
        return ByteBuffer.allocate(6)
                .put((byte) Rfb.POINTER)
                .put((byte) buttons)
                .putShort((short) x)
                .putShort((short) y)
                .array();
    }

    /** Lets go of everything, unless the server takes longer than that. */
    void releaseWithin(int millis, Executor executor) {
        try {
            CompletableFuture.runAsync(this::releaseQuietly, executor).get(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            // the server lets go when the connection ends
        }
    }

    void releaseQuietly() {
        try {
            release();
        } catch (IOException e) {
            // the connection is gone, and with it what was pressed
        }
    }

    /** Lets go of everything. */
    synchronized void release() throws IOException {
        for (byte[] message : pressed.values()) {
            send(message);
        }
        pressed.clear();
        if (buttons != 0) {
            buttons = 0;
            send(pointer());
        }
    }
}
