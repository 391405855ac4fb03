package org.bascule.domain.configuration;

import java.time.Duration;
import java.time.format.DateTimeParseException;

/**
 * How long certificates of devices are valid (requirement DEV-2).
 *
 * @param device {@code bascule.device.certificate-life}: ISO 8601, two minutes to 398 days, 90 days by default. Agents renew when two thirds are over
 */
public record CertificateLife(Duration device) {

    private static final String WRONG =
            "bascule.device.certificate-life must be a duration such as P90D, between PT2M and P398D";
    private static final Duration MIN = Duration.ofMinutes(2);
    private static final Duration MAX = Duration.ofDays(398);

    public static final CertificateLife DEFAULT = new CertificateLife(Duration.ofDays(90));

    public CertificateLife {
        if (device.compareTo(MIN) < 0 || device.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(WRONG);
        }
    }

    static CertificateLife parse(String text) {
        try {
            return new CertificateLife(Duration.parse(text));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(WRONG, e);
        }
    }
}
