package org.bascule.web.page;

import jakarta.servlet.ServletContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The hashed files of the build in gzip form, compressed at their first request and kept: they never change while the application runs, and they
 * are as many as the build has, so memory is bounded by its size. Nothing that depends on a caller is compressed.
 */
public final class CompressedFiles {

    private static final Set<String> WORTH_IT = Set.of("js", "css", "svg", "json", "wasm");

    private final Map<String, byte[]> compressed = new ConcurrentHashMap<>();

    /** The compressed form, if the client takes it and it is worth it. */
    Optional<byte[]> find(ServletContext files, String path, @Nullable String acceptEncoding) throws IOException {
        if (!takesGzip(acceptEncoding) || !WORTH_IT.contains(path.substring(path.lastIndexOf('.') + 1))) {
            return Optional.empty();
        }
        byte[] known = compressed.get(path);
        if (known != null) {
            return Optional.of(known);
        }
        try (InputStream in = files.getResourceAsStream(path)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] made = gzip(in);
            compressed.put(path, made);
            return Optional.of(made);
        }
    }

    /** Whether {@code Accept-Encoding} names gzip and does not refuse it. */
    public static boolean takesGzip(@Nullable String acceptEncoding) {
        return acceptEncoding != null
                && Arrays.stream(acceptEncoding.toLowerCase(Locale.ROOT).split(",", 20))
                        .map(coding -> coding.replace(" ", ""))
                        .anyMatch(coding -> coding.equals("gzip")
                                || (coding.startsWith("gzip;q=") && !coding.matches("gzip;q=0(\\.0*)?")));
    }

    private static byte[] gzip(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            in.transferTo(out);
        }
        return bytes.toByteArray();
    }
}
