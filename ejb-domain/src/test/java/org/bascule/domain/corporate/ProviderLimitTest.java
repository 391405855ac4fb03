package org.bascule.domain.corporate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.junit.jupiter.api.Test;

/** The list of a domain's providers has no pages, because it is short. */
class ProviderLimitTest extends ProviderTesting {

    private static final int AT_ONCE = 4;
    private static final int ROOM = 2;

    private ProviderChange named(String name) {
        return new ProviderChange(name, true, new Oidc(issuer, "bascule", "groups"), SECRET, List.of(), null);
    }

    @Test
    void aDomainHasTwentyAtMostAlsoOfThoseThatAreAddedAtOnce() throws Exception {
        for (int i = 0; i < IdentityProviders.MAX_PROVIDERS - ROOM; i++) {
            create(named("Company " + i));
        }
        assertThat(addedAtOnce()).isEqualTo(ROOM);
        assertThat(domain.transactions.inNew(() -> providers.list(owner))).hasSize(IdentityProviders.MAX_PROVIDERS);
        refused(Problem.CONFLICT, owner, named("One more"));
    }

    private int addedAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            CyclicBarrier together = new CyclicBarrier(AT_ONCE);
            List<Future<ProviderView>> asked = IntStream.range(0, AT_ONCE)
                    .mapToObj(i -> threads.submit(() -> {
                        together.await(20, TimeUnit.SECONDS);
                        return create(named("At once " + i));
                    }))
                    .toList();
            int added = 0;
            for (Future<ProviderView> one : asked) {
                added += isAdded(one) ? 1 : 0;
            }
            return added;
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean isAdded(Future<ProviderView> asked) throws Exception {
        try {
            asked.get(60, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            assertThat(e.getCause())
                    .isInstanceOfSatisfying(RefusedException.class, refusal -> assertThat(refusal.problem())
                            .isEqualTo(Problem.CONFLICT));
            return false;
        }
    }
}
