package org.bascule.relay.pairing;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bascule.wire.SessionId;

/**
 * What was forwarded for sessions, until it was taken down: for those that have gone at once, for those that are here every minute. A session has one account for all its pairs, also when it comes again
 * within {@link #KEPT_NANOS}, so that whoever comes very often fills nothing. Bounded: of accounts of sessions that have gone the oldest are forgotten, first those that were taken down.
 */
public final class Tally {

    private static final int MAX_GONE = 10_000;
    private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** As long as a token in reserve counts. */
    static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(5);

    private static final int ID = 8;

    /** One pair, counted in both directions. */
    public static final class Pair {

        private final Account account;
        private final Flow fromClient;
        private final Flow fromDevice;
        private final long began;

        private Pair(Account account, Flow fromClient, Flow fromDevice, long now) {
            this.account = account;
            this.fromClient = fromClient;
            this.fromDevice = fromDevice;
            this.began = now;
        }
    }

    /** Of one session. Guarded by the tally. */
    private static final class Account {

        private final SessionId sid;
        private final String id;
        /** One, or two while one takes the place of the other. */
        private final Set<Pair> living = new LinkedHashSet<>();
        /** What is over. */
        private long clientBytes;

        private long deviceBytes;
        private long nanos;
        private long reported;
        private long gone;

        private Account(SessionId sid, String id, long now) {
            this.sid = sid;
            this.id = id;
            this.reported = now;
        }

        private Line line(long now) {
            long fromClient = clientBytes;
            long fromDevice = deviceBytes;
            long lasted = nanos;
            for (Pair pair : living) {
                fromClient += pair.fromClient.bytes();
                fromDevice += pair.fromDevice.bytes();
                lasted += now - pair.began;
            }
            return new Line(sid, id, fromClient, fromDevice, TimeUnit.NANOSECONDS.toMillis(lasted), living.isEmpty());
        }

        private boolean ended(Pair pair, long now) {
            if (!living.remove(pair)) {
                return false;
            }
            clientBytes += pair.fromClient.bytes();
            deviceBytes += pair.fromDevice.bytes();
            nanos += now - pair.began;
            return true;
        }
    }

    /**
     * The figures of an account; they only grow.
     *
     * @param pair id of the account
     * @param millis that its pairs lasted
     * @param over whether nobody is here
     */
    public record Line(SessionId sid, String pair, long fromClient, long fromDevice, long millis, boolean over) {}

    private final Ticker ticker;
    private final SecureRandom random = new SecureRandom();

    // guarded by this
    private final Map<SessionId, Account> accounts = new HashMap<>();
    /** With pairs. */
    private final Set<Account> living = new LinkedHashSet<>();
    /** Without: who went first comes first. */
    private final Set<Account> untold = new LinkedHashSet<>();

    private final Set<Account> told = new LinkedHashSet<>();

    Tally(Ticker ticker) {
        this.ticker = ticker;
    }

    synchronized Pair began(SessionId sid, Flow fromClient, Flow fromDevice) {
        long now = ticker.nanos();
        Account account = accounts.computeIfAbsent(sid, key -> new Account(key, id(), now));
        untold.remove(account);
        told.remove(account);
        living.add(account);
        Pair pair = new Pair(account, fromClient, fromDevice, now);
        account.living.add(pair);
        return pair;
    }

    private String id() {
        byte[] id = new byte[ID];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** The first of both ends has gone. */
    synchronized void ended(Pair pair) {
        Account account = pair.account;
        long now = ticker.nanos();
        if (account.ended(pair, now) && account.living.isEmpty()) {
            account.gone = now;
            living.remove(account);
            untold.add(account);
            if (untold.size() + told.size() > MAX_GONE) {
                forgetFirst(told.isEmpty() ? untold : told);
            }
        }
    }

    private void forgetFirst(Set<Account> of) {
        Iterator<Account> all = of.iterator();
        accounts.remove(all.next().sid);
        all.remove();
    }

    /** Forgets who has gone, was taken down and does not come again. */
    synchronized void sweep() {
        long now = ticker.nanos();
        while (!told.isEmpty() && now - told.iterator().next().gone >= KEPT_NANOS) {
            forgetFirst(told);
        }
    }

    /** What is to be taken down now, at most so many; the same again as long as nobody says that it {@link #taken was}. */
    public synchronized List<Line> due(int most) {
        List<Line> due = new ArrayList<>();
        long now = ticker.nanos();
        for (Account account : untold) {
            if (due.size() == most) {
                return due;
            }
            due.add(account.line(now));
        }
        for (Account account : living) {
            if (due.size() == most) {
                return due;
            }
            if (now - account.reported >= EVERY_NANOS) {
                due.add(account.line(now));
            }
        }
        return due;
    }

    /** These were taken down. */
    public synchronized void taken(List<Line> lines) {
        long now = ticker.nanos();
        for (Line line : lines) {
            Account account = accounts.get(line.sid());
            if (account == null || !account.id.equals(line.pair())) {
                continue;
            }
            account.reported = now;
            // it may have come again and gone meanwhile
            if (line.equals(account.line(now)) && untold.remove(account)) {
                told.add(account);
            }
        }
    }
}
