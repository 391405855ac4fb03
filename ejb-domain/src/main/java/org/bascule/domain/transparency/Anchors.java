package org.bascule.domain.transparency;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bascule.domain.configuration.Settings;
import org.bascule.wire.log.TreeHead;
import org.jspecify.annotations.Nullable;

/**
 * Keeps heads outside the database (requirement AUD-5): once a minute the newest head of each tree that has grown goes to a file and to a syslog server, where these are
 * set. Each server of a cluster does so for itself. After a restart a head may be written again.
 */
@ApplicationScoped
public class Anchors {

    private static final Logger LOG = System.getLogger(Anchors.class.getName());

    @Inject
    TreeStore trees;

    @Inject
    Settings settings;

    // guarded by this
    private final Map<String, Long> written = new HashMap<>();
    private final Map<String, Long> queued = new HashMap<>();
    private @Nullable AnchorSettings where;
    private @Nullable SyslogSender sender;

    /** Writes and sends what is new. Called every minute. */
    public void publish() {
        publish(AnchorSettings.configured());
    }

    synchronized void publish(AnchorSettings now) {
        if (now.file().isEmpty() && now.syslog().isEmpty()) {
            return;
        }
        if (!now.equals(where)) {
            close();
            where = now;
            sender = now.syslog()
                    .map(syslog -> new SyslogSender(
                            syslog,
                            String.valueOf(URI.create(settings.publicUrl()).getHost())))
                    .orElse(null);
        }
        for (TreeHead head : trees.newest()) {
            now.file().ifPresent(path -> write(path, head));
            queue(head);
        }
        send();
    }

    private void write(Path path, TreeHead head) {
        if (written.getOrDefault(head.tree(), -1L) >= head.size()) {
            return;
        }
        try {
            new AnchorFile(path).append(head);
            written.put(head.tree(), head.size());
        } catch (IOException e) {
            LOG.log(Level.ERROR, "a head of the audit log cannot be written to " + path, e);
        }
    }

    private void queue(TreeHead head) {
        SyslogSender to = sender;
        if (to != null && queued.getOrDefault(head.tree(), -1L) < head.size()) {
            to.add(head.time(), "tree-head", head.toJson().toString());
            queued.put(head.tree(), head.size());
        }
    }

    private void send() {
        SyslogSender to = sender;
        if (to == null) {
            return;
        }
        try {
            to.send();
        } catch (IOException e) {
            LOG.log(
                    Level.ERROR,
                    "heads of the audit log wait for the syslog server, " + to.dropped() + " were dropped",
                    e);
        }
    }

    @PreDestroy
    synchronized void close() {
        if (sender != null) {
            sender.close();
        }
        sender = null;
        written.clear();
        queued.clear();
    }
}
