package org.bascule.session.network;

import java.io.IOException;
import java.net.Socket;

/** How TCP connections are made. */
interface Way {

    /** Connects to a host, by name or address. The socket belongs to the caller, also while it is the attempt's. */
    Socket connect(String host, int port, Attempt attempt) throws IOException;
}
