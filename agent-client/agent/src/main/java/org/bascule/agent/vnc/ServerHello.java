package org.bascule.agent.vnc;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.agent.desktop.DesktopProblem;
import org.bascule.agent.desktop.DesktopProblem.Code;

/**
 * What a server says of itself after it has let the agent in.
 *
 * @param name hostile text, at most 256 characters
 */
record ServerHello(int width, int height, String name) {

    static final int MAX_SIDE = 16_384;
    static final int MAX_PIXELS = 1 << 26;

    private static final Pattern VERSION = Pattern.compile("RFB ([0-9]{3})\\.([0-9]{3})\n");
    private static final int NONE = 1;
    private static final int VNC = 2;
    private static final int MAX_REASON = 4_096;
    private static final int MAX_NAME = 4_096;
    private static final int SHOWN = 256;
    /** 32 bits, 24 of them used, little-endian, true colour, red 16, green 8, blue 0. */
    private static final byte[] FORMAT = {32, 24, 0, 1, 0, (byte) 255, 0, (byte) 255, 0, (byte) 255, 16, 8, 0, 0, 0, 0};

    /**
     * Shakes hands as a client of RFB 3.3, 3.7 or 3.8, and sets the format of pixels.
     *
     * @throws BadRfbException if the server is none
     * @throws PasswordException if it wants a password, or another one
     */
    static ServerHello of(DataInputStream in, OutputStream out, Optional<String> password)
            throws IOException, PasswordException, DesktopProblem {
        int minor = version(in);
        out.write("RFB 003.00%d\n".formatted(minor).getBytes(StandardCharsets.US_ASCII));
        out.flush();
        int type = minor == 3 ? dictated(in) : chosen(in, out, password.isPresent());
        if (type == VNC) {
            byte[] challenge = new byte[VncAuthentication.CHALLENGE];
            in.readFully(challenge);
            if (password.isEmpty()) {
                throw new PasswordException(false, "");
            }
            out.write(VncAuthentication.response(challenge, password.get()));
            out.flush();
        }
        if (type == VNC || minor == 8) {
            result(in, type, minor);
        }
        out.write(1); // shared: nobody else is thrown out
        out.flush();
        return init(in, out);
    }

    private static int version(DataInputStream in) throws IOException {
        byte[] bytes = new byte[12];
        in.readFully(bytes);
        Matcher version = VERSION.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        if (!version.matches() || Integer.parseInt(version.group(1)) < 3) {
            throw new BadRfbException("does not speak RFB: something else listens there");
        }
        int minor = Integer.parseInt(version.group(1)) > 3 ? 8 : Integer.parseInt(version.group(2));
        return minor >= 8 ? 8 : minor == 7 ? 7 : 3;
    }

    /** 3.3: the server decides. */
    private static int dictated(DataInputStream in) throws IOException, DesktopProblem {
        int type = in.readInt();
        if (type == 0) {
            throw notLetIn(reason(in));
        }
        if (type != NONE && type != VNC) {
            throw unsupported();
        }
        return type;
    }

    /** Without a password is preferred unless somebody gave one. */
    private static int chosen(DataInputStream in, OutputStream out, boolean password)
            throws IOException, DesktopProblem {
        int count = in.readUnsignedByte();
        if (count == 0) {
            throw notLetIn(reason(in));
        }
        byte[] types = new byte[count];
        in.readFully(types);
        boolean none = false;
        boolean vnc = false;
        for (byte type : types) {
            none |= type == NONE;
            vnc |= type == VNC;
        }
        if (!none && !vnc) {
            throw unsupported();
        }
        int type = vnc && (password || !none) ? VNC : NONE;
        out.write(type);
        out.flush();
        return type;
    }

    private static void result(DataInputStream in, int type, int minor)
            throws IOException, PasswordException, DesktopProblem {
        int result = in.readInt();
        if (result != 0) {
            String reason = minor == 8 ? reason(in) : "";
            if (type == VNC && result == 1) {
                throw new PasswordException(true, reason);
            }
            throw notLetIn(reason);
        }
    }

    private static String reason(DataInputStream in) throws IOException {
        return text(in, MAX_REASON);
    }

    private static String text(DataInputStream in, int most) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > most) {
            throw new BadRfbException("sent a text of " + Integer.toUnsignedString(length) + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.length() > SHOWN ? text.substring(0, SHOWN) : text;
    }

    private static DesktopProblem notLetIn(String reason) {
        return new DesktopProblem(
                Code.NOT_LET_IN,
                "The VNC server does not let the device in" + (reason.isBlank() ? "." : ": " + reason.strip()));
    }

    private static DesktopProblem unsupported() {
        return new DesktopProblem(
                Code.SIGN_IN_UNSUPPORTED,
                "The VNC server lets nobody in without a way of signing in that the agent does not speak. Let it accept a VNC password (VncAuth), or none.");
    }

    private static ServerHello init(DataInputStream in, OutputStream out) throws IOException {
        int width = in.readUnsignedShort();
        int height = in.readUnsignedShort();
        requireSize(width, height);
        in.readFully(new byte[16]);
        String name = text(in, MAX_NAME);
        out.write(ByteBuffer.allocate(20)
                .putInt(Rfb.SET_PIXEL_FORMAT << 24)
                .put(FORMAT)
                .array());
        out.flush();
        return new ServerHello(width, height, name);
    }

    static void requireSize(int width, int height) throws BadRfbException {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
            throw new BadRfbException("has a screen of " + width + " x " + height);
        }
    }

    /** ServerInit for the page. */
    byte[] bytes() {
        byte[] title = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(24 + title.length)
                .putShort((short) width)
                .putShort((short) height)
                .put(FORMAT)
                .putInt(title.length)
                .put(title)
                .array();
    }
}
