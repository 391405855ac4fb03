package org.bascule.domain.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

class EndedLoginsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final EndedLogins ended = domain.get(EndedLogins.class);

    private boolean end(TestDomain node, String domainId, String realmSession) {
        return node.transactions.inNew(() -> node.get(EndedLogins.class).end(domainId, realmSession));
    }

    @Test
    void ofAllNodesThatHearOfALogOutOneIsTheFirst() {
        List<TestDomain> nodes = IntStream.range(0, 4)
                .mapToObj(i -> domain.restarted())
                .peek(node -> node.get(EndedLogins.class))
                .toList();
        List<CompletableFuture<Boolean>> said = nodes.stream()
                .map(node -> CompletableFuture.supplyAsync(() -> end(node, sample.id, "s1")))
                .toList();
        assertThat(said.stream().filter(CompletableFuture::join)).hasSize(1);
    }

    @Test
    void sessionsAndDomainsAreDistinguished() {
        Sample other = new Sample(domain);
        assertThat(end(domain, sample.id, "s1")).isTrue();
        assertThat(end(domain, sample.id, "s2")).isTrue();
        assertThat(end(domain, other.id, "s1")).isTrue();
        assertThat(end(domain, other.id, "s1")).isFalse();
    }

    /** Another log-out, however soon it follows. */
    @Test
    void sessionWithWhichSomebodySignedInAgainMayEndAgain() {
        assertThat(end(domain, sample.id, "s1")).isTrue();
        assertThat(end(domain, sample.id, "s2")).isTrue();
        domain.transactions.run(() -> ended.begun(sample.id, "s1"));
        assertThat(end(domain, sample.id, "s1")).isTrue();
        assertThat(end(domain, sample.id, "s2")).isFalse();
    }

    @Test
    void whatWasRolledBackWasNotSaid() {
        try {
            domain.transactions.<Boolean, RuntimeException>inNew(() -> {
                ended.end(sample.id, "s1");
                throw new IllegalStateException("the record could not be written");
            });
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("record");
        }
        assertThat(end(domain, sample.id, "s1")).isTrue();
    }

    /** Whoever did not confirm the log-out at the realm comes back with the same session. */
    @Test
    void sessionThatWentOnMayEndAgain() {
        assertThat(end(domain, sample.id, "s1")).isTrue();
        domain.clock.advance(EndedLogins.KEPT.plusSeconds(1));
        assertThat(end(domain, sample.id, "s1")).isTrue();
    }
}
