package org.bascule.agent.file;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.function.Supplier;
import org.bascule.agent.account.Account;
import org.bascule.agent.posix.Rights;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.FileRequest;
import org.bascule.wire.Operations;

/**
 * One stream with what it has to work with.
 *
 * @param account whose rights count
 * @param permitted what the session may do at this moment
 * @param user who asks: id of the person, who alone may go on with an upload of his
 * @param scanned whether what comes is looked at for viruses
 */
record FileJob(
        ServiceStream stream,
        Walk walk,
        Rights rights,
        Account account,
        Supplier<Operations> permitted,
        String user,
        boolean scanned,
        FileLog log) {

    /** Whether somebody reads it: the log, or who looks after a virus. */
    boolean wantsSha256() {
        return scanned || log.isKept();
    }

    /** File calls with the account's rights; what the system refuses becomes a sentence. */
    <T> T files(Rights.Work<T, DeviceProblem> work) throws DeviceProblem {
        try {
            return rights.with(work);
        } catch (IOException e) {
            throw Problems.of(e);
        }
    }

    /** An event from within {@link #files}. */
    void tellFromWithin(JsonObject event) throws IOException {
        rights.without(() -> {
            stream.event(event);
            return true;
        });
    }

    /** Rights may go while something runs, and who asked for it. */
    void require(FileRequest request) throws IOException, DeviceProblem {
        require(request.operation());
    }

    void require(String operation) throws IOException, DeviceProblem {
        stream.requireOpen();
        requirePermitted(operation);
    }

    void requirePermitted(String operation) throws DeviceProblem {
        if (!permitted.get().allows(operation)) {
            throw Problems.notPermitted();
        }
    }

    void tell(JsonObject event) throws IOException {
        stream.event(event);
    }
}
