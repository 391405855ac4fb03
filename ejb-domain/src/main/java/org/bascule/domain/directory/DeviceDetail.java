package org.bascule.domain.directory;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device with everything that is known about it.
 *
 * @param inventory the JSON object that the agent reported, or null
 * @param certificate the one in force
 * @param addresses network addresses: where its channel comes from
 */
public record DeviceDetail(
        DeviceView device, @Nullable String inventory, CertificateView certificate, List<String> addresses) {

    /** Serial number as lower-case hexadecimal digits. */
    public record CertificateView(String serial, Instant notBefore, Instant notAfter) {}
}
