package org.bascule.domain.directory;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.paging.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * Which devices are wanted; null stands for "any".
 *
 * @param folder id of a folder; devices in folders below it are included
 * @param cursor has {@link Order#keys} keys
 */
public record DeviceQuery(
        @Nullable String folder, DeviceSearch search, @Nullable DeviceState state, Order order, Cursor cursor) {

    /** How a list is sorted. The last sort key is always the uid, so that no two devices are equal. */
    public enum Order {
        NAME("name", 2),
        NAME_DESCENDING("-name", 2),
        /** Online first, then quarantined, then offline; within a state by name. */
        STATE("state", 3),
        /** Latest first; those that were never seen last. */
        LAST_SEEN("lastSeen", 2);

        private final String code;
        private final int keys;

        Order(String code, int keys) {
            this.code = code;
            this.keys = keys;
        }

        public String code() {
            return code;
        }

        /** How many sort keys a cursor of this order has. */
        public int keys() {
            return keys;
        }

        public static Optional<Order> ofCode(String code) {
            return Arrays.stream(values()).filter(o -> o.code.equals(code)).findFirst();
        }

        /** The sort keys of a device. */
        List<String> keysOf(DeviceView device) {
            return switch (this) {
                case NAME, NAME_DESCENDING -> List.of(device.name(), device.uid());
                case STATE -> List.of(device.state().code(), device.name(), device.uid());
                case LAST_SEEN ->
                    List.of(device.lastSeen() == null ? "" : device.lastSeen().toString(), device.uid());
            };
        }
    }

    DeviceQuery with(DeviceState wanted, Order by, Cursor from) {
        return new DeviceQuery(folder, search, wanted, by, from);
    }
}
