package org.bascule.web.login;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.bascule.web.problem.ProblemCode;

/** How it is with people whose connections stay open, who make no request that would be refused. */
@ApplicationScoped
public class PresentStanding {

    @Inject
    private LoginJournal journal;

    /**
     * With what a request would be refused now because of the account: that it is switched off or has expired, or that a second factor is required of the user
     * and was not proved. Answered from memory; whether the sign-in itself has ended is not asked.
     */
    public Optional<ProblemCode> refusal(Identity identity) {
        Standing standing = journal.account(identity);
        return standing == Standing.GOOD ? Optional.empty() : Optional.of(standing.problem());
    }
}
