package org.bascule.agent.enrol;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolmentToken;
import org.jspecify.annotations.Nullable;

/**
 * An enrolment file, version 1: a JSON object of {@code format} ({@code bascule-enrolment}), {@code version}, {@code server}, {@code token} and, if wanted,
 * {@code expires} (RFC 3339) and {@code ca} (PEM). The token carries the hash of the installation's root. Other members are refused: who wrote them meant something.
 *
 * @param path absolute
 * @param server base URL, {@code https}
 * @param privateCa PEM
 * @param hash SHA-256 of the content
 * @param isReadByOthers whether other accounts of the machine may read it
 */
public record EnrolmentFile(
        Path path,
        String server,
        String token,
        Optional<Instant> expires,
        Optional<byte[]> privateCa,
        byte[] hash,
        boolean isReadByOthers) {

    /** The name of the file that a device without an identity looks for. */
    public static final String NAME = "enrolment.json";

    private static final String FORMAT = "bascule-enrolment";
    private static final Set<String> MEMBERS = Set.of("format", "version", "server", "token", "expires", "ca");
    private static final int MAX_FILE = 64 * 1_024;
    private static final int MAX_CA = 48 * 1_024;

    /** In the agent's folder while a file is in use, or still has to go. */
    private static final String USED = "enrolment-file.json";

    private static final int OTHERS_READ = 0044;
    private static final int OTHERS_WRITE = 0022;
    private static final int STICKY = 01000;

    @Override
    public String toString() {
        return "EnrolmentFile[path=" + path + ", server=" + server + ", token=[REDACTED]]";
    }

    /** Reads it. Refuses a file, or a folder around it, that another account than root and this one may write. */
    public static EnrolmentFile read(Path file) throws StateException {
        Path path = file.toAbsolutePath().normalize();
        try {
            Path parent = path.getParent();
            if (parent != null) {
                requireOurs(parent, true);
            }
            int mode = requireOurs(path, false);
            byte[] content = content(path);
            return parse(path, content, (mode & OTHERS_READ) != 0);
        } catch (IOException | UnsupportedOperationException e) {
            throw new StateException(
                    "The enrolment file " + path + " cannot be read: " + StateFolder.reason(e) + ".", e);
        } catch (WireException e) {
            throw new StateException("The file " + path + " is not an enrolment file: " + e.getMessage() + ".", e);
        }
    }

    private static byte[] content(Path path) throws IOException, WireException {
        try (FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                InputStream in = Channels.newInputStream(channel)) {
            byte[] content = in.readNBytes(MAX_FILE + 1);
            if (content.length > MAX_FILE) {
                throw WireException.malformed("it is larger than 64 KB");
            }
            return content;
        }
    }

    /** @return its mode */
    private static int requireOurs(Path path, boolean folder) throws IOException, StateException {
        Map<String, Object> facts = folder
                ? Files.readAttributes(path, "unix:mode,uid")
                : Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
        if (!folder && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new StateException("The enrolment file " + path + " is not a regular file.");
        }
        int mode = number(facts, "mode");
        int owner = number(facts, "uid");
        // in a sticky folder nobody replaces what is not his
        boolean open = (mode & OTHERS_WRITE) != 0 && !(folder && (mode & STICKY) != 0);
        if (open || owner != 0 && owner != number(Files.readAttributes(Path.of("/proc/self"), "unix:uid"), "uid")) {
            throw new StateException("Others can change " + path + ", and so where this device would go; make it "
                    + "yours with `chown` and `chmod go-w " + path + "`.");
        }
        return mode;
    }

    private static int number(Map<String, Object> facts, String name) throws IOException {
        if (facts.get(name) instanceof Integer number) {
            return number;
        }
        throw new IOException("its " + name + " is unknown");
    }

    private static EnrolmentFile parse(Path path, byte[] content, boolean isReadByOthers)
            throws WireException, StateException {
        StrictJson json = StrictJson.parse(new String(content, StandardCharsets.UTF_8), MAX_FILE);
        if (!json.string("format", 40).equals(FORMAT)) {
            throw WireException.malformed("its 'format' is not " + FORMAT);
        }
        if (json.number("version", 0, Integer.MAX_VALUE) != 1) {
            throw WireException.malformed("its version is not 1; a newer agent may know it");
        }
        for (String member : json.object().keySet()) {
            if (!MEMBERS.contains(member)) {
                throw WireException.malformed("it has a member that version 1 does not know");
            }
        }
        String token = json.string("token", 200);
        EnrolmentToken.parse(token);
        return new EnrolmentFile(
                path,
                Registration.checkServer(json.string("server", 300)),
                token,
                expires(json),
                json.optionalString("ca", MAX_CA).map(pem -> pem.getBytes(StandardCharsets.UTF_8)),
                Sha256.of(content),
                isReadByOthers);
    }

    private static Optional<Instant> expires(StrictJson json) throws WireException {
        Optional<String> text = json.optionalString("expires", 40);
        try {
            return text.map(Instant::parse);
        } catch (DateTimeParseException e) {
            throw new WireException(WireException.Reason.MALFORMED, "'expires' is not a time", e);
        }
    }

    /** Notes in the agent's folder, before the server is asked, that this file is in use: it goes even if the agent is killed in between. */
    public void begin(StateFolder folder) throws StateException {
        folder.write(
                USED,
                Json.createObjectBuilder()
                        .add("path", path.toString())
                        .add("hash", B64.encode(hash))
                        .build()
                        .toString());
    }

    /** Takes the note back: the file was not used after all. */
    public static void forgetUsed(StateFolder folder) throws StateException {
        folder.delete(USED);
    }

    /**
     * Removes the file that an enrolment used, if it is still the same one; for a folder that is enrolled.
     *
     * @return the file, if it was there
     * @throws StateException if it is there and cannot be removed; the next call tries again
     */
    public static Optional<Path> removeUsed(StateFolder folder) throws StateException {
        Optional<String> noted = folder.readText(USED);
        if (noted.isEmpty()) {
            return Optional.empty();
        }
        Optional<Path> removed = Optional.empty();
        try {
            JsonObject used = StrictJson.parse(noted.get(), MAX_FILE).object();
            Path path = Path.of(used.getString("path"));
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && Arrays.equals(Sha256.of(content(path)), B64.decode(used.getString("hash"), Sha256.LENGTH))) {
                Files.delete(path);
                sync(path.getParent());
                removed = Optional.of(path);
            }
        } catch (IOException e) {
            throw new StateException(
                    "The enrolment file cannot be removed and still holds the token: " + StateFolder.reason(e)
                            + "; remove it.",
                    e);
        } catch (WireException | RuntimeException e) {
            // not a note of ours: there is nothing to go by
        }
        folder.delete(USED);
        return removed;
    }

    private static void sync(@Nullable Path folder) throws IOException {
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
