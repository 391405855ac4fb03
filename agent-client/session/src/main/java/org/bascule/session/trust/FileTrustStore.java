package org.bascule.session.trust;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.log.TreeHead;

/**
 * Remembers in a JSON file of mode 0600 in a folder of mode 0700, replaced as a whole and forced to the disk; a lock file beside it keeps processes apart. A file
 * that cannot be read is an error, never an empty memory: otherwise damaging it would undo every pin.
 */
public final class FileTrustStore implements TrustStore {

    private static final int MAX_FILE = 16 << 20;
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    /** A file lock keeps processes apart, not the threads of one. */
    private static final Object PROCESS = new Object();

    private final Path file;

    public FileTrustStore(Path file) {
        this.file = file.toAbsolutePath();
    }

    @Override
    public Optional<InstallationTrust> remembered(String server) throws IOException {
        return Optional.ofNullable(read().get(server));
    }

    @Override
    public <T> T update(String server, Change<T> change) throws IOException, TrustException {
        synchronized (PROCESS) {
            return updateAlone(server, change);
        }
    }

    private <T> T updateAlone(String server, Change<T> change) throws IOException, TrustException {
        Path folder = file.resolveSibling("");
        Files.createDirectories(folder, mode("rwx------"));
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(lockFile, new HashSet<>(options), mode("rw-------"));
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            Map<String, InstallationTrust> all = read();
            Decision<T> decision = change.apply(Optional.ofNullable(all.get(server)));
            if (!decision.remember().equals(all.put(server, decision.remember()))) {
                write(all);
            }
            return decision.result();
        }
    }

    private static FileAttribute<?>[] mode(String mode) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    private void write(Map<String, InstallationTrust> all) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(next, new HashSet<>(options), mode("rw-------"))) {
            var bytes = StandardCharsets.UTF_8.encode(toJson(all).toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static JsonObject toJson(Map<String, InstallationTrust> all) {
        JsonObjectBuilder installations = Json.createObjectBuilder();
        new TreeMap<>(all).forEach((server, trust) -> {
            JsonObjectBuilder devices = Json.createObjectBuilder();
            new TreeMap<>(trust.devices())
                    .forEach((uid, device) -> devices.add(
                            uid,
                            Json.createObjectBuilder()
                                    .add("identity", B64.encode(device.identity()))
                                    .add("counter", device.counter())
                                    .add("compared", device.compared())));
            JsonObjectBuilder logs = Json.createObjectBuilder();
            new TreeMap<>(trust.logs()).forEach((tree, head) -> logs.add(tree, head.toJson()));
            JsonObjectBuilder domains = Json.createObjectBuilder();
            new TreeMap<>(trust.domains()).forEach(domains::add);
            installations.add(
                    server,
                    Json.createObjectBuilder()
                            .add("root", B64.encode(trust.root().raw()))
                            .add("issuer", trust.issuer())
                            .add("keySetSeq", trust.keySetSeq())
                            .add("devices", devices)
                            .add("logs", logs)
                            .add("domains", domains));
        });
        return Json.createObjectBuilder()
                .add("version", 1)
                .add("installations", installations)
                .build();
    }

    private Map<String, InstallationTrust> read() throws IOException {
        Map<String, InstallationTrust> all = new HashMap<>();
        try {
            if (Files.size(file) > MAX_FILE) {
                throw new IOException("the trust file is larger than 16 MiB");
            }
            StrictJson json = StrictJson.parse(Files.readString(file), MAX_FILE);
            json.number("version", 1, 1);
            StrictJson installations = json.child("installations");
            for (String server : installations.object().keySet()) {
                all.put(server, installation(installations.child(server)));
            }
            return all;
        } catch (NoSuchFileException e) {
            return all;
        } catch (WireException | IllegalArgumentException e) {
            throw new IOException(
                    "the trust file is damaged: restore it, or remove it to trust anew at the next contact", e);
        }
    }

    private static InstallationTrust installation(StrictJson json) throws WireException {
        Map<String, DeviceTrust> devices = new HashMap<>();
        StrictJson children = json.child("devices");
        for (String uid : children.object().keySet()) {
            StrictJson device = children.child(uid);
            devices.put(
                    uid,
                    new DeviceTrust(
                            device.bytes("identity", 32),
                            device.number("counter", 0, Long.MAX_VALUE),
                            device.optionalFlag("compared")));
        }
        Map<String, TreeHead> logs = new HashMap<>();
        Optional<StrictJson> heads = json.optionalChild("logs");
        if (heads.isPresent()) {
            for (String tree : heads.get().object().keySet()) {
                logs.put(tree, TreeHead.parse(heads.get().child(tree)));
            }
        }
        Map<String, String> domains = new HashMap<>();
        Optional<StrictJson> ids = json.optionalChild("domains");
        if (ids.isPresent()) {
            for (String name : ids.get().object().keySet()) {
                domains.put(name, ids.get().string(name, 36));
            }
        }
        return new InstallationTrust(
                RootPublicKey.parse(json.bytes("root", RootPublicKey.LENGTH)),
                json.string("issuer", 300),
                json.number("keySetSeq", 0, Long.MAX_VALUE),
                devices,
                logs,
                domains);
    }
}
