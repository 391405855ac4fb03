package org.bascule.control.forward;

import jakarta.json.JsonObjectBuilder;
import java.util.concurrent.atomic.AtomicLong;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.session.service.TcpRequest;
import org.bascule.wire.Json;

/** Says what happens: for people on standard error, for programs as one object of JSON in each line of standard output. */
public final class Journal {

    private final Surroundings around;
    private final boolean json;
    private final boolean verbose;
    private final AtomicLong last = new AtomicLong();

    /** @param verbose each connection, not only those that fail */
    public Journal(Surroundings around, boolean json, boolean verbose) {
        this.around = around;
        this.json = json;
        this.verbose = verbose;
    }

    long next() {
        return last.incrementAndGet();
    }

    void listening(String what, String bind, int port, String to) {
        String at = (bind.contains(":") ? "[" + bind + "]" : bind) + ":" + port;
        if (json) {
            print(event("listening").add("bind", bind).add("port", port).add("to", to));
        } else {
            around.warn(what + " " + at + " -> " + Printable.of(to));
        }
    }

    void connected(long number, TcpRequest to, String address) {
        if (json) {
            print(event("connected")
                    .add("connection", number)
                    .add("host", to.host())
                    .add("port", to.port())
                    .add("address", address));
        } else if (verbose) {
            around.warn("#%d %s connected (%s)".formatted(number, to, Printable.of(address)));
        }
    }

    /** @param in bytes from the device */
    void closed(long number, TcpRequest to, long in, long out) {
        if (json) {
            print(event("closed")
                    .add("connection", number)
                    .add("host", to.host())
                    .add("port", to.port())
                    .add("bytesIn", in)
                    .add("bytesOut", out));
        } else if (verbose) {
            around.warn("#%d %s closed, %d bytes received, %d sent".formatted(number, to, in, out));
        }
    }

    void failed(long number, TcpRequest to, String code, String text) {
        if (json) {
            print(event("failed")
                    .add("connection", number)
                    .add("host", to.host())
                    .add("port", to.port())
                    .add("code", code)
                    .add("text", text));
        } else {
            around.warn("#%d %s: %s".formatted(number, to, Printable.of(text.isEmpty() ? code : text)));
        }
    }

    private static JsonObjectBuilder event(String name) {
        return Json.createObjectBuilder().add("event", name);
    }

    private synchronized void print(JsonObjectBuilder event) {
        around.println(event.build().toString());
    }
}
