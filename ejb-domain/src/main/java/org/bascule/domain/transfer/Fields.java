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

    /**
     * What a thing is in.
     *
     * @param path as far as the importer sees it, for the importer
     * @param whole the whole path, for the log
     */
    record Place(@Nullable String id, String path, String whole) {}

    private record Field(String name, @Nullable Object before, @Nullable Object after) {

        void addTo(Changes changes) {
            if (before instanceof Place || after instanceof Place) {
                changes.place(name, logged(before), logged(after));
            } else {
                changes.field(name, text(before), text(after));
            }
        }
    }

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
        fields.stream().filter(field -> names.test(field.name())).forEach(field -> field.addTo(changes));
        return changes;
    }

    private static Changes.@Nullable Place logged(@Nullable Object value) {
        return value instanceof Place place && place.id() != null ? new Changes.Place(place.id(), place.whole()) : null;
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
