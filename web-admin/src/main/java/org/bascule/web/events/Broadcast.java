package org.bascule.web.events;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bascule.domain.access.AccessRequests;
import org.bascule.domain.assistance.Assistance;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.live.LiveEvent.AccessRequested;
import org.bascule.domain.live.LiveEvent.AssistanceChanged;
import org.bascule.domain.live.LiveEvent.AuditAdded;
import org.bascule.domain.live.LiveEvent.ConsentChanged;
import org.bascule.domain.live.LiveEvent.CredentialEnded;
import org.bascule.domain.live.LiveEvent.DeviceAdded;
import org.bascule.domain.live.LiveEvent.DeviceAlarm;
import org.bascule.domain.live.LiveEvent.DeviceChanged;
import org.bascule.domain.live.LiveEvent.DeviceRemoved;
import org.bascule.domain.live.LiveEvent.DeviceRevoked;
import org.bascule.domain.live.LiveEvent.DirectoryImported;
import org.bascule.domain.live.LiveEvent.FolderChanged;
import org.bascule.domain.live.LiveEvent.ImportChanged;
import org.bascule.domain.live.LiveEvent.OptionsChanged;
import org.bascule.domain.live.LiveEvent.PrincipalChanged;
import org.bascule.domain.live.LiveEvent.RelaysChanged;
import org.bascule.domain.live.LiveEvent.ResourceMoved;
import org.bascule.domain.live.LiveEvent.RightsChanged;
import org.bascule.domain.live.LiveEvent.SessionChanged;
import org.bascule.domain.live.LiveEvent.SubDevicesChanged;
import org.bascule.domain.live.LiveEvents;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.session.Sessions;
import org.bascule.domain.token.Credentials;
import org.bascule.web.login.PresentStanding;
import org.bascule.web.problem.ProblemCode;
import org.bascule.websocket.CloseCode;
import org.jspecify.annotations.Nullable;

/** Takes committed events from the domain and gives each to the listeners that may see it, on one thread of its own at a time. */
@ApplicationScoped
public class Broadcast {

    private static final System.Logger LOG = System.getLogger(Broadcast.class.getName());

    static final int MAX_LISTENERS = 5_000;
    static final int MAX_WAITING = 10_000;
    private static final int HEARTBEAT_SECONDS = 20;
    private static final int ENDED_SECONDS = 3;

    @Inject
    private LiveEvents live;

    @Inject
    Directory directory;

    @Inject
    Sessions sessions;

    @Inject
    Logbook logbook;

    @Inject
    Assistance assistance;

    @Inject
    AccessRequests requests;

    @Inject
    Credentials credentials;

    @Inject
    PresentStanding standing;

    @Resource
    @SuppressWarnings("NullAway.Init") // the container sets it
    private ManagedScheduledExecutorService executor;

    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final Consumer<LiveEvent> source = this::offer;

    private final EventQueue<LiveEvent> waiting = new EventQueue<>(MAX_WAITING);

    @PostConstruct
    void start() {
        live.register(source);
        executor.scheduleAtFixedRate(this::heartbeat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        executor.scheduleAtFixedRate(this::closeEnded, ENDED_SECONDS, ENDED_SECONDS, TimeUnit.SECONDS);
    }

    /** Everybody is told that the server stops. */
    public void stop() {
        live.unregister(source);
        closeAll(CloseCode.GOING_AWAY, "the server stops");
    }

    boolean add(Listener listener) {
        if (listeners.size() >= MAX_LISTENERS) {
            return false;
        }
        listeners.add(listener);
        return true;
    }

    void remove(Listener listener) {
        listeners.remove(listener);
    }

    /** Called on the thread that committed: only queues. */
    private void offer(LiveEvent event) {
        // what is behind a device is told with the device's own change
        if (listeners.isEmpty() || event instanceof SubDevicesChanged) {
            return;
        }
        if (waiting.offer(event)) {
            executor.execute(this::deliver);
        }
    }

    private void deliver() {
        while (true) {
            List<LiveEvent> events = waiting.takeOrRest();
            if (events.isEmpty()) {
                return;
            }
            if (waiting.overflowed()) {
                closeAll(CloseCode.TRY_AGAIN_LATER, "events were missed");
            }
            deliver(events);
        }
    }

    /** All of it was committed before: that anything may be different is told once. */
    void deliver(List<LiveEvent> events) {
        Set<String> told = new HashSet<>();
        for (LiveEvent event : events) {
            boolean directory =
                    !(event instanceof CredentialEnded) && EventText.of(event).equals(EventText.DIRECTORY);
            if (!directory || told.add(event.domainId())) {
                deliver(event);
            }
        }
    }

    private void deliver(LiveEvent event) {
        if (event instanceof CredentialEnded ended) {
            ended(ended);
        } else {
            deliver(event, EventText.of(event));
        }
    }

    private void deliver(LiveEvent event, String text) {
        for (Listener listener : listeners) {
            boolean concerned = event instanceof RelaysChanged
                    || listener.caller().domainId().equals(event.domainId());
            if (concerned && maySee(listener, event)) {
                listener.outgoing().send(text);
            } else if (concerned && event instanceof ResourceMoved) {
                // it may just have gone out of sight: no id, as of what is removed
                listener.outgoing().send(EventText.DIRECTORY);
            }
        }
    }

    /** Asks the domain; an answer that fails is no. */
    private boolean maySee(Listener listener, LiveEvent event) {
        try {
            if (event instanceof DeviceChanged changed) {
                return directory.sees(listener.caller(), changed.uid());
            }
            if (event instanceof DeviceAdded added) {
                return directory.sees(listener.caller(), added.uid());
            }
            if (event instanceof DeviceRevoked revoked) {
                return directory.sees(listener.caller(), revoked.uid());
            }
            if (event instanceof DeviceAlarm alarm) {
                return directory.sees(listener.caller(), alarm.uid());
            }
            if (event instanceof AssistanceChanged request) {
                return assistance.receives(listener.caller(), request.deviceUid());
            }
            if (event instanceof FolderChanged folder && !folder.change().equals("removed")) {
                return directory.sees(listener.caller(), folder.id());
            }
            if (event instanceof PrincipalChanged principal
                    && !principal.change().equals("removed")) {
                return directory.seesPrincipal(listener.caller(), principal.id());
            }
            if (event instanceof SessionChanged session) {
                return sessions.sees(listener.caller(), session.deviceUid(), session.userId());
            }
            if (event instanceof ImportChanged changed) {
                return changed.isReadBy(
                        listener.caller().userId(),
                        listener.caller().credential().tokenId());
            }
            if (event instanceof AuditAdded) {
                return logbook.mayRead(listener.caller());
            }
            if (event instanceof AccessRequested request) {
                return requests.sees(listener.caller(), request.resourceId(), request.userId());
            }
            if (event instanceof ConsentChanged consent) {
                return requests.sees(listener.caller(), consent.deviceUid(), consent.userId());
            }
            if (event instanceof ResourceMoved moved) {
                return directory.sees(listener.caller(), moved.resourceId());
            }
            return event instanceof RelaysChanged
                    || event instanceof DeviceRemoved
                    || event instanceof FolderChanged
                    || event instanceof PrincipalChanged
                    || event instanceof DirectoryImported
                    || event instanceof OptionsChanged
                    || event instanceof RightsChanged;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Live event not delivered: the domain does not say who may see it", e);
            return false;
        }
    }

    private void heartbeat() {
        for (Listener listener : List.copyOf(listeners)) {
            listener.outgoing().send(EventText.HEARTBEAT);
        }
    }

    /** Sign-ins and tokens end here, at other nodes, and with the time; so do accounts, with which sign-ins end and tokens do not. */
    private void closeEnded() {
        try {
            closeAllBut(credentials.live(listeners.stream()
                    .map(Listener::credential)
                    .filter(Objects::nonNull)
                    .distinct()
                    .toList()));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The domain does not say whose sign-in has ended", e);
        }
    }

    void closeAllBut(Set<String> live) {
        Instant now = Instant.now();
        for (Listener listener : new ArrayList<>(listeners)) {
            @Nullable String credential = listener.credential();
            if (now.isAfter(listener.identity().until())
                    || credential != null && !live.contains(credential)
                    || isRefused(listener)) {
                signOut(listener);
            }
        }
    }

    /** Not while the database does not say it: one that cannot be asked for keeps nobody else connected. */
    private boolean isRefused(Listener listener) {
        try {
            return standing.refusal(listener.identity()).isPresent();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "It cannot be told whether an account still stands", e);
            return false;
        }
    }

    private void ended(CredentialEnded event) {
        for (Listener listener : new ArrayList<>(listeners)) {
            if (event.id().equals(listener.credential())) {
                signOut(listener);
            }
        }
    }

    /** Tells also why, where it is known: the person is about to be shown it. */
    private void signOut(Listener listener) {
        Optional<ProblemCode> why;
        try {
            why = standing.refusal(listener.identity());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The domain does not say why somebody is signed out", e);
            why = Optional.empty();
        }
        listener.outgoing().send(EventText.signedOut(why));
        listener.outgoing().close(CloseCode.VIOLATED_POLICY, "signed out");
    }

    private void closeAll(int code, String reason) {
        for (Listener listener : new ArrayList<>(listeners)) {
            listener.outgoing().close(code, reason);
        }
    }
}
