package org.bascule.websocket;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.bascule.websocket.container.Streams;
import org.jspecify.annotations.Nullable;

/**
 * The two streams of an upgraded connection, as the container lends them: it gives the objects to another connection as soon as this one is over, whoever still uses them.
 * So one thread at a time uses them, nobody does once they are {@link #gone} or a use has failed, and each use begins with a look whether they still are this connection's.
 *
 * <p>The lock is held for a call of the container and for nothing else, so whoever has it waits for nobody. The container may call {@link #gone} with locks of its own.
 */
final class ContainerStreams implements Streams {

    private static final System.Logger LOG = System.getLogger(ContainerStreams.class.getName());
    private static final String OWNER = ContainerStreams.class.getName();
    /** A use lasts some microseconds; this is for a thread that does not get the processor. */
    private static final long USED_AT_MOST_MILLIS = 500;

    private final HttpServletRequest request;
    private final ReentrantLock use = new ReentrantLock();
    /** The connection is another's by now, or the container ends it. */
    private volatile boolean gone;
    /** A use has failed in a way that does not say that the connection is over: there is no other use, but it is to be closed. */
    private volatile boolean failed;

    private @Nullable WebConnection connection;
    private @Nullable ServletInputStream in;
    private @Nullable ServletOutputStream out;

    ContainerStreams(HttpServletRequest request) {
        this.request = request;
        request.setAttribute(OWNER, this);
    }

    /**
     * Takes the streams over, without listeners yet.
     *
     * @return false if the connection was given up while it was being made: it is ended then
     */
    boolean open(WebConnection opened) throws IOException {
        ServletInputStream from = opened.getInputStream();
        ServletOutputStream to = opened.getOutputStream();
        use.lock();
        try {
            if (!gone) {
                connection = opened;
                in = from;
                out = to;
                return true;
            }
        } finally {
            use.unlock();
        }
        end(opened);
        return false;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        use.lock();
        try {
            ServletInputStream from = own(in);
            while (from.isReady()) {
                int count = from.read(buffer, offset, length);
                if (count != 0) {
                    return count;
                }
            }
            return NONE;
        } catch (IOException | RuntimeException e) {
            throw over(e);
        } finally {
            use.unlock();
        }
    }

    /** Whether there is nothing to read. */
    boolean isRead() throws IOException {
        use.lock();
        try {
            return !own(in).isReady();
        } catch (IOException | RuntimeException e) {
            throw over(e);
        } finally {
            use.unlock();
        }
    }

    @Override
    public boolean isWritable() throws IOException {
        use.lock();
        try {
            return own(out).isReady();
        } catch (IOException | RuntimeException e) {
            throw over(e);
        } finally {
            use.unlock();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        use.lock();
        try {
            own(out).write(bytes, offset, length);
        } catch (IOException | RuntimeException e) {
            throw over(e);
        } finally {
            use.unlock();
        }
    }

    @Override
    public void flush() throws IOException {
        use.lock();
        try {
            own(out).flush();
        } catch (IOException | RuntimeException e) {
            throw over(e);
        } finally {
            use.unlock();
        }
    }

    private <T> T own(@Nullable T stream) throws IOException {
        if (gone || failed || stream == null || !isOurs()) {
            throw new IOException("the connection is gone");
        }
        return stream;
    }

    private boolean isOurs() {
        try {
            return this.equals(request.getAttribute(OWNER));
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the request was taken back", e);
            return false;
        }
    }

    private IOException over(Exception cause) {
        if (cause instanceof IOException e) {
            gone = gone || !failed;
            return e;
        }
        failed = true;
        return new IOException("the container has taken the connection back, or forgets it", cause);
    }

    /** The container ends the connection by itself and takes its objects back when this returns: afterwards nobody uses them. */
    void gone() {
        gone = true;
        if (use.isHeldByCurrentThread()) {
            return;
        }
        try {
            if (use.tryLock(USED_AT_MOST_MILLIS, TimeUnit.MILLISECONDS)) {
                use.unlock();
            } else {
                LOG.log(Level.WARNING, "a connection ends while it is used");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the connection, unless the container has done so. To be called with no lock. */
    void close() {
        WebConnection closed;
        use.lock();
        try {
            closed = connection;
            if (gone || closed == null || !isOurs()) {
                gone = true;
                return;
            }
            gone = true;
        } finally {
            use.unlock();
        }
        end(closed);
    }

    /** Without the lock: the container waits in here for whom it tells of the end of the connection. */
    private static void end(WebConnection closed) {
        try {
            closed.close();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "closed already", e);
        }
    }
}
