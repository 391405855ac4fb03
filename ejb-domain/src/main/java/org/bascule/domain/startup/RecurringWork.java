package org.bascule.domain.startup;

import jakarta.annotation.PreDestroy;
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
import org.bascule.domain.access.AccessRequests;
import org.bascule.domain.account.AccountRemovals;
import org.bascule.domain.account.ExpiryWarnings;
import org.bascule.domain.account.SignOutRetries;
import org.bascule.domain.assistance.Assistance;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.corporate.Leavers;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.guard.GuardSweep;
import org.bascule.domain.idempotency.Creations;
import org.bascule.domain.identity.LoginEvents;
import org.bascule.domain.mail.NoticeSender;
import org.bascule.domain.notification.Notifications;
import org.bascule.domain.realm.DomainMaker;
import org.bascule.domain.realm.RealmReconcile;
import org.bascule.domain.relay.RelayLists;
import org.bascule.domain.session.Consents;
import org.bascule.domain.session.Handshakes;
import org.bascule.domain.session.Leases;
import org.bascule.domain.session.RightsWatch;
import org.bascule.domain.token.SignIns;
import org.bascule.domain.transfer.ImportRunner;
import org.bascule.domain.transfer.TransferFiles;
import org.bascule.domain.transparency.Anchors;
import org.bascule.domain.transparency.QueueCheck;
import org.bascule.domain.transparency.RecordForwarder;
import org.bascule.domain.transparency.Sealer;

/**
 * What is done again and again. Each kind of work has a timer of its own, because the container calls a timer's next time only when its last call has returned: so
 * none runs twice at once, and none waits for another, such as a right that was taken away for the sealing of a long log. None must end with an exception: a
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
    Consents consents;

    @Inject
    RelayLists relays;

    @Inject
    Leases leases;

    @Inject
    LoginEvents loginEvents;

    @Inject
    Creations creations;

    @Inject
    SignIns signIns;

    @Inject
    TransferFiles transferFiles;

    @Inject
    ImportRunner imports;

    @Inject
    Assistance assistance;

    @Inject
    RightsWatch rights;

    @Inject
    AccessRequests accessRequests;

    @Inject
    AuditLog audit;

    @Inject
    Sealer sealer;

    @Inject
    QueueCheck queueCheck;

    @Inject
    Anchors anchors;

    @Inject
    RecordForwarder recordForwarder;

    @Inject
    GuardSweep guard;

    @Inject
    RealmReconcile realms;

    @Inject
    DomainMaker domains;

    @Inject
    Leavers leavers;

    @Inject
    AccountRemovals removals;

    @Inject
    SignOutRetries signOuts;

    @Inject
    ExpiryWarnings expiryWarnings;

    @Inject
    NoticeSender notices;

    @Inject
    Notifications notifications;

    @Schedule(hour = "*", minute = "*", second = "*", persistent = false)
    void sweepHandshakes() {
        run("looking for devices that do not answer", handshakes::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*", persistent = false)
    void sweepConsents() {
        run("refusing what nobody answered", consents::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*", persistent = false)
    void sweepChannels() {
        run("looking for silent devices", channels::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*", persistent = false)
    void watchRelays() {
        run("looking for changes of relays", relays::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*", persistent = false)
    void applyRights() {
        run("applying changed rights", rights::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*", persistent = false)
    void seal() {
        run("sealing the audit log", sealer::seal);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void recordCountedRefusals() {
        run("recording how much was refused", audit::recordCounted);
    }

    /** This node is stopped: what it has counted, nobody else knows. */
    @PreDestroy
    void recordAllCountedRefusals() {
        run("recording how much was refused at last", audit::recordAllCounted);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void renewSessions() {
        run("renewing sessions", leases::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void expireAssistance() {
        run("ending requests for help", assistance::expire);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void expireAccessRequests() {
        run("closing requests for access", accessRequests::expire);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void readLoginEvents() {
        run("reading login events", loginEvents::poll);
    }

    @Schedule(hour = "*", minute = "*", second = "*", persistent = false)
    void readLoginEventsOfWokenRealms() {
        run("reading login events", loginEvents::pollWoken);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void endBlocks() {
        run("ending blocks of addresses", guard::run);
    }

    @Schedule(hour = "*", minute = "*", second = "*/2", persistent = false)
    void bringUpRealms() {
        run("bringing realms up to date", realms::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*/15", persistent = false)
    void noticeLeavers() {
        run("noticing who has left a company", leavers::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*/2", persistent = false)
    void makeDomains() {
        run("making domains", domains::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*/2", persistent = false)
    void removeAccounts() {
        run("removing accounts of deleted users", removals::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void endSessionsOfRealms() {
        run("ending sessions in realms", signOuts::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void sendNotices() {
        run("sending notices", notices::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*/5", persistent = false)
    void gatherNotifications() {
        run("gathering notifications", notifications::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "*/30", persistent = false)
    void warnOfExpiry() {
        run("warning of accounts that will end", expiryWarnings::sweep);
    }

    @Schedule(hour = "*", minute = "*/10", persistent = false)
    void forgetCreations() {
        run("forgetting idempotency keys", creations::sweep);
    }

    @Schedule(hour = "*", minute = "*/10", persistent = false)
    void forgetSignIns() {
        run("forgetting old sign-ins", signIns::forget);
    }

    @Schedule(hour = "*", minute = "*/10", persistent = false)
    void deleteTransferFiles() {
        run("deleting abandoned files", transferFiles::sweep);
    }

    @Schedule(hour = "*", minute = "*", second = "30", persistent = false)
    void checkTransparency() {
        run("looking after the transparency log", () -> {
            sealer.observe();
            sealer.enterHeads();
            queueCheck.step();
        });
    }

    @Schedule(hour = "*", minute = "*", second = "30", persistent = false)
    void publishAnchors() {
        run("keeping heads of the audit log", anchors::publish);
    }

    @Schedule(hour = "*", minute = "*", second = "*/10", persistent = false)
    void forwardRecords() {
        run("forwarding audit records", recordForwarder::forward);
    }

    @Schedule(hour = "*", minute = "*", second = "*/10", persistent = false)
    void watchImports() {
        run("looking after imports", imports::watch);
    }

    private static void run(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, what + " failed", e);
        }
    }
}
