package org.bascule.agent.desk;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.Operations;

/** Questions for the person at the device: whether somebody may connect. */
public interface Questions {

    /**
     * A question.
     *
     * @param user name of who asks; hostile text, as is the reason
     * @param reason may be empty
     * @param until when it is refused by itself
     */
    record Question(String id, String user, String from, String reason, List<String> operations, Instant until) {

        public Question {
            operations = List.copyOf(operations);
        }
    }

    /** Oldest first. */
    List<Question> open();

    /**
     * Answers one.
     *
     * @param granted what is allowed; empty refuses
     * @param who for the log
     * @return false if it is no longer open
     */
    boolean answer(String id, Optional<Operations> granted, String who);
}
