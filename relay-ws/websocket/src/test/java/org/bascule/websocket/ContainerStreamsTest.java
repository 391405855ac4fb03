package org.bascule.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What no container does on purpose: its streams fail. */
class ContainerStreamsTest {

    private final TestRequest request = new TestRequest();
    private final ContainerStreams streams = new ContainerStreams(request.request);
    private final Failing connection = new Failing();

    /** Whatever is asked of its streams, it is not to be. */
    private static final class Failing implements WebConnection {

        private int closed;

        @Override
        public ServletInputStream getInputStream() {
            return new ServletInputStream() {
                @Override
                public boolean isFinished() {
                    throw new IllegalStateException();
                }

                @Override
                public boolean isReady() {
                    throw new IllegalStateException();
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new IllegalStateException();
                }

                @Override
                public int read() {
                    throw new IllegalStateException();
                }
            };
        }

        @Override
        public ServletOutputStream getOutputStream() {
            return new ServletOutputStream() {
                @Override
                public boolean isReady() {
                    throw new IllegalStateException();
                }

                @Override
                public void setWriteListener(WriteListener listener) {
                    throw new IllegalStateException();
                }

                @Override
                public void write(int one) {
                    throw new IllegalStateException();
                }
            };
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private void fail() throws IOException {
        assertThat(streams.open(connection)).isTrue();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> streams.read(new byte[1], 0, 1));
        assertThatExceptionOfType(IOException.class).as("nobody uses it again").isThrownBy(streams::isWritable);
    }

    @Test
    void aConnectionWhoseStreamsFailIsClosed() throws IOException {
        fail();
        streams.close();
        streams.close();
        assertThat(connection.closed).isOne();
    }

    @Test
    void oneThatIsAnothersByNowIsLeftAlone() throws IOException {
        fail();
        request.attributes.clear();
        streams.close();
        assertThat(connection.closed).isZero();
    }

    @Test
    void oneThatTheContainerEndsIsLeftAlone() throws IOException {
        fail();
        streams.gone();
        streams.close();
        assertThat(connection.closed).isZero();
    }
}
