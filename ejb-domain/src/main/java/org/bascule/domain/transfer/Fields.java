package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.bascule.domain.audit.Changes;
import org.jspecify.annotations.Nullable;

/** Fields that differ, for the audit log and for people. */
final class Fields {

    private static final int SHOWN = 100;

    /** What a thing is in is told by an id in the log, and by a path to people. */
    record Place(@Nullable String id, String path) {}

    private record Field(String name, @Nullable Object before, @Nullable Object after) {}

    private final List<Field> fields = new ArrayList<>();

    Fields add(String name, @Nullable Object before, @Nullable Object after) {
        if (!Objects.equals(text(before), text(after))) {
            fields.add(new Field(name, before, after));
        }
        return this;
    }

    private static @Nullable String text(@Nullable Object value) {
        if (value instanceof Place place) {
            return place.id();
        }
        return value == null || value.toString().isEmpty() ? null : value.toString();
    }

    private static String shown(@Nullable Object value) {
        String text = value instanceof Place place ? place.path() : Objects.requireNonNullElse(text(value), "");
        String line = text.replace('\n', ' ');
        return "'" + (line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line) + "'";
    }

    boolean isEmpty() {
        return fields.isEmpty();
    }

    Changes changes() {
        return changes(name -> true);
    }

    /** Of some fields. */
    Changes changes(Predicate<String> names) {
        Changes changes = Changes.none();
        fields.stream()
                .filter(field -> names.test(field.name()))
                .forEach(field -> changes.field(field.name(), text(field.before()), text(field.after())));
        return changes;
    }

    String text() {
        return String.join(
                ", ",
                fields.stream()
                        .map(field ->
                                "%s: %s → %s".formatted(field.name(), shown(field.before()), shown(field.after())))
                        .toList());
    }
}
