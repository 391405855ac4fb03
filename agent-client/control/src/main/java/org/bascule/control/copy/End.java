package org.bascule.control.copy;

import java.util.Optional;

/**
 * One end of a copy: {@code DEVICE:PATH}, or a path here.
 *
 * @param device uid, unique name or path of a device; empty here
 * @param path on the device relative to its first folder (an account's home) unless it begins with a slash
 */
public record End(Optional<String> device, String path) {

    /** Whatever has a colon is on a device, unless it begins with {@code ./} or {@code ../}, or is a drive of Windows. */
    public static End parse(String text) {
        int colon = text.indexOf(':');
        boolean here = colon <= 0
                || text.startsWith("./")
                || text.startsWith("../")
                || (colon == 1 && System.getProperty("os.name", "").startsWith("Windows"));
        return here
                ? new End(Optional.empty(), text)
                : new End(Optional.of(text.substring(0, colon)), text.substring(colon + 1));
    }

    public boolean isRemote() {
        return device.isPresent();
    }
}
