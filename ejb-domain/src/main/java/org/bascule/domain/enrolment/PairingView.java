package org.bascule.domain.enrolment;

import java.time.Instant;
import java.util.List;

/**
 * A machine that waits to be accepted. Everything that it says of itself is hostile text.
 *
 * @param code as it is shown, in two groups
 * @param fingerprint of its key, 16 hexadecimal digits in groups of four
 * @param words of its key, to be compared with those at the machine
 * @param rootWords of the installation's root, which the machine shows too
 * @param address where the request came from
 */
public record PairingView(
        String code,
        String name,
        String os,
        String version,
        String fingerprint,
        List<String> words,
        List<String> rootWords,
        String address,
        Instant expires) {}
