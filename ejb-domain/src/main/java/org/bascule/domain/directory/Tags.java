package org.bascule.domain.directory;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.refusal.RefusedException;

/**
 * Tags of devices: 1 to 40 letters, digits and {@code . _ - / + #}, in lower case, so that one can be typed into the search as it is. A device
 * has at most 20.
 */
public final class Tags {

    public static final int MAX_LENGTH = 40;
    public static final int MAX = 20;

    private static final Pattern FORM = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._/+#-]{0,39}");

    private Tags() {}

    /** What a person typed, folded and in order, each once. */
    public static SortedSet<String> checked(String field, Collection<String> typed) throws RefusedException {
        SortedSet<String> tags = new TreeSet<>();
        for (String text : typed) {
            String tag = text.strip().toLowerCase(Locale.ROOT);
            if (tag.length() > MAX_LENGTH || !FORM.matcher(tag).matches()) {
                throw RefusedException.invalid(field, "A tag has 1 to %d letters, digits or . _ - / + #.", MAX_LENGTH);
            }
            tags.add(tag);
        }
        if (tags.size() > MAX) {
            throw RefusedException.invalid(field, "A device has at most %d tags.", MAX);
        }
        return tags;
    }

    /** The stored form of {@code device.tags}. */
    static List<String> parse(String stored) {
        return stored.isEmpty() ? List.of() : List.of(stored.split(" ", -1));
    }

    /** What the log says of a device whose tags have changed. */
    static Changes changes(Collection<String> before, Collection<String> after) {
        return Changes.none().field("tags", String.join(" ", before), String.join(" ", after));
    }
}
