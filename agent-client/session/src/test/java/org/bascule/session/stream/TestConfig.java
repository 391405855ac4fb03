package org.bascule.session.stream;

import java.time.Duration;
import org.bascule.session.record.RecordCodec;

/** Configurations of tests. */
final class TestConfig {

    /** The product's, but the end that said END waits shortly for the other to close. */
    static final SessionConfig QUICK = new SessionConfig(
            RecordCodec.AES_256_GCM,
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMillis(25),
            Duration.ofMillis(50),
            Sender.WINDOW,
            MemoryBudget.UNLIMITED);

    private TestConfig() {}

    static SessionConfig pinging(Duration every, Duration timeout) {
        return new SessionConfig(
                RecordCodec.AES_256_GCM,
                every,
                timeout,
                Duration.ofSeconds(30),
                Duration.ofMillis(25),
                Duration.ofMillis(50),
                Sender.WINDOW,
                MemoryBudget.UNLIMITED);
    }

    static SessionConfig confirmingWithin(Duration within) {
        return new SessionConfig(
                RecordCodec.AES_256_GCM,
                Duration.ofSeconds(15),
                Duration.ofSeconds(30),
                within,
                Duration.ofMillis(25),
                Duration.ofMillis(50),
                Sender.WINDOW,
                MemoryBudget.UNLIMITED);
    }
}
