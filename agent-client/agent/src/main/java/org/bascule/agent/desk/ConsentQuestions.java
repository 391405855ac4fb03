package org.bascule.agent.desk;

import java.util.List;
import java.util.Optional;
import org.bascule.agent.consent.ConsentDesk;
import org.bascule.wire.Operations;

/** Questions for consent, as the local page shows them. */
public final class ConsentQuestions implements Questions {

    private final ConsentDesk consent;

    public ConsentQuestions(ConsentDesk consent) {
        this.consent = consent;
    }

    @Override
    public List<Question> open() {
        return consent.open().stream()
                .map(question -> new Question(
                        question.id(),
                        question.user(),
                        question.from(),
                        question.reason().orElse(""),
                        question.operations().names(),
                        question.until()))
                .toList();
    }

    @Override
    public boolean answer(String id, Optional<Operations> granted, String who) {
        return consent.answer(id, granted, who);
    }
}
