package org.bascule.session.network;

import java.io.IOException;
import java.net.Socket;
import java.util.Optional;

/** How TCP connections are made. */
interface Way {

    /** Connects to a host, by name or address. The socket belongs to the caller, also while it is the attempt's. */
    Socket connect(String host, int port, Attempt attempt) throws IOException;

    /** What is in between. */
    Optional<Proxy> proxy();
}
