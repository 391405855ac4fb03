package org.bascule.session.network;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A few connections whose last answer was read to its end, for the next request to the same server. Thread-safe. */
final class HttpConnections {

    private static final int MOST = 4;
    private static final long MAX_IDLE_NS = 10_000_000_000L;
    private static final long TRUSTED_NS = 500_000_000L;

    private final Deque<Idle> idle = new ArrayDeque<>();

    /** Where a connection leads. */
    record Key(boolean tls, String host, int port) {}

    private record Idle(Key key, Connection connection, long since) {}

    void keep(Key key, Connection connection) {
        Idle oldest = null;
        synchronized (this) {
            idle.addFirst(new Idle(key, connection, System.nanoTime()));
            if (idle.size() > MOST) {
                oldest = idle.removeLast();
            }
        }
        if (oldest != null) {
            oldest.connection.close();
        }
    }

    /** @param repeatable the request can be sent again, so a connection that was used just now need not be looked at, which takes a millisecond */
    @Nullable
    Connection take(Key key, boolean repeatable) {
        for (Idle next = next(key); next != null; next = next(key)) {
            long age = System.nanoTime() - next.since;
            if (repeatable && age < TRUSTED_NS || age < MAX_IDLE_NS && isOpen(next.connection)) {
                return next.connection;
            }
            next.connection.cut();
        }
        return null;
    }

    private synchronized @Nullable Idle next(Key key) {
        for (Iterator<Idle> all = idle.iterator(); all.hasNext(); ) {
            Idle next = all.next();
            if (next.key.equals(key)) {
                all.remove();
                return next;
            }
        }
        return null;
    }

    /** A server that closed meanwhile has said so: a request that must not be sent twice shall not be lost on it. */
    private static boolean isOpen(Connection connection) {
        try {
            connection.readTimeout(1);
            connection.in().read();
            return false;
        } catch (java.net.SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
