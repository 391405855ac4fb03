package org.bascule.relay;

import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Where the container hands over a connection; made by it. */
public class RelayUpgrade implements HttpUpgradeHandler {

    private @Nullable FrameLink link;

    void leadsTo(FrameLink opened) {
        link = opened;
    }

    @Override
    public void init(WebConnection connection) {
        FrameLink opened = link;
        if (opened == null) {
            throw new IllegalStateException("the servlet says where it leads");
        }
        try {
            opened.open(connection);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void destroy() {
        FrameLink opened = link;
        if (opened != null) {
            opened.destroyed();
        }
    }
}
