package org.bascule.agent.vnc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The encodings that the client has ever asked for: the server uses no others. Thread-safe. */
final class Asked {

    private final Set<Integer> encodings = ConcurrentHashMap.newKeySet();

    void add(int encoding) {
        encodings.add(encoding);
    }

    boolean has(int encoding) {
        return encoding == Rfb.RAW || encodings.contains(encoding);
    }
}
