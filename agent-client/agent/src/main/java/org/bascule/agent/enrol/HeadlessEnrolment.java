package org.bascule.agent.enrol;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;

/** Enrols a device that nobody sits at, with the file that was put on it. */
public final class HeadlessEnrolment {

    /** Where the file of an image is. */
    public static final Path SYSTEM = Path.of("/etc/bascule-agent", EnrolmentFile.NAME);

    private static final Logger LOG = Logger.getLogger(HeadlessEnrolment.class.getName());

    private final DeviceState state;
    private final InstantSource clock;
    private final Wait wait;

    /** How long to wait before the next attempt, in which way. */
    public interface Wait {

        /** The server or the way to it is not there yet. */
        Duration unreached();

        /** A person must do something. */
        Duration refused();

        void pause(Duration time) throws InterruptedException;
    }

    /**
     * What the device says of itself.
     *
     * @param name suggested name
     */
    public record Self(String name, String os, String version) {}

    public HeadlessEnrolment(DeviceState state, InstantSource clock, Wait wait) {
        this.state = state;
        this.clock = clock;
        this.wait = wait;
    }

    /** The file for an agent with this folder, if there is one: that in the folder, then the system's. */
    public static Optional<Path> file(Path folder) {
        return List.of(folder.resolve(EnrolmentFile.NAME), SYSTEM).stream()
                .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
                .findFirst();
    }

    /**
     * Tries until the device is enrolled, then removes the file.
     *
     * @throws EnrolException if trying again would not help: the token is refused, or the server is not the one that it stands for
     */
    public Registration enrol(EnrolmentFile file, Self self)
            throws EnrolException, StateException, InterruptedException {
        if (file.isReadByOthers()) {
            LOG.log(Level.WARNING, "others can read {0}: whoever did can enrol a device with its token", file.path());
        }
        LOG.log(Level.INFO, "enrolling at {0} with {1}{2}", new Object[] {
            file.server(),
            file.path(),
            file.expires().map(time -> ", valid until " + time).orElse("")
        });
        file.begin(state.folder());
        Enrolment.Wish wish = new Enrolment.Wish(file.server(), file.token(), self.name(), file.privateCa());
        while (true) {
            try {
                Registration registration = new Enrolment(state, clock).enrol(wish, self.os(), self.version());
                LOG.log(Level.INFO, "enrolled in {0} as {1}", new Object[] {
                    registration.domainName(), registration.name()
                });
                removeUsed(state.folder());
                return registration;
            } catch (EnrolException e) {
                Duration time =
                        switch (e.reason()) {
                            case SERVER -> wait.unreached();
                            case BOUND, REJECTED -> wait.refused();
                            case TOKEN, NOT_TRUSTED -> {
                                EnrolmentFile.forgetUsed(state.folder());
                                throw e;
                            }
                        };
                LOG.log(Level.WARNING, "not enrolled yet: {0} Next attempt in {1} s", new Object[] {
                    e.getMessage(), time.toSeconds()
                });
                wait.pause(time);
            }
        }
    }

    /** Removes what an enrolment left behind because it was killed or could not; never a reason not to run. */
    public static void removeUsed(StateFolder folder) {
        try {
            EnrolmentFile.removeUsed(folder).ifPresent(file -> LOG.log(Level.INFO, "removed the used {0}", file));
        } catch (StateException e) {
            LOG.log(Level.WARNING, "{0}", e.getMessage());
        }
    }
}
