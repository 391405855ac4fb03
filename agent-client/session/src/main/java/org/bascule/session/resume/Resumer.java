package org.bascule.session.resume;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.TransportLoss;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.session.transport.TransportException;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.ReserveRelay;
import org.jspecify.annotations.Nullable;

/**
 * Brings one session a new transport whenever it has lost one: goes to the relays for which it has tokens, waits at all of them, and gives up after {@link ResumeTimes#within}. Thread-safe; nothing
 * blocks its caller.
 *
 * <p>Also for a session whose first transport could not be made: it opens elsewhere, but does not wait for what is not there, because somebody waits for it. Each relay is tried once.
 */
public final class Resumer {

    private static final System.Logger LOG = System.getLogger(Resumer.class.getName());

    private final SessionId sid;
    private final RelayRole role;
    private final RelayProofKey proof;
    private final RelayDialer dialer;
    private final ReserveSource source;
    private final ResumeTimes times;
    /** There was no transport at first. */
    private final boolean opening;

    // guarded by this
    private List<ReserveRelay> reserve;
    private @Nullable Session session;
    private @Nullable Round round;
    private long attempts;
    private int flaps;
    private boolean over;
    /** When the tokens came. */
    private long renewed;

    private final CompletableFuture<Boolean> resumed = new CompletableFuture<>();

    /**
     * Of a session that has its first transport, or has failed to get it.
     *
     * @param reserve best first; none: a lost transport ends the session
     * @param opening whether the first transport could not be made
     */
    public Resumer(
            SessionId sid,
            RelayRole role,
            RelayProofKey proof,
            List<ReserveRelay> reserve,
            RelayDialer dialer,
            ReserveSource source,
            ResumeTimes times,
            boolean opening) {
        this.sid = sid;
        this.role = role;
        this.proof = proof;
        this.reserve = List.copyOf(reserve);
        this.dialer = dialer;
        this.source = source;
        this.times = times;
        this.opening = opening;
        this.renewed = System.nanoTime();
        if (!reserve.isEmpty()) {
            later(
                    times.refresh().dividedBy(4),
                    () -> refresh(about(times.refresh(), 0.08).toNanos()));
        }
    }

    /** From the loss of a transport to the next one, or to the end. */
    private static final class Round {
        private final TransportLoss loss;
        /** There was no transport yet. */
        private final boolean opening;

        private final Map<String, Relay> relays = new HashMap<>();
        /** At the client: paired transports that wait until it is their turn. */
        private final Queue<Ready> ready = new ArrayDeque<>();

        private boolean resuming;

        Round(TransportLoss loss, boolean opening) {
            this.loss = loss;
            this.opening = opening;
        }
    }

    /** One relay in a round. */
    private static final class Relay {
        private static final String NOT_TRIED = "not tried";
        private static final String ABSENT = "the other end did not come";

        private int failures;
        private String last = NOT_TRIED;
        /** Not to be tried again: the session is being opened. */
        private boolean given;

        /** From the moment of dialling until that has come to nothing. */
        private boolean busy;

        private long since;
        private RelayDialer.@Nullable Dialling dialling;

        /** What came of it until now. */
        String outcome() {
            return dialling != null && dialling.waiting().getAsBoolean() ? ABSENT : last;
        }
    }

    private record Ready(Transport transport, String relay, long attempt) {}

    // ---- what the session says

    /** As {@link org.bascule.session.stream.SessionListener#lost}. */
    public boolean lost(Session lostBy, TransportLoss loss) {
        Round begun;
        Duration delay;
        List<Runnable> aborts;
        synchronized (this) {
            if (over || reserve.isEmpty()) {
                return false;
            }
            aborts = finish(round);
            session = lostBy;
            flaps = loss.attempt() > 0 && loss.lived() < times.flapping().toNanos() ? flaps + 1 : 0;
            begun = new Round(loss, opening && loss.attempt() == 0);
            round = begun;
            delay = flaps == 0 ? Duration.ZERO : about(times.after(flaps), 0.5);
        }
        aborts.forEach(Runnable::run);
        LOG.log(
                System.Logger.Level.INFO,
                "session {0} lost its transport through {1}: {2}",
                sid,
                loss.relay(),
                loss.end().detail());
        later(begun.opening ? times.opening() : times.within(), () -> giveUp(begun));
        later(delay.plus(about(times.spread().dividedBy(2), 1)), () -> begin(begun));
        later(Duration.ZERO, () -> ask(begun));
        return true;
    }

    /** The session has ended: everything stops. */
    public void ended() {
        List<Runnable> aborts;
        synchronized (this) {
            over = true;
            aborts = finish(round);
            round = null;
        }
        aborts.forEach(Runnable::run);
    }

    /** True once a transport was brought. */
    public CompletableFuture<Boolean> resumed() {
        return resumed.copy();
    }

    /** The access server says that the session has ended: where there is a transport, the other end says so. */
    public void endedElsewhere(SessionEnd how) {
        Session lostBy;
        synchronized (this) {
            lostBy = session;
        }
        if (lostBy != null && !lostBy.isConnected()) {
            lostBy.giveUp(how);
        }
    }

    /** New tokens came. */
    public void reserve(List<ReserveRelay> newer) {
        Round running;
        synchronized (this) {
            if (over || newer.isEmpty()) {
                return;
            }
            reserve = List.copyOf(newer);
            renewed = System.nanoTime();
            running = round;
        }
        if (running != null && !running.relays.isEmpty()) {
            begin(running);
        }
    }

    /** Ids of the relays for which there are tokens, in order. */
    public synchronized List<String> relays() {
        return reserve.stream().map(one -> one.relay().id()).toList();
    }

    // ---- asking

    /** Asks when the tokens are so old, and again until an answer came. */
    private void refresh(long age) {
        boolean due;
        synchronized (this) {
            if (over) {
                return;
            }
            due = round == null && System.nanoTime() - renewed >= age;
        }
        if (due) {
            source.ask(relays(), List.copyOf(struck()), OptionalLong.empty());
        }
        later(times.refresh().dividedBy(4), () -> refresh(age));
    }

    private void ask(Round of) {
        if (isOver(of)) {
            return;
        }
        source.ask(relays(), List.copyOf(struck()), OptionalLong.of(of.loss.attempt()));
        later(about(times.ask(), 0.2), () -> ask(of));
    }

    // ---- a round

    /** Tries the relays one after the other; those that are tried already are left alone. */
    private void begin(Round of) {
        Set<String> struck = struck();
        List<String> order;
        synchronized (this) {
            if (round != of) {
                return;
            }
            order = order(of.loss.relay(), struck);
            order.removeIf(of.relays::containsKey);
            order.forEach(relay -> of.relays.put(relay, new Relay()));
        }
        for (int i = 0; i < order.size(); i++) {
            String relay = order.get(i);
            later(times.stagger().multipliedBy(i), () -> dial(of, relay));
        }
    }

    private Set<String> struck() {
        Session lostBy;
        synchronized (this) {
            lostBy = session;
        }
        return lostBy == null ? Set.of() : lostBy.struck();
    }

    /** The list, the lost relay last, without struck ones where there are others. */
    private List<String> order(String lost, Set<String> struck) {
        List<String> all = new ArrayList<>(
                reserve.stream().map(one -> one.relay().id()).distinct().toList());
        if (all.remove(lost)) {
            all.add(lost);
        }
        List<String> good =
                all.stream().filter(relay -> !struck.contains(relay)).collect(Collectors.toCollection(ArrayList::new));
        return good.isEmpty() ? all : good;
    }

    private void dial(Round of, String id) {
        ReserveRelay with;
        long attempt;
        Relay relay;
        Duration connect;
        synchronized (this) {
            Relay known = of.relays.get(id);
            if (round != of || known == null || known.busy) {
                return;
            }
            with = reserve.stream()
                    .filter(one -> one.relay().id().equals(id))
                    .findFirst()
                    .orElse(null);
            if (with == null) {
                of.relays.remove(id);
                return;
            }
            relay = known;
            relay.busy = true;
            relay.since = System.nanoTime();
            attempt = ++attempts;
            // who opens tries each relay once
            connect = ResumeTimes.connecting(of.opening ? ResumeTimes.MOST_DOUBLED : relay.failures);
        }
        RelayDialer.Dialling dialling =
                dial(new RelayJoin(with.relay(), sid, role, with.token(), proof, attempt), connect);
        boolean late;
        synchronized (this) {
            late = round != of;
            relay.dialling = dialling;
            if (relay.last.equals(Relay.NOT_TRIED)) {
                relay.last = "no connection";
            }
        }
        if (late) {
            dialling.abort().run();
        }
        dialling.paired().whenComplete((transport, failure) -> {
            if (transport == null) {
                failed(of, id, relay, TransportException.endOf(failure));
            } else {
                paired(of, relay, new Ready(transport, id, attempt));
            }
        });
    }

    private RelayDialer.Dialling dial(RelayJoin join, Duration connect) {
        try {
            return dialer.dial(join, connect);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "relay " + join.relay().id() + " cannot be dialled", e);
            return new RelayDialer.Dialling(CompletableFuture.failedFuture(e), () -> {});
        }
    }

    /** A connection came to nothing: again, later. */
    private void failed(Round of, String id, Relay relay, TransportEnd why) {
        Duration delay;
        boolean refused;
        boolean again;
        boolean nowhere;
        synchronized (this) {
            relay.dialling = null;
            relay.busy = false;
            if (round != of) {
                return;
            }
            // a relay that says so at once is not to be asked again and again
            boolean waited = System.nanoTime() - relay.since >= times.flapping().toNanos();
            refused = why.kind() == TransportEnd.Kind.REFUSED;
            relay.last = why.kind() == TransportEnd.Kind.TIMEOUT ? Relay.ABSENT : why.detail();
            delay = switch (why.kind()) {
                case TIMEOUT -> waited ? Duration.ZERO : about(times.after(++relay.failures), 0.5);
                case LIMIT, DRAINING -> about(times.refused(), 0.5);
                default -> about(times.after(++relay.failures), 0.5);
            };
            // where the other end was, it comes again
            again = !of.opening || why.kind() == TransportEnd.Kind.PEER_GONE;
            relay.given = !again;
            nowhere = of.relays.values().stream().allMatch(one -> one.given);
        }
        LOG.log(System.Logger.Level.DEBUG, "session {0}, {1}: {2}", sid, id, why.detail());
        if (refused) {
            // the token may have ended
            source.ask(relays(), List.copyOf(struck()), OptionalLong.of(of.loss.attempt()));
        }
        if (nowhere) {
            giveUp(of);
        } else if (again) {
            later(delay, () -> dial(of, id));
        }
    }

    private void paired(Round of, Relay relay, Ready ready) {
        synchronized (this) {
            if (round == of) {
                relay.last = "the other end did not resume";
                of.ready.add(ready);
            }
        }
        next(of, ready);
    }

    /** The client resumes over one transport at a time; the device waits on all of them for the client. */
    private void next(Round of, @Nullable Ready came) {
        Session lostBy;
        List<Ready> now = new ArrayList<>();
        synchronized (this) {
            lostBy = session;
            if (round == of && lostBy != null) {
                while (!of.ready.isEmpty() && !(role == RelayRole.CLIENT && of.resuming)) {
                    of.resuming = true;
                    now.add(of.ready.remove());
                }
            }
        }
        if (lostBy == null || now.isEmpty() && came != null && isOver(of)) {
            if (came != null) {
                came.transport().abort();
            }
            return;
        }
        for (Ready ready : now) {
            CompletableFuture<Boolean> resumed = lostBy.resume(ready.transport(), ready.relay(), ready.attempt());
            resumed.whenComplete((ok, failure) -> resumed(of, ready, Boolean.TRUE.equals(ok)));
        }
    }

    private synchronized boolean isOver(Round of) {
        return round != of;
    }

    private void resumed(Round of, Ready ready, boolean ok) {
        List<Runnable> aborts = List.of();
        Relay relay;
        synchronized (this) {
            of.resuming = false;
            relay = of.relays.get(ready.relay());
            if (ok && round == of) {
                round = null;
                if (relay != null) {
                    relay.dialling = null;
                }
                aborts = finish(of);
            }
        }
        if (ok) {
            LOG.log(System.Logger.Level.INFO, "session {0} goes on through {1}", sid, ready.relay());
            aborts.forEach(Runnable::run);
            resumed.complete(true);
        } else {
            if (relay != null) {
                failed(
                        of,
                        ready.relay(),
                        relay,
                        new TransportEnd(TransportEnd.Kind.PEER_GONE, "the other end did not resume"));
            }
            later(Duration.ZERO, () -> next(of, null));
        }
    }

    /** What is to be given up with a round. */
    private static List<Runnable> finish(@Nullable Round of) {
        List<Runnable> aborts = new ArrayList<>();
        if (of != null) {
            of.ready.forEach(ready -> aborts.add(ready.transport()::abort));
            of.relays.values().forEach(relay -> {
                if (relay.dialling != null) {
                    aborts.add(relay.dialling.abort());
                }
            });
        }
        return aborts;
    }

    private void giveUp(Round of) {
        Session lostBy;
        String tried;
        synchronized (this) {
            if (round != of) {
                return;
            }
            lostBy = session;
            tried = of.relays.entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + entry.getValue().outcome())
                    .sorted()
                    .collect(Collectors.joining("; "));
        }
        ended();
        if (lostBy != null) {
            lostBy.giveUp(new SessionEnd(
                    EndReason.INTERRUPTED,
                    false,
                    of.opening
                            ? "no way to the other end (%s)".formatted(tried)
                            : "no way to the other end for %d s (%s)"
                                    .formatted(times.within().toSeconds(), tried)));
        }
    }

    // ---- time

    private static Duration about(Duration duration, double part) {
        double factor = 1 + part * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }

    private static void later(Duration delay, Runnable task) {
        CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS).execute(task);
    }
}
