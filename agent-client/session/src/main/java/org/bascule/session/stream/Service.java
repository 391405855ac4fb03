package org.bascule.session.stream;

import java.util.Optional;
import org.bascule.wire.Operations;

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
    /** Which of the two a request needs is for the device's service to see. */
    FILE("file", Operations.FILE_READ, false) {
        @Override
        public boolean permittedBy(Operations operations) {
            return operations.allows(Operations.FILE_READ) || operations.allows(Operations.FILE_WRITE);
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
    };

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
