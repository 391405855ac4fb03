package org.bascule.session.stream;

import java.util.Optional;
import org.bascule.wire.Operations;
import org.bascule.wire.TcpTarget;

/** What a stream can carry, the operation that it needs, and whether lengths are hidden by padding. */
public enum Service {
    TERMINAL("terminal", Operations.TERMINAL, true),
    PROCESS("process", Operations.EXEC, false),
    /** What another session shows. Which one, its handler checks. */
    WATCH("watch", Operations.WATCH, true) {
        @Override
        public boolean permittedBy(Operations operations) {
            return operations.names().stream().anyMatch(Operations::isWatching);
        }
    },
    /** A connection to a port of the device, or of something behind it. Which, its handler checks. */
    TCP("tcp", TcpTarget.ANY, false) {
        @Override
        public boolean permittedBy(Operations operations) {
            return operations.names().stream().anyMatch(TcpTarget::isOne);
        }

        @Override
        int firstCredit() {
            return 16 << 10;
        }

        @Override
        int most() {
            return 256;
        }
    },
    /** Which of the two a request needs is for the device's service to see. */
    FILE("file", Operations.FILE_READ, false) {
        @Override
        public boolean permittedBy(Operations operations) {
            return operations.allows(Operations.FILE_READ) || operations.allows(Operations.FILE_WRITE);
        }
    },
    /** Control includes seeing; which of the two it is at a time, the device's service sees to. */
    DESKTOP("desktop", Operations.DESKTOP_VIEW, false) {
        @Override
        public boolean permittedBy(Operations operations) {
            return operations.allows(Operations.DESKTOP_VIEW) || operations.allows(Operations.DESKTOP_CONTROL);
        }
    },
    /** Processes, what the device is, its restart. Which of the operations a request needs is for the device's service to see. */
    SYSTEM("system", Operations.PROCESS_VIEW, false) {
        @Override
        public boolean permittedBy(Operations operations) {
            return operations.allows(Operations.PROCESS_VIEW)
                    || operations.allows(Operations.PROCESS_MANAGE)
                    || operations.allows(Operations.POWER);
        }
    },
    CHAT("chat", Operations.CHAT, true);

    private final String text;
    private final String operation;
    private final boolean padded;

    Service(String text, String operation, boolean padded) {
        this.text = text;
        this.operation = operation;
        this.padded = padded;
    }

    /** Name in {@code OPEN}. */
    public String text() {
        return text;
    }

    /** Whether one of these operations lets it be opened. */
    public boolean permittedBy(Operations operations) {
        return operations.allows(operation);
    }

    /** Credit that the direction to the device starts with, bytes: less where there are many streams at once, as a device may have to hold it for each of them. */
    int firstCredit() {
        return SessionStream.FIRST_CREDIT;
    }

    /** Streams of a session, open at once: together with those of all services that have the same bound, but for one with a bound of its own. */
    int most() {
        return Session.MAX_STREAMS;
    }

    boolean padded() {
        return padded;
    }

    static Optional<Service> of(String text) {
        for (Service service : values()) {
            if (service.text.equals(text)) {
                return Optional.of(service);
            }
        }
        return Optional.empty();
    }
}
