package org.bascule.domain.transfer;

import java.util.List;
import java.util.Optional;

/** Paths as text: {@code /} is the root folder, {@code /Customer/Plant\/7} what is two levels below it. */
final class Paths {

    static final String ROOT = "/";

    private Paths() {}

    static String of(List<String> names) {
        return "/" + Lists.join(names, '/');
    }

    /** The names of a path; empty for a text that is none. */
    static Optional<List<String>> names(String path) {
        if (path.equals(ROOT)) {
            return Optional.of(List.of());
        }
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        List<String> names =
                Lists.split(path.substring(1), '/').stream().map(String::strip).toList();
        return names.stream().anyMatch(String::isEmpty) ? Optional.empty() : Optional.of(names);
    }
}
