package org.bascule.domain.directory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to change of a device; null keeps what there is.
 *
 * @param account empty = none
 * @param description empty = none
 * @param folder id of the folder to move it to
 * @param tags all that it shall have
 */
public record DeviceChange(
        @Nullable String name,
        @Nullable String account,
        @Nullable String description,
        @Nullable String folder,
        @Nullable List<String> tags) {

    public boolean isEmpty() {
        return name == null && account == null && description == null && folder == null && tags == null;
    }

    public DeviceChange(@Nullable String name, @Nullable String account) {
        this(name, account, null, null, null);
    }
}
