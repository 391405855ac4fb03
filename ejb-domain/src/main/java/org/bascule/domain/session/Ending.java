package org.bascule.domain.session;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a client ends a session.
 *
 * @param comment what was done, if its user says so
 * @param bytesIn bytes that the device received, as far as the client knows
 * @param bytesOut bytes that the device sent, as far as the client knows
 */
public record Ending(String reason, Optional<String> comment, OptionalLong bytesIn, OptionalLong bytesOut) {}
