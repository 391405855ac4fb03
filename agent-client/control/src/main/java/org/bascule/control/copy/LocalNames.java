package org.bascule.control.copy;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.FilePath;

/** Names as bytes on this machine: on Unix whatever they are, elsewhere only what is UTF-8 and allowed there. Java lets bytes through in URIs alone, whatever the language of the environment says. */
final class LocalNames {

    private static final boolean BYTES = File.separatorChar == '/';

    private LocalNames() {}

    /** An entry of a folder. */
    static Path child(Path folder, String raw) throws DeviceProblem {
        try {
            FilePath.requireName(raw);
            if (BYTES) {
                return Path.of(URI.create(folderUri(folder) + escaped(raw)));
            }
            String text = FilePath.text(raw);
            Path child = folder.resolve(text);
            if (text.indexOf('\ufffd') >= 0
                    || text.matches(".*[\\\\/:*?\"<>|\\p{Cntrl}].*")
                    || !folder.equals(child.getParent())) {
                throw new IllegalArgumentException(text);
            }
            return child;
        } catch (IllegalArgumentException e) {
            throw new DeviceProblem(Code.NAME, "A file here cannot have this name.");
        }
    }

    private static String folderUri(Path folder) {
        String uri = folder.toAbsolutePath().toUri().toString();
        return uri.endsWith("/") ? uri : uri + "/";
    }

    private static String escaped(String raw) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < raw.length(); i++) {
            text.append(String.format(Locale.ROOT, "%%%02X", (int) raw.charAt(i)));
        }
        return text.toString();
    }

    /** The bytes of the last component. */
    static String raw(Path path) throws DeviceProblem {
        Path name = path.toAbsolutePath().normalize().getFileName();
        if (name == null) {
            throw new DeviceProblem(Code.NAME, "This has no name.");
        }
        if (!BYTES) {
            return FilePath.raw(name.toString());
        }
        String uri = path.toAbsolutePath().normalize().toUri().getRawPath();
        String last = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
        return unescaped(last.substring(last.lastIndexOf('/') + 1));
    }

    private static String unescaped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(text.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** A path that was typed. */
    static Path typed(String text) throws DeviceProblem {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new DeviceProblem(Code.NAME, "This is no path here.");
        }
    }
}
