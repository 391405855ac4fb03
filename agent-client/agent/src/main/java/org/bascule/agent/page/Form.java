package org.bascule.agent.page;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fields of a form ({@code application/x-www-form-urlencoded}). */
final class Form {

    private static final int MAX_BYTES = 16 * 1_024;
    private static final int MAX_FIELDS = 64;

    private final Map<String, List<String>> fields = new LinkedHashMap<>();

    private Form() {}

    /** @throws IOException also if it is too large, or not a form */
    static Form read(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new IOException("the form is too large");
        }
        Form form = new Form();
        String text = new String(bytes, StandardCharsets.UTF_8);
        String[] pairs = text.isEmpty() ? new String[0] : text.split("&", -1);
        if (pairs.length > MAX_FIELDS) {
            throw new IOException("the form has too many fields");
        }
        for (String pair : pairs) {
            int sign = pair.indexOf('=');
            if (sign < 0) {
                throw new IOException("not a form");
            }
            form.fields
                    .computeIfAbsent(decoded(pair.substring(0, sign)), name -> new ArrayList<>())
                    .add(decoded(pair.substring(sign + 1)));
        }
        return form;
    }

    private static String decoded(String text) throws IOException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a form", e);
        }
    }

    /** Empty if it is missing or given twice. */
    String get(String name) {
        List<String> values = fields.getOrDefault(name, List.of());
        return values.size() == 1 ? values.get(0) : "";
    }

    List<String> all(String name) {
        return List.copyOf(fields.getOrDefault(name, List.of()));
    }
}
