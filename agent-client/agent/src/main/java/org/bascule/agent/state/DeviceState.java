package org.bascule.agent.state;

import jakarta.json.JsonArrayBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;

/** The files of an enrolled device. Names: {@code registration.json}, {@code identity.pem}, {@code keyset.jws}, {@code counter}, {@code ca.pem}; and what belongs to its domain. */
public final class DeviceState {

    /** The newest tree head seen. */
    public static final String LOG_HEAD = "log-head.json";
    /** The inventory that was sent last. */
    public static final String INVENTORY = "inventory.json";
    /** Folder of events that are to be sent. */
    public static final String EVENTS = "events";
    /** Folder of requests for assistance. */
    public static final String ASSISTANCE = "assistance";

    private static final String REGISTRATION = "registration.json";
    private static final String IDENTITY = "identity.pem";
    private static final String KEY_SET = "keyset.jws";
    private static final String COUNTER = "counter";
    private static final String CA = "ca.pem";
    private static final String NEXT_KEY = "next-identity.pem";
    private static final String NEXT_CHAIN = "next-chain.json";
    private static final String NEXT_ROOT = "next-root";
    private static final int MAX_CHAIN = 32_768;
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----\\s*"
                    + "-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----\\s*");

    private final StateFolder folder;

    public DeviceState(StateFolder folder) {
        this.folder = folder;
    }

    public StateFolder folder() {
        return folder;
    }

    public boolean isEnrolled() {
        return folder.has(REGISTRATION);
    }

    public Registration registration() throws StateException {
        String text = folder.readText(REGISTRATION)
                .orElseThrow(() -> new StateException(
                        "This device is not enrolled; run `bascule-agent enrol` with a token first."));
        try {
            return Registration.parse(text);
        } catch (WireException e) {
            throw damaged(REGISTRATION, e);
        }
    }

    public void save(Registration registration) throws StateException {
        folder.write(REGISTRATION, registration.toJson());
    }

    /**
     * The key with which a device that is not enrolled asks for its registration. It is on the disk before it is named, and the same until there is a registration or
     * {@link #dropNext}: where the answer was lost the server knows whom it has registered. Another installation gets another key: what was asked of it proves the key to
     * whoever repeats it elsewhere.
     *
     * @param rootHash SHA-256 of the root of the installation that is asked
     */
    public DeviceIdentityKey askingKey(byte[] rootHash) throws StateException {
        String root = B64.encode(rootHash);
        Optional<Next> kept = next();
        if (kept.isPresent() && folder.readText(NEXT_ROOT).equals(Optional.of(root))) {
            return kept.get().key();
        }
        dropNext();
        DeviceIdentityKey key = DeviceIdentityKey.generate();
        saveNext(key);
        folder.write(NEXT_ROOT, root);
        return key;
    }

    /**
     * What the {@link #askingKey} asked for. From the registration on the folder is enrolled, and {@link #recover} does what is left.
     *
     * @param key that one
     */
    public void enrolled(DeviceIdentityKey key, Registration registration) throws StateException {
        save(key);
        save(registration);
        dropNext();
    }

    public DeviceIdentityKey identity() throws StateException {
        return key(
                IDENTITY,
                folder.readText(IDENTITY)
                        .orElseThrow(() -> new StateException(
                                "The identity key of this device is missing from " + folder.path() + ".")));
    }

    private DeviceIdentityKey key(String file, String text) throws StateException {
        Matcher matcher = PEM.matcher(text);
        try {
            if (!matcher.matches()) {
                throw WireException.malformed("not a key file");
            }
            return DeviceIdentityKey.restore(decode(matcher.group(1)), decode(matcher.group(2)));
        } catch (WireException | IllegalArgumentException e) {
            throw damaged(file, e);
        }
    }

    public void save(DeviceIdentityKey identity) throws StateException {
        save(IDENTITY, identity);
    }

    private void save(String file, DeviceIdentityKey identity) throws StateException {
        DeviceIdentityPublicKey publicKey = identity.publicKey();
        folder.write(file, pem("PRIVATE KEY", identity.revealPkcs8()) + pem("PUBLIC KEY", publicKey.spki()));
    }

    /**
     * The key that comes next: at a renewal, or the first one before there is a registration.
     *
     * @param chain its certificate, base64url DER; empty until the server has issued one
     */
    public record Next(DeviceIdentityKey key, List<String> chain) {

        public Next {
            chain = List.copyOf(chain);
        }
    }

    public Optional<Next> next() throws StateException {
        Optional<String> key = folder.readText(NEXT_KEY);
        if (key.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> chain = folder.readText(NEXT_CHAIN);
        try {
            return Optional.of(new Next(
                    key(NEXT_KEY, key.get()),
                    chain.isEmpty()
                            ? List.of()
                            : StrictJson.parse(chain.get(), MAX_CHAIN).strings("chain", 4, 8_192)));
        } catch (WireException e) {
            throw damaged(NEXT_CHAIN, e);
        }
    }

    /** A next key without a certificate. */
    public void saveNext(DeviceIdentityKey key) throws StateException {
        folder.delete(NEXT_CHAIN);
        save(NEXT_KEY, key);
    }

    /** Its certificate. */
    public void saveNextChain(List<String> chain) throws StateException {
        JsonArrayBuilder array = Json.createArrayBuilder();
        chain.forEach(array::add);
        folder.write(
                NEXT_CHAIN,
                Json.createObjectBuilder().add("chain", array).build().toString());
    }

    /** The next key takes the place of the present one. Interrupted anywhere, {@link #recover} goes on with it: its files go last. */
    public void adoptNext() throws StateException {
        Next next = next().orElseThrow(() -> new StateException("There is no next key."));
        save(registration().withChain(next.chain()));
        save(next.key());
        dropNext();
    }

    /** Forgets the next key. */
    public void dropNext() throws StateException {
        folder.delete(NEXT_ROOT);
        folder.delete(NEXT_CHAIN);
        folder.delete(NEXT_KEY);
    }

    /**
     * Finishes an exchange of keys that an earlier process could not. It had begun if the registration shows the next key's certificate, and was nearly done if the
     * next key is the present one.
     */
    public void recover() throws StateException {
        Optional<Next> next = next();
        if (next.isEmpty()) {
            return;
        }
        List<String> chain = next.get().chain();
        if (!chain.isEmpty() && registration().chain().equals(chain)) {
            adoptNext();
        } else if (next.get().key().publicKey().equals(identity().publicKey())) {
            dropNext();
        }
    }

    /**
     * Forgets everything that this device was. What belongs to its domain goes first, so that nothing of it can be left when the next one is joined, and the next key, which
     * must not ask for the next registration; then the registration, so that no half of an identity is left in use.
     */
    public void reset() throws StateException {
        folder.deleteFolder(EVENTS);
        folder.deleteFolder(ASSISTANCE);
        folder.delete(LOG_HEAD);
        folder.delete(INVENTORY);
        dropNext();
        folder.delete(REGISTRATION);
        for (String file : List.of(IDENTITY, KEY_SET, COUNTER, CA)) {
            folder.delete(file);
        }
    }

    private static byte[] decode(String text) {
        return Base64.getMimeDecoder().decode(text);
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    public Optional<String> keySet() throws StateException {
        return folder.readText(KEY_SET);
    }

    public void saveKeySet(String text) throws StateException {
        folder.write(KEY_SET, text);
    }

    /** PEM of the private CA for TLS, if one was given. */
    public Optional<byte[]> privateCa() throws StateException {
        return folder.read(CA);
    }

    public void savePrivateCa(byte[] pem) throws StateException {
        folder.write(CA, pem);
    }

    /**
     * A number above all that this method ever gave in this folder, on the disk before it is returned. Not below the time in seconds since 1970: a copy of the folder
     * that is put back knows nothing of the numbers that were given after it was made, and is above them all the same.
     */
    public long nextCounter(Instant now) throws StateException {
        Optional<String> text = folder.readText(COUNTER);
        long last;
        try {
            last = text.isPresent() ? Long.parseLong(text.get().strip()) : 0;
        } catch (NumberFormatException e) {
            throw damaged(COUNTER, e);
        }
        long next = Math.max(last + 1, now.getEpochSecond());
        folder.write(COUNTER, Long.toString(next));
        return next;
    }

    private StateException damaged(String name, Exception cause) {
        return new StateException(
                "The file " + folder.path().resolve(name) + " is damaged: " + cause.getMessage() + ".", cause);
    }
}
