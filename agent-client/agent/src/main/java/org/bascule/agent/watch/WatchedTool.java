package org.bascule.agent.watch;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.service.ServiceStream;

/** A tool of a session whose output can be watched. */
public interface WatchedTool {

    /** How the bytes are to be shown: the name of the service. */
    String service();

    /** Shows it to one watcher until the tool or the stream is over; blocks, on a thread of the watcher. */
    void show(ServiceStream stream, Watcher watcher) throws IOException, InterruptedException;

    /** The session uses it no more. Watchers get what is left; nobody else comes. */
    void over();

    /** What it shows at this moment, as lines of text; empty if it is no text. */
    default Optional<List<String>> text() {
        return Optional.empty();
    }
}
