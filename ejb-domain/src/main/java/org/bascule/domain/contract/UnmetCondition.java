package org.bascule.domain.contract;

import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/** Why somebody has no access although the rights would give it. */
public record UnmetCondition(Problem problem, String detail) {

    static final UnmetCondition CONTRACT = new UnmetCondition(
            Problem.CONTRACT_REQUIRED, "Access to this device needs a service contract that is in force.");

    static UnmetCondition qualification(String name) {
        return new UnmetCondition(
                Problem.QUALIFICATION_REQUIRED, "Access to this device needs the qualification '" + name + "'.");
    }

    public RefusedException refusal() {
        return new RefusedException(problem, detail);
    }
}
