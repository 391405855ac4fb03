package org.bascule.domain.device;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.lifecycle.Renewals;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.RelayLists;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.OwnerMessage;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of all control channels ({@code docs/protocol/control.md}, "Channel"): proof, presence, clone rule, reports, and the way to a device.
 *
 * <p>The endpoint calls {@link #opened}, then {@link #received} for every message in order and never two at a time for one channel, then
 * {@link #closed} once. Everything else, including {@code hello}, {@code welcome}, echoed heartbeats, time limits and silence, is done here.
 * Calls may take as long as a database transaction.
 */
@ApplicationScoped
public class DeviceChannels {

    private static final Logger LOG = System.getLogger(DeviceChannels.class.getName());

    static final Duration PROOF_TIME = Duration.ofSeconds(10);
    /** Collecting an inventory takes a small device some seconds. */
    static final Duration READY_TIME = Duration.ofSeconds(40);

    static final Duration SILENCE = Duration.ofSeconds(25);
    /** Between two looks at the silent, which are a second apart. */
    private static final Duration STOOD_STILL = Duration.ofSeconds(5);

    static final Duration PROBE_TIME = Duration.ofSeconds(5);
    private static final Duration SEEN_INTERVAL = Duration.ofMinutes(5);
    private static final int SEEN_BATCH = 500;
    /** Devices that are told of relays within a second: all of them measure the ways then. */
    private static final int TOLD_AT_ONCE = 500;

    @Inject
    ChannelProofs proofs;

    @Inject
    DeviceStore store;

    @Inject
    Arrivals arrivals;

    @Inject
    Renewals renewals;

    @Inject
    RelayLists relays;

    @Inject
    Instance<SessionTraffic> traffic;

    @Inject
    Instance<AssistanceTraffic> assistance;

    @Inject
    Instance<ConsentTraffic> consents;

    @Inject
    Clock clock;

    private final Map<DeviceChannel, Link> links = new ConcurrentHashMap<>();
    /** When the last look at the silent ended; only the timer uses it. */
    private Instant swept = Instant.MIN;

    private final RefusedChannels refused = new RefusedChannels();

    /** One lock of these guards what {@link #current} and {@link #challenges} hold for a device, and orders what is stored of its presence. */
    private final Object[] locks = Stream.generate(Object::new).limit(64).toArray();

    private final Map<String, Link> current = new ConcurrentHashMap<>();
    private final Map<String, Challenge> challenges = new ConcurrentHashMap<>();

    private volatile Instant seen = Instant.MIN;

    /** A newer channel waits until an older one was asked whether it is still there. */
    private record Challenge(Link older, Link newer, ChannelProofs.Proven proven, String probe, Instant deadline) {}

    private Object lock(String uid) {
        return locks[Math.floorMod(uid.hashCode(), locks.length)];
    }

    /** A socket was opened: it is greeted, and has 10 s to prove itself. */
    public void opened(DeviceChannel channel) {
        Link link = new Link(channel, clock.instant());
        links.put(channel, link);
        link.send(new ChannelMessage.Hello(link.nonce.clone()));
    }

    /** Something came, and is handled as soon as there is time: the device is not silent. */
    public void heard(DeviceChannel channel) {
        Link link = links.get(channel);
        if (link != null) {
            link.heard = clock.instant();
            link.spoke = true;
        }
    }

    /** A message came. A message that does not fit the state of the channel closes it with {@code protocol}. */
    public void received(DeviceChannel channel, ControlMessage message) {
        Link link = links.get(channel);
        if (link == null) {
            return;
        }
        link.heard = clock.instant();
        try {
            switch (link.phase()) {
                case GREETED -> greeted(link, message);
                case CHALLENGING -> expectHeartbeat(message);
                case WELCOMED -> welcomed(link, message);
                case ONLINE -> online(link, message);
                case CLOSED -> {}
            }
        } catch (ChannelRefusedException e) {
            refuse(link, e.refusal(), e.detail());
        }
    }

    private static void expectHeartbeat(ControlMessage message) throws ChannelRefusedException {
        if (!(message instanceof ChannelMessage.Heartbeat)) {
            throw new ChannelRefusedException(ChannelRefusal.PROTOCOL);
        }
    }

    private void greeted(Link link, ControlMessage message) throws ChannelRefusedException {
        if (!(message instanceof ChannelMessage.Auth auth)) {
            throw new ChannelRefusedException(ChannelRefusal.PROTOCOL);
        }
        try {
            ChannelProofs.Proven proven = proofs.check(link.nonce, auth, link.channel.address());
            link.proved(proven);
            admitOrChallenge(link, proven);
        } catch (ChannelRefusedException e) {
            record(auth, link, e.refusal());
            throw e;
        }
    }

    private void record(ChannelMessage.Auth auth, Link link, ChannelRefusal refusal) {
        if (refusal != ChannelRefusal.BUSY && Uuid7.isUuid(auth.uid())) {
            store.find(auth.uid()).ifPresent(device -> {
                RefusedChannels.Kind kind = new RefusedChannels.Kind(device, link.channel.address(), refusal);
                if (refused.isFirst(kind, clock.instant())) {
                    store.refusedChannel(device, kind.address(), refusal.code(), 1);
                }
            });
        }
    }

    private void admitOrChallenge(Link link, ChannelProofs.Proven proven) throws ChannelRefusedException {
        String uid = proven.device().uid();
        synchronized (lock(uid)) {
            Link older = current.get(uid);
            if (older == null) {
                admit(link, proven);
            } else if (challenges.containsKey(uid)) {
                throw new ChannelRefusedException(
                        ChannelRefusal.BUSY, "Another connection of this device is being checked.");
            } else if (link.enter(Link.Phase.CHALLENGING)) {
                String probe = UUID.randomUUID().toString();
                challenges.put(
                        uid,
                        new Challenge(
                                older, link, proven, probe, clock.instant().plus(PROBE_TIME)));
                older.send(new ChannelMessage.Probe(probe));
            }
        }
    }

    /** Called with the lock of the device. */
    private void admit(Link link, ChannelProofs.Proven proven) throws ChannelRefusedException {
        ChannelMessage.Welcome welcome = proofs.welcome(proven);
        if (link.enter(Link.Phase.WELCOMED)) {
            current.put(proven.device().uid(), link);
            link.send(welcome);
        }
    }

    private void welcomed(Link link, ControlMessage message) throws ChannelRefusedException {
        if (message instanceof ChannelMessage.Ready ready) {
            ready(link, ready);
        } else if (message instanceof ChannelMessage.ProbeReply reply) {
            alive(link, reply);
        } else {
            expectHeartbeat(message);
            link.send(message);
        }
    }

    private void ready(Link link, ChannelMessage.Ready ready) throws ChannelRefusedException {
        KnownDevice device = link.device();
        synchronized (lock(device.uid())) {
            if (current.get(device.uid()) != link) {
                return;
            }
            arrivals.arrive(device, ready, link.serial(), link.channel.address());
            link.log = ready.log();
            link.enter(Link.Phase.ONLINE);
        }
        LOG.log(Level.DEBUG, "device {0} is online", device.uid());
    }

    private void online(Link link, ControlMessage message) throws ChannelRefusedException {
        KnownDevice device = link.device();
        if (message instanceof ChannelMessage.Heartbeat) {
            link.send(message);
        } else if (message instanceof SessionMessage.SessionAnswer answer) {
            link.log = answer.log();
            tell(listener -> listener.answered(device.uid(), answer));
        } else if (message instanceof SessionMessage.SessionRefuse refusal) {
            tell(listener -> listener.refused(device.uid(), refusal));
        } else if (message instanceof SessionMessage.SessionRelays asked) {
            tell(listener -> listener.reserveAsked(device.uid(), asked));
        } else if (message instanceof SessionMessage.SessionEnded ended) {
            tell(listener -> listener.ended(device.uid(), ended));
        } else if (message instanceof ReportMessage.Events events) {
            events(link, events);
        } else if (message instanceof ReportMessage.InventoryReport report) {
            store.inventory(device, report.inventory());
        } else if (message instanceof OwnerMessage.Switch told) {
            store.switched(device, told);
        } else if (message instanceof ChannelMessage.EndorsementReport report) {
            proofs.verify(device, report.endorsement());
            store.endorse(device, report.endorsement());
        } else if (message instanceof ChannelMessage.Renew renew) {
            renew(link, renew);
        } else if (message instanceof ReportMessage.Assist request) {
            assistance.forEach(listener -> link.send(listener.requested(device, request, link.channel.address())));
        } else if (message instanceof ConsentMessage.Answer answer) {
            consents.forEach(listener -> listener.answered(device.uid(), answer));
        } else if (message instanceof ConsentMessage.Demand demand) {
            consents.forEach(listener -> listener.demanded(device.uid(), demand));
        } else if (message instanceof ChannelMessage.ProbeReply reply) {
            alive(link, reply);
        } else {
            throw new ChannelRefusedException(ChannelRefusal.PROTOCOL);
        }
    }

    /** The agent keeps what it has, and asks again another day, where there is no answer. */
    private void renew(Link link, ChannelMessage.Renew renew) {
        KnownDevice device = link.device();
        String address = link.channel.address();
        try {
            link.send(new ChannelMessage.Renewed(renewals.renew(
                    new Renewals.Renewing(device.domainId(), device.uid(), device.name(), device.identity(), address),
                    renew)));
        } catch (RefusedException e) {
            RefusedChannels.Kind kind = new RefusedChannels.Kind(device, address, ChannelRefusal.BAD_PROOF);
            if (refused.isFirst(kind, clock.instant())) {
                store.refusedChannel(device, address, "renewal: " + e.problem().code(), 1);
            }
        }
    }

    private void events(Link link, ReportMessage.Events events) {
        KnownDevice device = link.device();
        DeviceStore.StoredEvents stored = store.events(device, events, link.channel.address());
        for (DeviceEvent event : stored.fresh()) {
            tell(listener -> listener.reported(device.uid(), event, link.opened));
        }
        link.send(new ReportMessage.EventsAck(stored.next()));
    }

    private void tell(Consumer<SessionTraffic> message) {
        traffic.forEach(message);
    }

    /** The older channel answered: two have the same identity, and neither may stay. */
    private void alive(Link older, ChannelMessage.ProbeReply reply) {
        KnownDevice device = older.device();
        Link newer;
        synchronized (lock(device.uid())) {
            Challenge challenge = challenges.get(device.uid());
            if (challenge == null
                    || challenge.older() != older
                    || !challenge.probe().equals(reply.id())) {
                return;
            }
            challenges.remove(device.uid());
            newer = challenge.newer();
            store.quarantine(device, older.channel.address() + " and " + newer.channel.address());
        }
        LOG.log(Level.WARNING, "device {0} is quarantined: two channels with its identity answered", device.uid());
        refuse(older, ChannelRefusal.CLONE, ChannelRefusal.CLONE.detail());
        refuse(newer, ChannelRefusal.CLONE, ChannelRefusal.CLONE.detail());
    }

    private void refuse(Link link, ChannelRefusal refusal, String detail) {
        link.refuse(refusal, detail);
        drop(link);
    }

    /** The socket is gone, whoever closed it. */
    public void closed(DeviceChannel channel) {
        Link link = links.get(channel);
        if (link != null) {
            drop(link);
        }
    }

    private void drop(Link link) {
        links.remove(link.channel);
        if (link.close() == Link.Phase.CLOSED || !link.isProven()) {
            return;
        }
        KnownDevice device = link.device();
        boolean wasCurrent;
        synchronized (lock(device.uid())) {
            wasCurrent = current.remove(device.uid(), link);
            if (wasCurrent) {
                store.offline(device);
            }
            Challenge challenge = challenges.get(device.uid());
            if (challenge != null && (challenge.newer() == link || challenge.older() == link)) {
                challenges.remove(device.uid());
                if (challenge.older() == link) {
                    admitChallenger(challenge);
                }
            }
        }
        if (wasCurrent) {
            tell(listener -> listener.offline(device.uid()));
            consents.forEach(listener -> listener.offline(device.uid()));
        }
    }

    /** Called with the lock of the device, after the older channel has gone. */
    private void admitChallenger(Challenge challenge) {
        try {
            admit(challenge.newer(), challenge.proven());
        } catch (ChannelRefusedException e) {
            challenge.newer().refuse(e.refusal(), e.detail());
        }
    }

    /** Looks for the silent and the late. Called every second. */
    public void sweep() {
        Instant now = clock.instant();
        hearAnew(now);
        try {
            sweep(now);
        } finally {
            // however long it took: meanwhile everybody could be heard
            swept = clock.instant();
        }
    }

    private void sweep(Instant now) {
        for (Challenge challenge : List.copyOf(challenges.values())) {
            if (!now.isBefore(challenge.deadline())) {
                refuse(challenge.older(), ChannelRefusal.BUSY, "Replaced by a newer connection of this device.");
            }
        }
        for (Link link : List.copyOf(links.values())) {
            sweep(link, now);
        }
        relays.ifSigned().ifPresent(this::tellOfRelays);
        for (RefusedChannels.Repeated repeated : refused.due(now)) {
            RefusedChannels.Kind kind = repeated.kind();
            store.refusedChannel(kind.device(), kind.address(), kind.refusal().code(), repeated.times());
        }
        if (seen.equals(Instant.MIN) || now.isAfter(seen.plus(SEEN_INTERVAL))) {
            seen = now;
            storeSeen();
        }
    }

    /** Also those that came since the last time. */
    private void tellOfRelays(RelayLists.Current list) {
        ControlMessage message = new ChannelMessage.Relays(list.signed());
        links.values().stream()
                .filter(link -> link.phase() == Link.Phase.ONLINE && link.relays != list.number())
                .limit(TOLD_AT_ONCE)
                .forEach(link -> {
                    link.relays = list.number();
                    link.send(message);
                });
    }

    /** Where this server stood still, or its clock was set, nobody can say who was silent meanwhile. */
    private void hearAnew(Instant now) {
        boolean missed = now.isBefore(swept) || now.isAfter(swept.plus(STOOD_STILL));
        if (missed && !swept.equals(Instant.MIN)) {
            links.values().forEach(link -> link.heard = now);
        }
    }

    private void sweep(Link link, Instant now) {
        Duration age = Duration.between(link.opened, now);
        Link.Phase phase = link.phase();
        // what it said waits for its turn here, when many come at once: those who are refused for that come again
        Duration proofTime = link.spoke ? READY_TIME : PROOF_TIME;
        if (phase == Link.Phase.GREETED && age.compareTo(proofTime) > 0) {
            refuse(link, ChannelRefusal.PROTOCOL, "No proof came in time.");
        } else if (phase == Link.Phase.WELCOMED && age.compareTo(READY_TIME) > 0) {
            refuse(link, ChannelRefusal.PROTOCOL, "The agent was not ready in time.");
        } else if (phase == Link.Phase.ONLINE && now.isAfter(link.heard.plus(SILENCE))) {
            refuse(link, ChannelRefusal.PROTOCOL, "Silent for too long.");
        }
    }

    private void storeSeen() {
        List<String> uids = new ArrayList<>(current.keySet());
        for (int start = 0; start < uids.size(); start += SEEN_BATCH) {
            store.seen(uids.subList(start, Math.min(uids.size(), start + SEEN_BATCH)));
        }
    }

    /** Closes the channel of a device that was removed. */
    public void removed(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.DeviceRemoved device) {
        refuseRevoked(device.uid());
    }

    /** And of one that was revoked. */
    public void revoked(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.DeviceRevoked device) {
        refuseRevoked(device.uid());
    }

    /** Every channel that has proved to be this device's: the present one, one that waits for the answer of it, one that is being replaced. */
    private void refuseRevoked(String uid) {
        // without its lock, which others hold while they wait for the database; whoever is admitted all the same is
        // refused when it is ready
        challenges.remove(uid);
        for (Link link : List.copyOf(links.values())) {
            if (link.isOf(uid)) {
                // the endpoint reports the closing on a thread of its own, outside of the transaction that has just
                // ended
                link.refuse(ChannelRefusal.REVOKED, ChannelRefusal.REVOKED.detail());
            }
        }
    }

    /** Closes everything, for undeployment. */
    public void shutdown() {
        for (Link link : List.copyOf(links.values())) {
            link.refuse(ChannelRefusal.BUSY, "The server is being stopped.");
        }
    }

    /** Sends to a device that is online; false if it is not. */
    public boolean send(String uid, ControlMessage message) {
        Link link = current.get(uid);
        if (link == null || link.phase() != Link.Phase.ONLINE) {
            return false;
        }
        link.send(message);
        return true;
    }

    public boolean isOnline(String uid) {
        Link link = current.get(uid);
        return link != null && link.phase() == Link.Phase.ONLINE;
    }

    /** Size of the newest tree head that a device said it has seen; 0 for none, or a device that is not online. */
    public long log(String uid) {
        Link link = current.get(uid);
        return link == null ? 0 : link.log;
    }

    /** Where the channel of a device that is online comes from. */
    public @Nullable String address(String uid) {
        Link link = current.get(uid);
        return link == null ? null : link.channel.address();
    }
}
