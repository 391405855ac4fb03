package org.bascule.launcher.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Chooses TCP ports on the loopback interface that nobody listens on. */
public final class Ports {

    private static final int TRIES = 500;

    private Ports() {}

    /**
     * For each name the wished port if it is free, else the next one above it that is free and that nobody else wishes.
     *
     * @param wishes port by name; of two names with the same wish the first gets it
     * @throws IOException if no port is free within reach of a wish
     */
    public static Map<String, Integer> choose(Map<String, Integer> wishes) throws IOException {
        Map<String, Integer> chosen = new LinkedHashMap<>();
        Set<Integer> used = new LinkedHashSet<>(wishes.values());
        Set<Integer> given = new LinkedHashSet<>();
        for (Map.Entry<String, Integer> wish : wishes.entrySet()) {
            boolean granted = !given.contains(wish.getValue()) && isFree(wish.getValue());
            int port = granted ? wish.getValue() : next(wish.getValue(), used);
            used.add(port);
            given.add(port);
            chosen.put(wish.getKey(), port);
        }
        return chosen;
    }

    /** The first free port from this one on. */
    public static int firstFree(int wish) throws IOException {
        return next(wish, Set.of());
    }

    private static int next(int wish, Set<Integer> used) throws IOException {
        for (int port = wish; port < wish + TRIES && port < 65_536; port++) {
            if (!used.contains(port) && isFree(port)) {
                return port;
            }
        }
        throw new IOException("no free port from " + wish + " on");
    }

    /** Whether this process could listen on the port, on the loopback interface and on all others. */
    public static boolean isFree(int port) {
        return canBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                && canBind(new InetSocketAddress(port));
    }

    private static boolean canBind(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
