package org.bascule.domain.directory;

import org.bascule.domain.paging.PageRequest;
import org.jspecify.annotations.Nullable;

/**
 * Which devices are wanted; null stands for "any".
 *
 * @param folder id of a folder; devices in folders below it are included
 * @param text part of the name, the operating system or the uid
 */
public record DeviceQuery(
        @Nullable String folder, @Nullable String text, @Nullable DeviceState state, Order order, PageRequest page) {

    /** How a list is sorted; equal ones by uid. */
    public enum Order {
        NAME("name"),
        NAME_DESCENDING("-name"),
        /** Online first, then quarantined, then offline. */
        STATE("state"),
        /** Latest first. */
        LAST_SEEN("lastSeen");

        private final String code;

        Order(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }
}
