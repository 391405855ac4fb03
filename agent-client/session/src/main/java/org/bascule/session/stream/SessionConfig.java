package org.bascule.session.stream;

import java.time.Duration;
import org.bascule.session.record.RecordCodec;

/**
 * What may differ between sessions; {@link #DEFAULT} is the specification's.
 *
 * @param codecs how records are protected
 * @param pingEvery how often the other end is asked
 * @param silence a transport is lost when nothing came for so long although an acknowledgement is owed
 * @param confirmWithin time for the client's {@code CONFIRM}
 * @param ackWithin at the latest so long after a record it is acknowledged
 * @param closeWithin how long the end that sent {@code END} leaves the closing to the other
 * @param window bytes that a session keeps until they are acknowledged, from 512 KiB to 6 MiB
 * @param budget of memory, shared by the sessions of the process
 */
public record SessionConfig(
        RecordCodec.Factory codecs,
        Duration pingEvery,
        Duration silence,
        Duration confirmWithin,
        Duration ackWithin,
        Duration closeWithin,
        int window,
        MemoryBudget budget) {

    public SessionConfig {
        if (window < 512 << 10 || window > Sender.WINDOW) {
            throw new IllegalArgumentException("a window of " + window + " bytes");
        }
    }

    public static final SessionConfig DEFAULT = new SessionConfig(
            RecordCodec.AES_256_GCM,
            Duration.ofSeconds(15),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMillis(25),
            Duration.ofSeconds(2),
            Sender.WINDOW,
            MemoryBudget.UNLIMITED);

    /** The same with another protection: for tests. */
    public SessionConfig withCodecs(RecordCodec.Factory other) {
        return new SessionConfig(other, pingEvery, silence, confirmWithin, ackWithin, closeWithin, window, budget);
    }

    /** The same with other bounds of memory. */
    public SessionConfig withMemory(int otherWindow, MemoryBudget otherBudget) {
        return new SessionConfig(
                codecs, pingEvery, silence, confirmWithin, ackWithin, closeWithin, otherWindow, otherBudget);
    }

    /** The same with another time for the client to confirm. */
    public SessionConfig withConfirmWithin(Duration other) {
        return new SessionConfig(codecs, pingEvery, silence, other, ackWithin, closeWithin, window, budget);
    }
}
