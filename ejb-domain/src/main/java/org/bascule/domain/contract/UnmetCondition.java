package org.bascule.domain.contract;

import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Sentence;

/** Why somebody has no access although the rights would give it. */
public record UnmetCondition(Problem problem, Sentence sentence) {

    static final UnmetCondition CONTRACT = new UnmetCondition(
            Problem.CONTRACT_REQUIRED, Sentence.of("Access to this device needs a service contract that is in force."));

    static UnmetCondition qualification(String name) {
        return new UnmetCondition(
                Problem.QUALIFICATION_REQUIRED,
                Sentence.of("Access to this device needs the qualification '%s'.", name));
    }

    public RefusedException refusal() {
        return RefusedException.saying(problem, sentence);
    }
}
