package org.bascule.web.installer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.web.site.Site;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code bascule.agent.files}. It is looked at with each request, so that files are replaced without a restart, and read again only if something about them has
 * changed.
 */
@ApplicationScoped
public class AgentFiles {

    private static final System.Logger LOG = System.getLogger(AgentFiles.class.getName());
    private static final String TEMPLATE = "install.sh";

    /** So long files that could not be read are not tried again, unless something about them changes: strangers ask, and a jar is large. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** What stands between quotes in the script. */
    private static final Pattern SERVER = Pattern.compile("https://[A-Za-z0-9._:\\[\\]-]{1,300}");

    private final Optional<Path> folder;
    private final String server;
    private final Clock clock;

    /** Guarded by this, as the next ones. */
    private @Nullable State present;

    private @Nullable Failure failure;

    /** What was logged last, so that strangers cannot fill the log. */
    private String logged = "";

    private record State(Map<AgentFile, BasicStat> stats, Installer installer) {}

    /** Files that could not be read, and when. */
    private record Failure(Map<AgentFile, BasicStat> stats, Instant time) {}

    /** What changes when a file does. */
    private record BasicStat(long size, long modified, String key) {}

    /** For the proxies of the container. */
    protected AgentFiles() {
        this(Optional.empty(), "");
    }

    @Inject
    AgentFiles(Site site) {
        this(
                ConfigProvider.getConfig()
                        .getOptionalValue("bascule.agent.files", String.class)
                        .map(String::strip)
                        .filter(text -> !text.isEmpty())
                        .map(Path::of),
                site.agentUrl());
    }

    AgentFiles(Optional<Path> folder, String server) {
        this(folder, server, Clock.systemUTC());
    }

    AgentFiles(Optional<Path> folder, String server, Clock clock) {
        this.folder = folder;
        this.server = server;
        this.clock = clock;
    }

    /** The agent, or empty if this server has none to hand out. */
    public synchronized Optional<Installer> installer() {
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        Map<AgentFile, BasicStat> stats = new EnumMap<>(AgentFile.class);
        try {
            for (AgentFile file : AgentFile.values()) {
                stats.put(file, stat(file, folder.get().resolve(file.fileName())));
            }
            State known = present;
            if (known == null || !known.stats().equals(stats)) {
                if (failedLately(stats)) {
                    return Optional.empty();
                }
                known = new State(Map.copyOf(stats), read(folder.get()));
                present = known;
                failure = null;
                log(
                        Level.INFO,
                        "Hands out the agent in " + folder.get() + "; the script has the SHA-256 "
                                + known.installer().sha256());
            }
            return Optional.of(known.installer());
        } catch (IOException e) {
            present = null;
            failure = new Failure(Map.copyOf(stats), clock.instant());
            log(Level.WARNING, "The agent cannot be handed out: " + e.getMessage());
            return Optional.empty();
        }
    }

    private boolean failedLately(Map<AgentFile, BasicStat> stats) {
        Failure last = failure;
        return last != null
                && last.stats().equals(stats)
                && clock.instant().isBefore(last.time().plus(PATIENCE));
    }

    private void log(Level level, String text) {
        if (!text.equals(logged)) {
            logged = text;
            LOG.log(level, text);
        }
    }

    private static BasicStat stat(AgentFile file, Path path) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (IOException e) {
            throw new IOException(path + " cannot be read", e);
        }
        if (!attributes.isRegularFile() || attributes.size() == 0 || attributes.size() > file.most()) {
            throw new IOException(path + " is no file of 1 to " + file.most() + " bytes");
        }
        return new BasicStat(
                attributes.size(), attributes.lastModifiedTime().toMillis(), String.valueOf(attributes.fileKey()));
    }

    private Installer read(Path folder) throws IOException {
        if (!SERVER.matcher(server).matches()) {
            throw new IOException("agents cannot dial " + server);
        }
        String script = template().replace("@SERVER@", server);
        Map<AgentFile, Installer.Content> files = new EnumMap<>(AgentFile.class);
        for (AgentFile file : AgentFile.values()) {
            Installer.Content content = content(folder.resolve(file.fileName()));
            files.put(file, content);
            script = script.replace(file.placeholder(), content.sha256());
        }
        return new Installer(server, script, hex(sha256().digest(script.getBytes(StandardCharsets.US_ASCII))), files);
    }

    /** Reads a file as a whole. */
    Installer.Content content(Path path) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[64 * 1_024];
        long length = 0;
        try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                length += n;
            }
        }
        return new Installer.Content(path, length, hex(digest.digest()));
    }

    private static String template() throws IOException {
        try (InputStream in = AgentFiles.class.getResourceAsStream(TEMPLATE)) {
            if (in == null) {
                throw new IOException("the script is not part of this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
