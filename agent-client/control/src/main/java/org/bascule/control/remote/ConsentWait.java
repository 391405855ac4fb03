package org.bascule.control.remote;

import java.util.List;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.ConsentState;
import org.bascule.wire.session.SessionOpened;

/** Waits until somebody has consented to a session, and says on standard error for whom. */
final class ConsentWait {

    private final AccessServer server;
    private final Surroundings around;

    ConsentWait(AccessServer server, Surroundings around) {
        this.server = server;
        this.around = around;
    }

    /**
     * Returns when it is granted.
     *
     * @throws CommandException {@code REFUSED} if it is refused, or nobody answers
     */
    void until(SessionOpened opened) throws CommandException {
        // whoever is asked must not go on being asked when this process is interrupted
        Thread givingUp = new Thread(() -> DeviceSession.abandon(server, opened), "bascule-consent");
        Runtime.getRuntime().addShutdownHook(givingUp);
        try {
            ConsentState state = server.consent(opened.sid(), 0);
            String told = "";
            while (state.isAsking()) {
                String whom = whom(state);
                if (!whom.equals(told)) {
                    told = whom;
                    around.warn("Waiting for %s to consent (%d s) ...".formatted(whom, state.seconds()));
                }
                state = server.consent(opened.sid(), ConsentState.MAX_WAIT);
            }
            granted(state, opened.operations().names());
        } finally {
            withdraw(givingUp);
        }
    }

    private static void withdraw(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process ends: the hook runs
        }
    }

    private static String whom(ConsentState state) {
        return state.whom().filter("approver"::equals).isPresent() ? "an approver" : "the person at the device";
    }

    private void granted(ConsentState state, List<String> asked) throws CommandException {
        String by = state.by().map(Printable::of).orElse("");
        switch (state.state()) {
            case "granted" -> {
                if (!state.operations().containsAll(asked)) {
                    around.warn("Granted%s: %s only."
                            .formatted(
                                    by.isEmpty() ? "" : " by " + by,
                                    Printable.of(String.join(", ", state.operations()))));
                }
            }
            case "none" -> {}
            case "refused" ->
                throw new CommandException(
                        ExitCode.REFUSED,
                        "consent was refused" + (by.isEmpty() ? "" : " by " + by) + reason(state.reason()));
            case "timed-out" -> throw new CommandException(ExitCode.REFUSED, "nobody consented in time");
            default ->
                throw new CommandException(
                        ExitCode.REFUSED,
                        "the request ended before anybody consented: the device may have gone offline");
        }
    }

    private static String reason(Optional<String> reason) {
        return reason.map(text -> ": " + Printable.of(text)).orElse("");
    }
}
