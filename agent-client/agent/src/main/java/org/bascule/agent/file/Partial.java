package org.bascule.agent.file;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.wire.Sha256;

/** The name under which an upload is gathered, in the folder where it will be: the same for each attempt of one person at one file, so that it can go on. */
final class Partial {

    private static final Pattern NAME = Pattern.compile("\\.bascule-[0-9a-f]{32}\\.part");

    private Partial() {}

    static String name(String user, String name, long size, Optional<Long> modified) {
        byte[] hash = Sha256.of(user + "\n" + size + "\n" + modified.orElse(0L) + "\n" + name);
        return ".bascule-" + HexFormat.of().formatHex(hash, 0, 16) + ".part";
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }
}
