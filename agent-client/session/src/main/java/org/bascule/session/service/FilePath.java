package org.bascule.session.service;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bascule.wire.B64;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * An absolute path on the device as its file system has it: bytes, which need not be UTF-8. It never has an empty component, {@code .} or {@code ..}, so it says itself what it is below.
 *
 * @param raw the bytes, one for each character (ISO 8859-1)
 */
public record FilePath(String raw) {

    /** {@code PATH_MAX} without its NUL. */
    public static final int MAX_LENGTH = 4_095;

    private static final int MAX_NAME = 255;

    public static final FilePath ROOT = new FilePath("/");

    public FilePath {
        if (!raw.startsWith("/") || raw.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("a path begins with / and has at most " + MAX_LENGTH + " bytes");
        }
        if (raw.length() > 1) {
            for (String name : raw.substring(1).split("/", -1)) {
                requireName(name);
            }
        }
    }

    /**
     * Checks one name of a folder.
     *
     * @throws IllegalArgumentException if no entry can be called that, or it is {@code .} or {@code ..}
     */
    public static String requireName(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.length() > MAX_NAME) {
            throw new IllegalArgumentException("a name has 1 to 255 bytes and is neither . nor ..");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == 0 || c == '/' || c > 0xff) {
                throw new IllegalArgumentException("a name has neither NUL nor /");
            }
        }
        return name;
    }

    /** The path that a text stands for, with {@code //} and {@code /./} made one, {@code ..} taken off and no slash at the end: what a person types. */
    public static FilePath ofText(String text) {
        StringBuilder clean = new StringBuilder();
        String raw = raw(text);
        if (!raw.startsWith("/")) {
            throw new IllegalArgumentException("a path on the device begins with /");
        }
        for (String name : raw.split("/", -1)) {
            if (name.equals("..")) {
                clean.setLength(Math.max(0, clean.lastIndexOf("/")));
            } else if (!name.isEmpty() && !name.equals(".")) {
                clean.append('/').append(name);
            }
        }
        return clean.isEmpty() ? ROOT : new FilePath(clean.toString());
    }

    /** The bytes of a text in UTF-8, one for each character. */
    public static String raw(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** For people: UTF-8, with a mark for what is none. Hostile text. */
    public static String text(String raw) {
        return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    public String text() {
        return text(raw);
    }

    /** Its components; none for the root. */
    public List<String> names() {
        return isRoot() ? List.of() : List.of(raw.substring(1).split("/"));
    }

    public boolean isRoot() {
        return raw.equals("/");
    }

    /** The last component; empty for the root. */
    public String name() {
        return raw.substring(raw.lastIndexOf('/') + 1);
    }

    /** The folder that it is in; of the root the root. */
    public FilePath parent() {
        int end = raw.lastIndexOf('/');
        return end == 0 ? ROOT : new FilePath(raw.substring(0, end));
    }

    public FilePath resolve(String name) {
        return new FilePath((isRoot() ? "" : raw) + "/" + requireName(name));
    }

    /** Whether it is that folder or below it. */
    public boolean isWithin(FilePath folder) {
        return folder.isRoot() || raw.equals(folder.raw) || raw.startsWith(folder.raw + "/");
    }

    public byte[] bytes() {
        return raw.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** As messages carry it: base64url of the bytes. */
    public String toJson() {
        return B64.encode(bytes());
    }

    public static FilePath parse(StrictJson json, String member) throws WireException {
        try {
            return new FilePath(new String(json.bytesUpTo(member, MAX_LENGTH), StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw WireException.malformed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String toString() {
        return text();
    }
}
