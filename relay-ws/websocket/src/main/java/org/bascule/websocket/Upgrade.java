package org.bascule.websocket;

import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Where the container hands over a connection; made by it. */
public class Upgrade implements HttpUpgradeHandler {

    private @Nullable ServerSocket socket;

    void leadsTo(ServerSocket opened) {
        socket = opened;
    }

    @Override
    public void init(WebConnection connection) {
        ServerSocket opened = socket;
        if (opened == null) {
            throw new IllegalStateException("the handshake says where it leads");
        }
        try {
            opened.open(connection);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void destroy() {
        ServerSocket opened = socket;
        if (opened != null) {
            opened.destroyed();
        }
    }
}
