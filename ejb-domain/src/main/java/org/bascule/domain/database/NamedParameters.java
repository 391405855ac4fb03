package org.bascule.domain.database;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement taken apart at its named parameters. Statements are constants with few variants, so that the cache stays small.
 *
 * @param fragments the text before, between and after the parameters: one more than there are names
 * @param names the name at each position
 */
record NamedParameters(List<String> fragments, List<String> names) {

    private static final Pattern NAME = Pattern.compile(":([a-zA-Z][a-zA-Z0-9]*)");
    private static final int CACHE = 1_000;
    private static final Map<String, NamedParameters> PARSED = new ConcurrentHashMap<>();

    NamedParameters {
        fragments = List.copyOf(fragments);
        names = List.copyOf(names);
    }

    static NamedParameters parse(String text) {
        NamedParameters known = PARSED.get(text);
        if (known != null) {
            return known;
        }
        List<String> fragments = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(text);
        int end = 0;
        while (matcher.find()) {
            fragments.add(text.substring(end, matcher.start()));
            names.add(matcher.group(1));
            end = matcher.end();
        }
        fragments.add(text.substring(end));
        NamedParameters parsed = new NamedParameters(fragments, names);
        if (PARSED.size() < CACHE) {
            PARSED.put(text, parsed);
        }
        return parsed;
    }

    /** With one {@code ?} for each value, and as many as it has elements for a collection. */
    String sql(Map<String, Optional<Object>> values) {
        StringBuilder sql = new StringBuilder(fragments.get(0));
        for (int i = 0; i < names.size(); i++) {
            Optional<Object> value = values.get(names.get(i));
            if (value == null) {
                throw new IllegalStateException("no value for :" + names.get(i));
            }
            int count = value.isPresent() && value.get() instanceof Collection<?> list ? list.size() : 1;
            sql.append("?").append(",?".repeat(count - 1)).append(fragments.get(i + 1));
        }
        return sql.toString();
    }
}
