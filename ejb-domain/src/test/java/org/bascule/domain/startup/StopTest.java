package org.bascule.domain.startup;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.annotation.PreDestroy;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

class StopTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);

    /** As a container does it. */
    private void stop() throws ReflectiveOperationException {
        RecurringWork work = domain.get(RecurringWork.class);
        List<Method> last = Arrays.stream(RecurringWork.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(PreDestroy.class))
                .toList();
        assertThat(last).hasSize(1);
        last.get(0).invoke(work);
    }

    private List<String> denied() {
        return sample.audited("folder.delete").stream().map(AuditEntry::detail).toList();
    }

    @Test
    void refusalsOfTheRunningMinuteAreRecorded() throws ReflectiveOperationException {
        Caller caller = sample.user("reader");
        for (int i = 0; i < 123; i++) {
            domain.get(AuditLog.class)
                    .recordRefused(
                            caller.did(Operation.FOLDER_DELETED, Outcome.DENIED).saying("one"));
        }
        assertThat(denied()).hasSize(120).containsOnly("one");
        stop();
        assertThat(denied()).hasSize(121).containsOnlyOnce("3 more refused attempts within a minute");
        stop();
        assertThat(denied()).hasSize(121);
    }
}
