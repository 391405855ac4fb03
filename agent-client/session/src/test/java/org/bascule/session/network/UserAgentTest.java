package org.bascule.session.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserAgentTest {

    private static final String SYSTEM = " (" + System.getProperty("os.name") + ")";

    @Test
    void namesProgramVersionAndSystem() {
        assertThat(UserAgent.of("bascule", "0.1.0-SNAPSHOT")).isEqualTo("bascule/0.1.0-SNAPSHOT" + SYSTEM);
        assertThat(UserAgent.of("bascule-agent", null)).isEqualTo("bascule-agent/development" + SYSTEM);
    }

    @Test
    void oddVersionsAreNoWayIntoTheHead() {
        assertThat(UserAgent.of("bascule", "1 (x)\r\nEvil: y")).isEqualTo("bascule/1--x---Evil--y" + SYSTEM);
        assertThat(UserAgent.of("bascule", "1".repeat(500))).hasSizeLessThan(150);
    }
}
