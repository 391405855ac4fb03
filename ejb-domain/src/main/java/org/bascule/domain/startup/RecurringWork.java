package org.bascule.domain.startup;

import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Schedule;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.domain.access.AccessRequests;
import org.bascule.domain.assistance.Assistance;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.idempotency.Creations;
import org.bascule.domain.identity.LoginEvents;
import org.bascule.domain.session.Handshakes;
import org.bascule.domain.session.Leases;
import org.bascule.domain.session.RightsWatch;
import org.bascule.domain.transparency.Anchors;
import org.bascule.domain.transparency.QueueCheck;
import org.bascule.domain.transparency.Sealer;

/**
 * What is done again and again. Each kind of work runs by itself, is skipped while its last run is not finished, and must not end with an exception: a
 * timer that fails twice is removed by the container.
 */
@Singleton
@Startup
@DependsOn("StartupSequence")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class RecurringWork {

    private static final Logger LOG = System.getLogger(RecurringWork.class.getName());

    @Inject
    DeviceChannels channels;

    @Inject
    Handshakes handshakes;

    @Inject
    Leases leases;

    @Inject
    LoginEvents loginEvents;

    @Inject
    Creations creations;

    @Inject
    Assistance assistance;

    @Inject
    RightsWatch rights;

    @Inject
    AccessRequests accessRequests;

    private final AtomicBoolean watching = new AtomicBoolean();
    private final AtomicBoolean deciding = new AtomicBoolean();

    @Inject
    Sealer sealer;

    @Inject
    QueueCheck queueCheck;

    @Inject
    Anchors anchors;

    private final AtomicBoolean sealing = new AtomicBoolean();
    private final AtomicBoolean anchoring = new AtomicBoolean();
    private final AtomicBoolean checking = new AtomicBoolean();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final AtomicBoolean renewing = new AtomicBoolean();
    private final AtomicBoolean expiring = new AtomicBoolean();
    private final AtomicBoolean polling = new AtomicBoolean();
    private final AtomicBoolean forgetting = new AtomicBoolean();

    @Schedule(hour = "*", minute = "*", second = "*", persistent = false)
    void everySecond() {
        once(sweeping, "looking for silent devices", () -> {
            handshakes.sweep();
            channels.sweep();
        });
        once(watching, "applying changed rights", rights::sweep);
        once(sealing, "sealing the audit log", sealer::seal);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void everyFiveSeconds() {
        once(renewing, "renewing sessions", leases::sweep);
        once(expiring, "ending requests for help", assistance::expire);
        once(deciding, "closing requests for access", accessRequests::expire);
        once(polling, "reading login events", loginEvents::poll);
    }

    @Schedule(hour = "*", minute = "*/10", persistent = false)
    void everyTenMinutes() {
        once(forgetting, "forgetting idempotency keys", creations::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "30", persistent = false)
    void everyMinute() {
        once(checking, "looking after the transparency log", () -> {
            sealer.enterHeads();
            queueCheck.step();
        });
        once(anchoring, "keeping heads of the audit log", anchors::publish);
    }

    private static void once(AtomicBoolean running, String what, Runnable work) {
        if (!running.compareAndSet(false, true)) {
            return;
        }
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, what + " failed", e);
        } finally {
            running.set(false);
        }
    }
}
