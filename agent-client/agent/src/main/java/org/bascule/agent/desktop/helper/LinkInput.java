package org.bascule.agent.desktop.helper;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.bascule.agent.desktop.link.Link;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** The client's RFB out of the link; what the agent says in between is dealt with where it comes. For one thread. */
final class LinkInput extends InputStream {

    /** What becomes of a message. */
    interface Messages {
        void message(StrictJson message) throws IOException, WireException;
    }

    private final Link.Reader in;
    private final Messages messages;
    private int at;
    private int end;

    LinkInput(Link.Reader in, Messages messages) {
        this.in = in;
        this.messages = messages;
    }

    private boolean fill() throws IOException {
        while (at == end) {
            Optional<Link.Arrived> next = in.next();
            if (next.isEmpty()) {
                return false;
            }
            if (next.get().message().isPresent()) {
                try {
                    messages.message(next.get().message().get());
                } catch (WireException e) {
                    throw new IOException("the agent's message: " + e.getMessage(), e);
                }
            } else {
                at = 0;
                end = next.get().data();
            }
        }
        return true;
    }

    @Override
    public int read() throws IOException {
        return fill() ? in.buffer()[at++] & 255 : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, end - at);
        System.arraycopy(in.buffer(), at, target, offset, count);
        at += count;
        return count;
    }
}
