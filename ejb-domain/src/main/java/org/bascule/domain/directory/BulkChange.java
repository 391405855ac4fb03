package org.bascule.domain.directory;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Sentence;
import org.jspecify.annotations.Nullable;

/**
 * The same change of many devices, each on its own: one that is refused does not keep the others from being changed.
 *
 * @param devices at most {@link #MAX}, each once
 * @param folder where to move them
 * @param tags to add or to take away
 * @param assistance whether help may be asked for there from now on
 */
public record BulkChange(
        List<Item> devices,
        Action action,
        @Nullable String folder,
        SortedSet<String> tags,
        @Nullable DeviceAssistance assistance) {

    public static final int MAX = 500;

    /** What is done. */
    public enum Action {
        MOVE,
        TAG,
        UNTAG,
        ASSISTANCE,
        REMOVE;

        public static Optional<Action> ofCode(String code) {
            for (Action action : values()) {
                if (action.name().toLowerCase(Locale.ROOT).equals(code)) {
                    return Optional.of(action);
                }
            }
            return Optional.empty();
        }
    }

    /** A device, and the version of it that was seen. */
    public record Item(String uid, long revision) {}

    /** What became of it. */
    public record Result(List<String> done, List<Refusal> refused) {}

    /** Why a device was left as it is. */
    public record Refusal(String uid, Problem problem, Sentence sentence) {}

    /** Refuses what cannot be meant. */
    public static BulkChange checked(
            List<Item> devices,
            Action action,
            @Nullable String folder,
            List<String> tags,
            @Nullable DeviceAssistance assistance)
            throws RefusedException {
        long different = devices.stream().map(Item::uid).distinct().count();
        if (devices.isEmpty() || devices.size() > MAX || different < devices.size()) {
            throw RefusedException.invalid("devices", "Name 1 to %d devices, each once.", MAX);
        }
        if ((action == Action.MOVE) == (folder == null)) {
            throw RefusedException.invalid("folder", "A folder goes with a move, and with nothing else.");
        }
        boolean tagging = action == Action.TAG || action == Action.UNTAG;
        if (tagging == tags.isEmpty()) {
            throw RefusedException.invalid("tags", "Tags go with tagging, and with nothing else.");
        }
        if ((action == Action.ASSISTANCE) == (assistance == null)) {
            throw RefusedException.invalid(
                    "assistance", "Whether help may be asked for goes with that action, and with nothing else.");
        }
        return new BulkChange(List.copyOf(devices), action, folder, Tags.checked("tags", tags), assistance);
    }
}
