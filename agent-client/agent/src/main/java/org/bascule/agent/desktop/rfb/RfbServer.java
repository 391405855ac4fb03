package org.bascule.agent.desktop.rfb;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** An RFB 3.8 server (RFC 6143) for one client that has been let in already: security type None. */
public final class RfbServer {

    private static final byte[] VERSION = "RFB 003.008\n".getBytes(StandardCharsets.US_ASCII);

    private final DataInputStream in;
    private final RfbOutput out;
    private final PictureSource source;
    private final ClientState state = new ClientState();
    private final Flow flow = new Flow();
    private final InputSink input;
    private final ExtendedClipboard clipboard;

    public RfbServer(InputStream in, OutputStream out, PictureSource source, InputSink input, ClipboardSink clipboard) {
        this.in = new DataInputStream(new BufferedInputStream(in, 1 << 14));
        this.out = new RfbOutput(out);
        this.source = source;
        this.input = input;
        this.clipboard = new ExtendedClipboard(this.out, clipboard);
    }

    /**
     * Serves until the client's bytes end; blocks.
     *
     * @param failed is told on another thread why drawing has ended before that
     */
    public void serve(String name, Consumer<Exception> failed) throws IOException {
        Frame frame = hello(name);
        Thread drawing = new Thread(
                () -> {
                    try {
                        new Updates(source, state, flow, out, frame).run();
                    } catch (OutOfMemoryError e) {
                        told(
                                failed,
                                new IOException(
                                        "its memory is not enough for a picture of " + frame.width() + " by "
                                                + frame.height() + " pixels",
                                        e));
                    } catch (IOException | InterruptedException | RuntimeException | LinkageError e) {
                        told(failed, e instanceof Exception reason ? reason : new IOException(e));
                    }
                },
                "updates");
        drawing.setDaemon(true);
        drawing.start();
        try {
            new ClientMessages(in, state, flow, input, clipboard, out).run();
        } finally {
            state.close();
        }
    }

    private void told(Consumer<Exception> failed, Exception reason) {
        if (!state.isClosed()) {
            failed.accept(reason);
        }
    }

    private Frame hello(String name) throws IOException {
        out.send(new Packet(12).put(VERSION));
        byte[] version = in.readNBytes(VERSION.length);
        if (!new String(version, StandardCharsets.US_ASCII).startsWith("RFB 003.")) {
            throw new IOException("the client does not speak RFB");
        }
        out.send(new Packet(2).u8(1).u8(1));
        if (in.readUnsignedByte() != 1) {
            throw new IOException("the client wants to sign in in another way");
        }
        out.send(new Packet(4).i32(0));
        in.readUnsignedByte(); // shared or not: it is the only one
        Frame frame = source.grab();
        byte[] title = name.getBytes(StandardCharsets.UTF_8);
        Packet init = new Packet(64).u16(frame.width()).u16(frame.height());
        PixelFormat.OWN.write(init);
        out.send(init.i32(title.length).put(title));
        return frame;
    }

    /** 1 to 9, or -1 for what the way there bears. */
    public void quality(int level) {
        state.fixedLevel(level);
    }

    /** The device has a text; true if the client will ask for it. */
    public boolean announceClipboard() throws IOException {
        return clipboard.announce();
    }

    public void provideClipboard(String text) throws IOException {
        clipboard.provide(text);
    }
}
