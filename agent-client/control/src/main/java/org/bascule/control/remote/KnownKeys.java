package org.bascule.control.remote;

import java.io.IOException;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.session.trust.DeviceCheck;
import org.bascule.session.trust.DeviceTrust;
import org.bascule.session.trust.FileTrustStore;
import org.bascule.session.trust.TrustException;

/** The keys of devices that are known here, in {@code trust.json}. The access server has no say in them. */
public final class KnownKeys {

    /** Where words are read: who pretends to be a device shows his own in a session with it. */
    public static final String AT_THE_MACHINE =
            "'bascule-agent status' shows at the machine itself, or on another way to it,"
                    + " never through a Bascule session with it";

    private final String server;
    private final DeviceCheck check;

    public KnownKeys(AccessServer server, Surroundings around) {
        this.server = server.base().toString();
        this.check = check(around);
    }

    static DeviceCheck check(Surroundings around) {
        return new DeviceCheck(new FileTrustStore(around.configFolder().resolve("trust.json")), around.clock());
    }

    /** What is known of a device; empty if it was never met. */
    public Optional<DeviceTrust> of(String uid) throws CommandException {
        try {
            return check.known(server, uid);
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /**
     * Takes the key whose words a person has compared with those at the device.
     *
     * @param known what was known when they were compared
     * @param identity SHA-256 of the identity's SubjectPublicKeyInfo, 32 bytes
     */
    public void compared(String uid, DeviceTrust known, byte[] identity) throws CommandException {
        try {
            check.compared(server, uid, known, identity);
        } catch (TrustException e) {
            throw new CommandException(ExitCode.SECURITY, "nothing was done: " + e.getMessage(), e);
        } catch (IOException e) {
            throw explain(e);
        }
    }

    private static CommandException explain(IOException e) {
        return new CommandException(
                ExitCode.FAILED, "nothing was done: " + Printable.of(String.valueOf(e.getMessage())), e);
    }
}
